"""The pipeline's own package; the one place that names it."""

from __future__ import annotations

from deploy_targets.python.runtime import METADATA, Classification, Stream, StreamResult, classify
from deploy_targets.python.runtime._recordings import csv_samples, padded, wav_samples
from deploy_targets.python.runtime._samples import floats_of

__all__ = [
    "METADATA",
    "Classification",
    "Stream",
    "StreamResult",
    "classify",
    "csv_samples",
    "floats_of",
    "padded",
    "wav_samples",
]
