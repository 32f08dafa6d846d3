"""Signals to windows: where each window lies, which label it bears, and reading it.

Planning looks at the recordings' lengths only. Reading maps the files into memory and
copies one batch of windows at a time, so that a dataset larger than memory can be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.signals import Dataset, FloatArray, Sample, Split
from pipelines.spec import InputSpec

SPLITS: tuple[Split, ...] = ("training", "test")
RATE_TOLERANCE = 0.05
"""How far a recording's sample rate may be from the pipeline's, as a share of it."""

_OPEN_FILES = 64
_DRAWS = 8


class WindowError(ValueError):
    """A recording that this pipeline cannot cut into windows: the message names it and the cure."""


@dataclass(frozen=True, slots=True)
class WindowIndex:
    """Where each labelled window lies: arrays of one length, ordered by sample, then by start.

    Args:
        sample_index: int32, position of the sample in the dataset.
        start: int64, first row of the window in the sample.
        label: int16, position in the labels that were planned with.
        split: int8, position in :data:`SPLITS`.
        skipped_short: recordings left out because they are shorter than a window and may not be padded,
            or are empty.
        unlabelled: windows left out because they bear none of the labels.
    """

    sample_index: NDArray[np.int32]
    start: NDArray[np.int64]
    label: NDArray[np.int16]
    split: NDArray[np.int8]
    skipped_short: int = 0
    unlabelled: int = 0

    def __len__(self) -> int:
        return int(self.start.size)

    def take(self, positions: NDArray[np.integer[Any]] | NDArray[np.bool_]) -> WindowIndex:
        """These windows only, in this order."""
        return WindowIndex(
            self.sample_index[positions],
            self.start[positions],
            self.label[positions],
            self.split[positions],
            self.skipped_short,
            self.unlabelled,
        )

    def of_split(self, split: Split) -> WindowIndex:
        """The windows of one split."""
        return self.take(self.split == SPLITS.index(split))

    def save(self, path: Path) -> None:
        """Write as ``.npz``."""
        np.savez(
            path,
            sample_index=self.sample_index,
            start=self.start,
            label=self.label,
            split=self.split,
            left_out=np.array([self.skipped_short, self.unlabelled], dtype=np.int64),
        )

    @classmethod
    def load(cls, path: Path) -> WindowIndex:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            short, unlabelled = (int(count) for count in file["left_out"])
            return cls(file["sample_index"], file["start"], file["label"], file["split"], short, unlabelled)


def plan_windows(dataset: Dataset, input_spec: InputSpec, labels: tuple[str, ...]) -> WindowIndex:
    """Every window of every recording that bears one of ``labels``.

    A window starts every stride as long as it fits. A recording shorter than a window gives one,
    padded with zeros at its end, if ``zero_pad`` is set, else none. Where a recording has spans, each
    bears its own label and the rest bears the recording's (none where that is empty); a later span hides
    an earlier one. ``label_rule`` picks from what the window covers: the label of most of it, at its
    centre, or at its last value. Of two that cover as much, the first in ``labels`` wins; unlabelled wins over both.

    Raises:
        WindowError: a sample rate off by more than 5 %, or a missing channel.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    parts: list[tuple[NDArray[np.int64], NDArray[np.int16], int, int]] = []
    skipped = unlabelled = 0
    for position, sample in enumerate(dataset):
        columns_of(sample, input_spec)
        rows = sample.open().values.shape[0]
        start = _starts(rows, input_spec)
        if not start.size:
            skipped += 1
            continue
        label = _labels(sample, start, rows, input_spec, numbers)
        known = label >= 0
        unlabelled += int(np.count_nonzero(~known))
        parts.append((start[known], label[known], position, SPLITS.index(sample.split)))
    counts = [len(part[0]) for part in parts]
    return WindowIndex(
        sample_index=np.repeat(np.array([part[2] for part in parts], dtype=np.int32), counts),
        start=np.concatenate([np.empty(0, dtype=np.int64), *(part[0] for part in parts)]),
        label=np.concatenate([np.empty(0, dtype=np.int16), *(part[1] for part in parts)]),
        split=np.repeat(np.array([part[3] for part in parts], dtype=np.int8), counts),
        skipped_short=skipped,
        unlabelled=unlabelled,
    )


def iter_windows(
    dataset: Dataset, index: WindowIndex, input_spec: InputSpec, batch: int = 256
) -> Iterator[FloatArray]:
    """The windows of ``index``, in its order, as ``float32[up to batch, window_length, channels]``.

    Raises:
        WindowError: a sample rate off by more than 5 %, or a missing channel.
    """
    length = input_spec.window_length

    @lru_cache(maxsize=_OPEN_FILES)
    def opened(position: int) -> tuple[FloatArray, list[int]]:
        sample = dataset.samples[position]
        return sample.open().values, columns_of(sample, input_spec)

    for first in range(0, len(index), batch):
        samples = index.sample_index[first : first + batch]
        starts = index.start[first : first + batch]
        windows = np.zeros((samples.size, length, len(input_spec.channels)), dtype=np.float32)
        edges = np.flatnonzero(np.diff(samples)) + 1
        for run in np.split(np.arange(samples.size), edges):
            values, columns = opened(int(samples[run[0]]))
            for place in run:
                piece = values[starts[place] : starts[place] + length]
                windows[place, : len(piece)] = piece[:, columns]
        yield windows


def columns_of(sample: Sample, input_spec: InputSpec) -> list[int]:
    """The columns of the sample's values that the pipeline reads, in the pipeline's order.

    Raises:
        WindowError: a sample rate off by more than 5 %, or a missing channel.
    """
    rate = input_spec.sample_rate_hz
    if abs(sample.sample_rate_hz - rate) > RATE_TOLERANCE * rate:
        raise WindowError(
            f"{sample.name}: recorded at {sample.sample_rate_hz:g} Hz, the pipeline expects {rate:g} Hz; "
            "resample the recording, leave it out, or change the pipeline's sample rate"
        )
    missing = [name for name in input_spec.channels if name not in sample.channels]
    if missing:
        raise WindowError(
            f"{sample.name}: has no channel {', '.join(missing)}, only {', '.join(sample.channels)}; "
            "leave it out, or choose channels that every recording has"
        )
    return [sample.channels.index(name) for name in input_spec.channels]


def split_validation(
    index: WindowIndex, dataset: Dataset, fraction: float = 0.2, seed: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions in ``index`` of the training windows to learn from, and of those to validate with.

    All windows of one recording stay on one side, and all recordings of one group, where the training
    split has two groups or more. Recordings (or groups) are drawn in a few seeded orders and taken where
    that brings the labels' shares nearer to ``fraction``, unless a label would have nothing left to learn
    from; the order that comes nearest counts. Too few recordings leave the validation part empty.
    """
    positions = np.flatnonzero(index.split == SPLITS.index("training"))
    if not positions.size:
        return positions, positions
    unit = _units(index.sample_index[positions], dataset)
    label = index.label[positions].astype(np.int64)
    counts = np.zeros((unit.max() + 1, label.max() + 1))
    np.add.at(counts, (unit, label), 1)
    counts = counts[:, counts.sum(axis=0) > 0]
    random = np.random.default_rng(seed)
    draws = [_draw(counts, fraction, random.permutation(len(counts))) for _ in range(_DRAWS)]
    held, _ = min(draws, key=lambda draw: draw[1])
    validates = held[unit]
    return positions[~validates], positions[validates]


def _draw(
    counts: NDArray[np.float64], fraction: float, order: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], float]:
    """Which units of ``counts[unit, label]`` to hold out, taken in ``order``, and how far off the shares are."""
    total = counts.sum(axis=0)
    held = np.zeros(len(counts), dtype=bool)
    have = np.zeros_like(total)
    off = float(np.sum((have / total - fraction) ** 2))
    for number in order:
        grown = have + counts[number]
        grown_off = float(np.sum((grown / total - fraction) ** 2))
        if grown_off < off and np.all(grown < total):
            held[number] = True
            have, off = grown, grown_off
    return held, off


def _units(sample_index: NDArray[np.int32], dataset: Dataset) -> NDArray[np.int64]:
    """For each window the number of what must stay together: its group, or else its recording."""
    used = np.unique(sample_index)
    grouped = len({dataset.samples[position].group for position in used} - {""}) > 1
    names = {
        int(position): ("group", dataset.samples[position].group)
        if grouped and dataset.samples[position].group
        else ("sample", str(position))
        for position in used
    }
    numbers: dict[tuple[str, str], int] = {}
    of_sample = {position: numbers.setdefault(name, len(numbers)) for position, name in names.items()}
    return np.array([of_sample[int(position)] for position in sample_index], dtype=np.int64)


def _starts(rows: int, input_spec: InputSpec) -> NDArray[np.int64]:
    length = input_spec.window_length
    if rows >= length:
        return np.arange(0, rows - length + 1, input_spec.stride_length, dtype=np.int64)
    return np.zeros(1 if rows and input_spec.zero_pad else 0, dtype=np.int64)


def _labels(
    sample: Sample, start: NDArray[np.int64], rows: int, input_spec: InputSpec, numbers: dict[str, int]
) -> NDArray[np.int16]:
    """The label's number for each window that starts at ``start``, -1 for none."""
    if not sample.spans:
        return np.full(start.size, numbers.get(sample.label, -1), dtype=np.int16)
    edges, borne = _stretches(sample, rows, numbers)
    end = np.minimum(start + input_spec.window_length, rows)
    if input_spec.label_rule != "majority":
        at = (start + end - 1) / 2 if input_spec.label_rule == "centre" else end - 1.0
        place = np.searchsorted(edges, at, side="right") - 1
        return borne[np.clip(place, 0, borne.size - 1)]
    widths = np.diff(edges)
    kinds = np.unique(borne)
    covered = np.empty((kinds.size, start.size))
    for row, kind in enumerate(kinds):
        # How much of that label lies before each edge: the window's share is a difference of two.
        before = np.concatenate([[0.0], np.cumsum(np.where(borne == kind, widths, 0.0))])
        covered[row] = np.interp(end, edges, before) - np.interp(start, edges, before)
    most: NDArray[np.int16] = kinds[np.argmax(covered, axis=0)]
    return most


def _stretches(
    sample: Sample, rows: int, numbers: dict[str, int]
) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Cut ``0..rows`` where a span begins or ends: the edges, in rows, and the label between each two."""
    per_ms = sample.sample_rate_hz / 1000
    spans = [
        (min(span.start_ms * per_ms, rows), min(span.end_ms * per_ms, rows), span.label)
        for span in sample.spans
    ]
    edges = np.unique([0.0, float(rows), *(edge for span in spans for edge in span[:2])])
    borne = np.full(edges.size - 1, numbers.get(sample.label, -1), dtype=np.int16)
    for begin, finish, label in spans:
        first, last = np.searchsorted(edges, (begin, finish))
        borne[first:last] = numbers.get(label, -1)
    return edges, borne
