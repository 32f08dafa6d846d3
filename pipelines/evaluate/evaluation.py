"""Run a library over labelled windows and count what it gets right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.compile.library import Library
from pipelines.evaluate.metrics import ClassMetrics, accuracy_of, class_metrics, confusion_matrix
from pipelines.evaluate.native import NativeLibrary
from pipelines.signals import FloatArray


class EvaluationError(ValueError):
    """Windows and labels that do not fit the library, or a library that answers with no number."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a library is.

    Args:
        accuracy: share of windows whose most probable class is the true one.
        per_class: precision, recall and F1 of each class.
        confusion: ``int64[true class, predicted class]``.
        windows: how many were judged.
        probabilities: ``float32[windows, classes]``, in the order of the windows.
    """

    accuracy: float
    per_class: tuple[ClassMetrics, ...]
    confusion: NDArray[np.int64]
    windows: int
    probabilities: FloatArray

    def as_json(self) -> dict[str, Any]:
        """All but the probabilities."""
        return {
            "accuracy": self.accuracy,
            "per_class": [asdict(one) for one in self.per_class],
            "confusion": self.confusion.tolist(),
            "windows": self.windows,
        }


def evaluate(
    library: Library,
    windows: Iterable[FloatArray],
    label: NDArray[np.integer[Any]],
    labels: Sequence[str],
) -> Evaluation:
    """Classify every window with the library's own C and compare with the true labels.

    Args:
        library: what to judge.
        windows: batches ``float32[batch, length, channels]``; only one of them is held at a time.
        label: the true class of each window, in their order.
        labels: the names of the classes, in the library's order.

    Raises:
        EvaluationError: there are no windows, not as many as labels, or the library gives something that is no number.
    """
    if tuple(labels) != library.labels:
        raise EvaluationError("labels: these are not the classes of the library")
    native = NativeLibrary(library)
    probabilities = np.empty((label.size, len(labels)), np.float32)
    done = 0
    for batch in windows:
        if done + len(batch) > label.size:
            raise EvaluationError(f"windows: there are more than the {label.size} labels")
        probabilities[done : done + len(batch)] = native.classify(batch)
        done += len(batch)
    if done != label.size or not done:
        raise EvaluationError(f"windows: {done} for {label.size} labels; a test needs at least one")
    if not np.isfinite(probabilities).all():
        raise EvaluationError(
            "the model answers some test windows with no number; train it again with a lower rate"
        )
    confusion = confusion_matrix(label, probabilities.argmax(axis=1), len(labels))
    return Evaluation(
        accuracy_of(confusion), class_metrics(confusion, labels), confusion, done, probabilities
    )
