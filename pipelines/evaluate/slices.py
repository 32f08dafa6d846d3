"""Accuracy part by part of the test split: by label, and by group (a volunteer, a day, a machine) where there are any.

Windows of one recording overlap and resemble one another, so that they are no independent trials: every interval
counts recordings, not windows. It is therefore rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.evaluate.intervals import wilson_interval

MAX_SLICES = 100
"""Of each kind; those with the lowest accuracy are kept."""

SliceKind = Literal["all", "label", "group"]


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the test split: share of right windows, and its 95 % interval by :func:`wilson_interval`."""

    by: SliceKind
    name: str
    windows: int
    recordings: int
    accuracy: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def slices_of(
    right: NDArray[np.bool_],
    label: NDArray[np.integer[Any]],
    recording: NDArray[np.integer[Any]],
    labels: Sequence[str],
    groups: Sequence[str],
) -> list[Slice]:
    """The whole test split first, then each label, then each group if there are two or more.

    Args:
        right: ``[windows]``, whether the window's most probable class is the true one.
        label: ``[windows]``, position in ``labels``.
        recording: ``[windows]``, position in ``groups``.
        labels: the classes.
        groups: the group of each recording, ``""`` where it has none.
    """
    found = [_slice("all", "", right, recording)]
    by_label = [
        _slice("label", name, right[label == number], recording[label == number])
        for number, name in enumerate(labels)
        if np.any(label == number)
    ]
    group_of_window = np.array(groups, dtype=object)[recording]
    names = sorted({str(name) for name in group_of_window} - {""})
    by_group = [
        _slice("group", name, right[group_of_window == name], recording[group_of_window == name])
        for name in (names if len(names) > 1 else [])
    ]
    return [*found, *_worst(by_label), *_worst(by_group)]


def _worst(slices: list[Slice]) -> list[Slice]:
    """All of them in their order, or, of very many, the worst."""
    if len(slices) <= MAX_SLICES:
        return slices
    return sorted(slices, key=lambda one: one.accuracy)[:MAX_SLICES]


def _slice(by: SliceKind, name: str, right: NDArray[np.bool_], recording: NDArray[np.integer[Any]]) -> Slice:
    accuracy = float(right.mean())
    recordings = int(np.unique(recording).size)
    low, high = wilson_interval(accuracy, recordings)
    return Slice(by, name, int(right.size), recordings, accuracy, low, high)
