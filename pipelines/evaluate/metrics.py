"""How good predictions are: confusion matrix, accuracy, precision, recall, F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """One class: the share of its predictions that are right, of its windows that are found, and their harmonic mean.

    A share of nothing (a class that was never predicted, or has no windows) is 0. ``support`` is how many windows
    truly are of the class.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int


def confusion_matrix(
    true: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]], classes: int
) -> NDArray[np.int64]:
    """``int64[classes, classes]``: how many windows of each true class (row) were predicted as each class (column)."""
    pairs = true.astype(np.int64) * classes + predicted.astype(np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def accuracy_of(confusion: NDArray[np.int64]) -> float:
    """Share of windows on the diagonal; 0 where there are none."""
    return _share(int(np.trace(confusion)), int(confusion.sum()))


def class_metrics(confusion: NDArray[np.int64], labels: Sequence[str]) -> tuple[ClassMetrics, ...]:
    """Precision, recall and F1 of each class from a confusion matrix."""
    found = []
    for number, label in enumerate(labels):
        right = int(confusion[number, number])
        predicted = int(confusion[:, number].sum())
        support = int(confusion[number].sum())
        f1 = _share(2 * right, predicted + support)
        found.append(ClassMetrics(label, _share(right, predicted), _share(right, support), f1, support))
    return tuple(found)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
