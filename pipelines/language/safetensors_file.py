"""Reading ``.safetensors``: named tensors, read by rows.

Source: https://github.com/huggingface/safetensors, "Format": eight bytes with the length of a JSON header, the
header ``{name: {dtype, shape, data_offsets}}``, then the tensors' bytes, each in row-major order, little-endian.
Tensors are read with ``pread`` and not mapped: a mapped file counts as memory of the process, and one that shrinks while
it is read would kill it.
"""

from __future__ import annotations

import json
import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.language.errors import LanguageModelError
from pipelines.language.number_formats import Float32Array, float32_of_bfloat16

_BYTES_A_VALUE = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
}  # fmt: skip
WEIGHT_TYPES = ("BF16", "F16", "F32")
"""Types of number that weights may have here."""
_MOST_HEADER_BYTES = 100_000_000
"""The format's own limit."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a file.

    Args:
        name: as the file calls it.
        dtype: one of safetensors' names of types.
        shape: its dimensions.
        path, offset: where its first byte lies.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    path: Path
    offset: int

    @property
    def nbytes(self) -> int:
        """How many bytes of the file it takes."""
        return math.prod(self.shape) * _BYTES_A_VALUE[self.dtype]

    @property
    def row_bytes(self) -> int:
        """How many bytes of the file a step along the first dimension takes."""
        return math.prod(self.shape[1:]) * _BYTES_A_VALUE[self.dtype]

    def rows(self, first: int, end: int) -> Float32Array:
        """Rows ``first`` to ``end`` (exclusive) along the first dimension, as float32.

        Raises:
            LanguageModelError: the file ends before them, or one holds a number that is not finite.
        """
        count = (end - first) * self.row_bytes
        with self.path.open("rb", buffering=0) as file:
            raw = _read(file.fileno(), self.offset + first * self.row_bytes, count)
        if len(raw) != count:
            raise LanguageModelError(self.path.name, "the file ends before its tensors do; download it again")
        values, finite = _as_float32(raw, self.dtype)
        if not finite:
            raise LanguageModelError(
                self.name, "holds numbers that are not finite (NaN or infinity); the weights are damaged"
            )
        return values.reshape(end - first, *self.shape[1:])

    def values(self) -> Float32Array:
        """All of it, as float32."""
        return self.rows(0, self.shape[0])


def read_header(path: Path) -> dict[str, StoredTensor]:
    """The tensors of a file, by name.

    Raises:
        LanguageModelError: it is no safetensors file, or holds less or other than its header says.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= min(_MOST_HEADER_BYTES, size - 8):
            raise LanguageModelError(
                path.name, "no safetensors file, or cut off in its header; download it again"
            )
        text = file.read(length)
    try:
        header = json.loads(text)
    except ValueError as error:
        raise LanguageModelError(path.name, f"no safetensors file: its header is no JSON ({error})") from None
    if not isinstance(header, dict):
        raise LanguageModelError(path.name, "no safetensors file: its header is no JSON object")
    header.pop("__metadata__", None)
    data_bytes = size - 8 - length
    return {name: _tensor(path, name, entry, 8 + length, data_bytes) for name, entry in header.items()}


def _tensor(path: Path, name: str, entry: Any, data_start: int, data_bytes: int) -> StoredTensor:
    try:
        dtype, shape, (first, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        well_formed = isinstance(dtype, str) and all(
            isinstance(number, int) and number >= 0 for number in (*shape, first, end)
        )
    except (TypeError, KeyError, ValueError):
        well_formed = False
    if not well_formed:
        raise LanguageModelError(path.name, f"the header's entry of {name!r} is malformed")
    if dtype not in _BYTES_A_VALUE:
        raise LanguageModelError(path.name, f"{name!r} has a type that is unknown here: {dtype!r}")
    tensor = StoredTensor(name, dtype, shape, path, data_start + first)
    if end - first != tensor.nbytes:
        raise LanguageModelError(
            path.name,
            f"{name!r} has {end - first:,} bytes, but {dtype} of {list(shape)} are {tensor.nbytes:,}",
        )
    if end > data_bytes:
        raise LanguageModelError(
            path.name, f"the file is cut off: {name!r} ends at byte {data_start + end:,}; download it again"
        )
    return tensor


def _read(descriptor: int, offset: int, count: int) -> bytearray:
    """Up to ``count`` bytes from ``offset`` on; fewer where the file ends."""
    buffer = bytearray(count)
    view = memoryview(buffer)
    done = 0
    while done < count:
        # Linux reads at most 2 GiB at once
        got = os.preadv(descriptor, [view[done : done + (1 << 30)]], offset + done)
        if not got:
            view.release()
            return buffer[:done]
        done += got
    return buffer


def _as_float32(raw: bytearray, dtype: str) -> tuple[Float32Array, bool]:
    """The numbers, and whether all are finite: an exponent of all ones stands for infinity and NaN."""
    if dtype == "BF16":
        bits = np.frombuffer(raw, "<u2")
        return float32_of_bfloat16(bits), not bits.size or int((bits & 0x7FFF).max()) < 0x7F80
    if dtype == "F16":
        bits = np.frombuffer(raw, "<u2")
        finite = not bits.size or int((bits & 0x7FFF).max()) < 0x7C00
        return bits.view("<f2").astype(np.float32), finite
    if dtype == "F32":
        values = np.frombuffer(raw, "<f4")
        return values.astype(np.float32, copy=False), bool(np.isfinite(values).all())
    raise ValueError(f"{dtype} is no type of weights")
