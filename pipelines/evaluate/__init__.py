"""Judge a library by its own code: the C, built for this machine, over the whole test split."""

from pipelines.evaluate.evaluation import Evaluation, EvaluationError, evaluate
from pipelines.evaluate.intervals import wilson_interval
from pipelines.evaluate.metrics import ClassMetrics, accuracy_of, class_metrics, confusion_matrix
from pipelines.evaluate.native import NativeLibrary
from pipelines.evaluate.slices import Slice, slices_of

__all__ = [
    "ClassMetrics",
    "Evaluation",
    "EvaluationError",
    "NativeLibrary",
    "Slice",
    "accuracy_of",
    "class_metrics",
    "confusion_matrix",
    "evaluate",
    "slices_of",
    "wilson_interval",
]
