"""A model's weights, some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from pipelines.language.errors import Progress
from pipelines.language.model_folder import LanguageModel
from pipelines.language.number_formats import Float32Array

PIECE_VALUES = 1 << 18
"""How many numbers a piece has: a megabyte as float32, so that the steps of a conversion find it in the processor's cache."""


@dataclass(slots=True)
class PiecesRead:
    """How far a conversion is."""

    model: LanguageModel
    progress: Progress
    done_bytes: int = 0


def row_pieces(read: PiecesRead, name: str, multiple: int = 1) -> Iterator[Float32Array]:
    """The rows of a tensor in pieces ``float32[rows, ...]``; tells the progress after each one that was used.

    Args:
        multiple: each piece has a multiple of so many rows.

    Raises:
        LanguageModelError: the file ends early, or holds a number that is not finite.
    """
    tensor = read.model.tensors[name]
    rows_at_once = multiple * max(1, PIECE_VALUES // (multiple * prod(tensor.shape[1:])))
    for first in range(0, tensor.shape[0], rows_at_once):
        end = min(first + rows_at_once, tensor.shape[0])
        yield tensor.rows(first, end)
        read.done_bytes += (end - first) * tensor.row_bytes
        read.progress(read.done_bytes, read.model.weight_bytes)
