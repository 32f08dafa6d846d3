"""A language model as GGUF, as llama.cpp and wllama load it: see :func:`convert_to_gguf`."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pipelines.language.errors import LanguageModelError, Progress
from pipelines.language.forward import rope_factors
from pipelines.language.gguf_blocks import BLOCK, Q4_0_BYTES, Q8_0_BYTES, q4_0_blocks, q8_0_blocks
from pipelines.language.gguf_metadata import add_sizes, add_tokenizer
from pipelines.language.gguf_tensors import check_llama_cpp_runs, gguf_name, llama_cpp_rows, rows_at_a_time
from pipelines.language.model_folder import LanguageModel
from pipelines.language.number_formats import Float32Array, float16_of_float32
from pipelines.language.pieces import PiecesRead, row_pieces
from pipelines.language.whole_folder import whole_folder

if TYPE_CHECKING:
    import gguf

Kind = Literal["q8_0", "q4_0", "f16"]
SPLIT_BYTES = 512 << 20
"""wllama asks for files of at most 512 MB: it loads them in parallel, and a browser's ArrayBuffer ends at 2 GB."""

Encoding = Literal["F32", "F16", "Q8_0", "Q4_0"]
_BLOCK_BYTES: dict[Encoding, int] = {
    "F32": 4 * BLOCK,
    "F16": 2 * BLOCK,
    "Q8_0": Q8_0_BYTES,
    "Q4_0": Q4_0_BYTES,
}


def convert_to_gguf(
    model: LanguageModel,
    kind: Kind,
    out: Path,
    progress: Progress = lambda done_bytes, all_bytes: None,
    split_bytes: int = SPLIT_BYTES,
) -> list[Path]:
    """Write ``model.gguf``, or ``model-00001-of-0000N.gguf`` and so on, into ``out``.

    Args:
        kind: how matrices are stored; of ``q4_0``, the output layer is ``q8_0``. Norms and biases are float32.
        out: a folder that is absent or empty; it is there whole afterwards, or (after an error) not at all.
        progress: told the bytes of weights that were read, and how many there are.
        split_bytes: the most bytes of tensors that a file may have, where no single tensor is larger.

    Returns:
        The files, in their order.

    Raises:
        LanguageModelError: a tensor holds numbers that are not finite or too large, ``out`` is not empty, llama.cpp
            does not know such a network or tokenizer, or there is no such kind.
    """
    # reads hundreds of files: only where it is needed
    import gguf

    if kind not in get_args(Kind):
        raise LanguageModelError("kind", f"must be one of {', '.join(get_args(Kind))}")
    check_llama_cpp_runs(model.architecture)
    with whole_folder(out) as folder:
        stored = sum(stored_bytes(model, name, kind) for name in model.tensors)
        writer = gguf.GGUFWriter(
            folder / "model.gguf",
            model.architecture.family.id,
            split_max_size=split_bytes if stored > split_bytes else 0,
        )
        try:
            _add_metadata(writer, model, kind)
            files = _write(writer, model, kind, progress)
        finally:
            writer.close()
    return [out / name for name in files]


def encoding_of(model: LanguageModel, name: str, kind: Kind) -> Encoding:
    """How the publisher's tensor of that name is stored."""
    shape = model.tensors[name].shape
    if len(shape) == 1:
        return "F32"
    if kind == "f16" or shape[1] % BLOCK:
        return "F16"
    # where the embedding is the output layer as well, it decides over every token
    is_output = name == ("model.embed_tokens.weight" if model.architecture.tied else "lm_head.weight")
    return "Q8_0" if kind == "q8_0" or is_output else "Q4_0"


def stored_bytes(model: LanguageModel, name: str, kind: Kind) -> int:
    """How many bytes the publisher's tensor of that name takes in the file."""
    values = prod(model.tensors[name].shape)
    return values * _BLOCK_BYTES[encoding_of(model, name, kind)] // BLOCK


def _add_metadata(writer: gguf.GGUFWriter, model: LanguageModel, kind: Kind) -> None:
    import gguf

    types = {"f16": "MOSTLY_F16", "q8_0": "MOSTLY_Q8_0", "q4_0": "MOSTLY_Q4_0"}
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_file_type(gguf.LlamaFileType[types[kind]])
    if kind != "f16":
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    add_sizes(writer, model)
    add_tokenizer(writer, model)


def _write(writer: gguf.GGUFWriter, model: LanguageModel, kind: Kind, progress: Progress) -> list[str]:
    """All of the files, the tensors piece by piece; returns their names."""
    import gguf

    for name, tensor in model.tensors.items():
        writer.add_tensor_info(
            gguf_name(model.architecture, name),
            tensor.shape,
            np.dtype(np.float32),
            stored_bytes(model, name, kind),
            raw_dtype=gguf.GGMLQuantizationType[encoding_of(model, name, kind)],
        )
    factors = rope_factors(model.architecture).astype(np.float32)
    scaled = model.architecture.rope_scaling is not None
    if scaled:
        writer.add_tensor_info("rope_freqs.weight", factors.shape, factors.dtype, factors.nbytes)
    names = {gguf_name(model.architecture, name): name for name in model.tensors}
    placed = [list(tensors) for tensors in writer.tensors]
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    files = writer.fout or []
    read = PiecesRead(model, progress)
    for file, tensors in zip(files, placed, strict=True):
        writer.write_padding(file, file.tell())
        for stored in tensors:
            start = file.tell()
            pieces = [factors] if stored == "rope_freqs.weight" else _encoded(read, names[stored], kind)
            for piece in pieces:
                file.write(piece.data.cast("B"))
            writer.write_padding(file, file.tell() - start)
    return [Path(file.name).name for file in files]


def _encoded(read: PiecesRead, name: str, kind: Kind) -> Iterator[NDArray[np.generic]]:
    """The pieces of a tensor as they are stored."""
    sizes, encoding = read.model.architecture, encoding_of(read.model, name, kind)
    for rows in row_pieces(read, name, rows_at_a_time(sizes, name)):
        yield _as(encoding, name, llama_cpp_rows(sizes, name, rows))


def _as(encoding: Encoding, name: str, rows: Float32Array) -> NDArray[np.generic]:
    if encoding == "F32":
        return rows.astype("<f4", copy=False)
    if encoding == "F16":
        halves = float16_of_float32(rows)
        if halves is None:
            raise LanguageModelError(name, "holds numbers too large for float16; choose q8_0")
        return halves
    return q8_0_blocks(rows) if encoding == "Q8_0" else q4_0_blocks(rows)
