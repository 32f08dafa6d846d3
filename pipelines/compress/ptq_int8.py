"""Post-training quantisation: weights per channel and activations as 8-bit integers.

Source: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
inference" (arXiv 1712.05877); TensorFlow Lite 8-bit quantization specification.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.compress.convert import converter_of
from pipelines.learn.runtime import quiet, tensorflow
from pipelines.learn.trained import Trained
from pipelines.signals import FloatArray

REPRESENTATIVE_WINDOWS = 300
"""How many training windows the ranges of the activations are measured on."""


def to_tflite_int8(trained: Trained, features: FloatArray, labels: NDArray[np.integer[Any]]) -> bytes:
    """A ``.tflite`` model whose input, output and every operator between are int8.

    Args:
        trained: the network.
        features: ``[w, *shape]`` of the training windows, before scaling; may be memory-mapped.
        labels: ``[w]`` their labels: each gives its share of the windows that are measured, at least one.
    """
    tf = tensorflow()
    chosen = representative_rows(labels, REPRESENTATIVE_WINDOWS)
    scaled = trained.scaler().apply(features[chosen])

    def representative() -> Iterator[list[FloatArray]]:
        for window in scaled:
            yield [window[None]]

    with quiet():
        converter = converter_of(trained)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = representative
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
        return bytes(converter.convert())


def representative_rows(labels: NDArray[np.integer[Any]], count: int, seed: int = 1) -> NDArray[np.int64]:
    """About ``count`` positions, sorted, drawn without replacement: from each label its share, at least one."""
    random = np.random.default_rng(seed)
    share = min(1.0, count / max(1, len(labels)))
    parts = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        parts.append(random.choice(rows, max(1, round(share * len(rows))), replace=False))
    return np.sort(np.concatenate(parts)).astype(np.int64)
