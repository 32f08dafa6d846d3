"""Small made-up features that a network can learn in a few epochs."""

from __future__ import annotations

import numpy as np

from pipelines.learn.classifier import Classifier, ClassifierParams

LABELS = ("slow", "fast", "still")


def motions(count, shape=(24, 3), seed=0):
    """``float32[count, *shape]``: sines of two frequencies, or none, far from zero mean; and their labels."""
    random = np.random.default_rng(seed)
    label = (np.arange(count) % 3).astype(np.int16)
    time = np.arange(shape[0])[None, :, None] if len(shape) == 2 else np.arange(shape[0])[None, :]
    rate = np.array([0.2, 0.9, 0.0])[label].reshape(-1, *[1] * len(shape))
    phase = random.uniform(0, 0.5, (count, *[1] * len(shape)))
    values = 50 + 20 * np.sin(rate * time + phase) + random.normal(0, 2, (count, *shape))
    return values.astype(np.float32), label


def classifier(shape=(24, 3), **params):
    settings = {"preset": "conv1d-small", "epochs": 6, "batch_size": 16, **params}
    return Classifier(ClassifierParams.model_validate(settings), shape, LABELS)
