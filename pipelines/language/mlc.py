"""A language model in MLC's format, as WebLLM loads it: see :func:`convert_to_mlc`."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pipelines.language.errors import LanguageModelError, Progress
from pipelines.language.group_quantization import ScaleType, groups_a_row, quantize_groups, words_a_row
from pipelines.language.mlc_config import TOKENIZER_FILES, chat_config
from pipelines.language.mlc_parameters import Parameter, mlc_parameters
from pipelines.language.mlc_shards import CACHE_FILE, ShardWriter
from pipelines.language.model_folder import LanguageModel
from pipelines.language.number_formats import Float32Array, bfloat16_of_float32, float16_of_float32
from pipelines.language.pieces import PiecesRead, row_pieces
from pipelines.language.whole_folder import whole_folder

Quantization = Literal["q4f16_1", "q4f32_1", "q0f16", "q0f32"]
CONFIG_FILE = "mlc-chat-config.json"


def convert_to_mlc(
    model: LanguageModel,
    quantization: Quantization,
    out: Path,
    progress: Progress = lambda done_bytes, all_bytes: None,
    *,
    context_window_tokens: int = 4096,
    prefill_chunk_tokens: int = 1024,
) -> dict[str, Any]:
    """Write ``params_shard_N.bin``, ``tensor-cache.json``, ``mlc-chat-config.json`` and the tokenizer's files into ``out``.

    Args:
        quantization: ``q4``: four bits a weight, in groups of 32; ``q0``: as they are. ``f16`` and ``f32``: what everything
            else is, and is computed in.
        out: a folder that is absent or empty; it is there whole afterwards, or (after an error) not at all.
        progress: told the bytes of weights that were read, and how many there are.
        context_window_tokens, prefill_chunk_tokens: what the ``model_lib`` was compiled for; no more than the model allows.

    Returns:
        JSON: ``{"quantization", "architecture", "parameters", "bytes", "bits_per_parameter", "context_window_tokens",
        "prefill_chunk_tokens", "conversation", "files": {name: {"bytes", "sha256"}}}``.

    Raises:
        LanguageModelError: a tensor holds numbers that are not finite or too large, ``out`` is not empty, or there is
            no such quantisation.
    """
    if quantization not in get_args(Quantization):
        raise LanguageModelError("quantization", f"must be one of {', '.join(get_args(Quantization))}")
    config = chat_config(model, quantization, context_window_tokens, prefill_chunk_tokens)
    with whole_folder(out) as folder:
        shards = ShardWriter(folder)
        read = PiecesRead(model, progress)
        for parameter in mlc_parameters(model.architecture):
            _Encoding(read, parameter, quantization).write_to(shards)
        metadata = shards.finish(model.parameters)
        for name in TOKENIZER_FILES:
            if (model.folder / name).exists():
                shutil.copyfile(model.folder / name, folder / name)
        (folder / CONFIG_FILE).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")
        files = {
            path.name: {"bytes": path.stat().st_size, "sha256": shards.sha256.get(path.name) or _sha256(path)}
            for path in sorted(folder.iterdir())
        }
    return {
        "quantization": quantization,
        "architecture": config["model_type"],
        "parameters": model.parameters,
        "bytes": sum(file["bytes"] for name, file in files.items() if name in shards.sha256),
        "bits_per_parameter": metadata["BitsPerParam"],
        "context_window_tokens": config["context_window_size"],
        "prefill_chunk_tokens": config["prefill_chunk_size"],
        "conversation": config["conv_template"]["name"],
        "files": files,
    }


@dataclass(frozen=True, slots=True)
class _Encoding:
    """One parameter on its way into the shards."""

    read: PiecesRead
    parameter: Parameter
    quantization: Quantization

    def write_to(self, shards: ShardWriter) -> None:
        name, shape, number = self.parameter.name, self.parameter.shape, self._number
        if not (self.parameter.is_matrix and self.quantization.startswith("q4")):
            shards.add(name, shape, number, (self._encoded(rows) for rows in self._pieces()))
            return
        stem = name.removesuffix(".weight")
        scales: list[bytes | memoryview] = []
        shards.add(f"{stem}.q_weight", (shape[0], words_a_row(shape[1])), "uint32", self._codes(scales))
        shards.add(f"{stem}.q_scale", (shape[0], groups_a_row(shape[1])), number, scales)

    def _codes(self, scales: list[bytes | memoryview]) -> Iterator[memoryview]:
        """The codes of each piece; its scales, which are an eighth of them, are put into the list."""
        scale_type: ScaleType = "float16" if self._number == "float16" else "bfloat16"
        for rows in self._pieces():
            codes, scale = quantize_groups(rows, scale_type)
            scales.append(self._encoded(scale))
            yield codes.astype("<u4", copy=False).data.cast("B")

    def _pieces(self) -> Iterator[Float32Array]:
        for source in self.parameter.sources:
            for rows in row_pieces(self.read, source):
                yield rows + 1 if self.parameter.add_one else rows

    def _encoded(self, values: Float32Array) -> memoryview:
        if self._number == "float32":
            return bfloat16_of_float32(values).astype("<u2", copy=False).data.cast("B")
        halves = float16_of_float32(values)
        if halves is None:
            raise LanguageModelError(
                self.parameter.sources[0], "holds numbers too large for float16; choose q4f32_1 or q0f32"
            )
        return halves.data.cast("B")

    @property
    def _number(self) -> Literal["float16", "float32"]:
        return "float16" if "f16" in self.quantization else "float32"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["CACHE_FILE", "CONFIG_FILE", "Quantization", "convert_to_mlc"]
