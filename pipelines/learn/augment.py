"""Augmentation: each time a training window is looked at, its features differ a little.

Works on scaled features, in the training graph; what is hidden becomes 0, their mean. Masks after Park et al.,
"SpecAugment" (arXiv 1904.08779), section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pipelines.learn.layers import Shape
from pipelines.learn.runtime import keras


@dataclass(frozen=True, slots=True)
class Strength:
    """How much is varied: shares of the time axis and of the bands, and standard deviations."""

    shift: float
    time_mask: float
    band_mask: float
    noise: float
    loudness: float


STRENGTHS = {
    "light": Strength(shift=0.08, time_mask=0.08, band_mask=0.08, noise=0.05, loudness=0.1),
    "strong": Strength(shift=0.15, time_mask=0.15, band_mask=0.15, noise=0.1, loudness=0.2),
}


def augmentation(kind: Literal["light", "strong"], shape: Shape, seed: int) -> Any:
    """A Keras layer that varies ``[batch, *shape]`` features while training and else passes them on.

    Time is the first axis of features with two axes: it is rotated, so that what leaves at one end comes in at
    the other. Flat features get noise only.
    """
    k = keras()
    strength = STRENGTHS[kind]

    class Augmentation(k.layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__(name="augmentation")
            self.seeds = k.random.SeedGenerator(seed)

        def call(self, features: Any, training: bool = False) -> Any:
            if not training:
                return features
            if len(shape) == 2:
                return _vary(k, features, shape, strength, self.seeds)
            return features + strength.noise * k.random.normal(k.ops.shape(features), seed=self.seeds)

    return Augmentation()


def _vary(k: Any, features: Any, shape: Shape, strength: Strength, seeds: Any) -> Any:
    batch = k.ops.shape(features)[0]
    time, bands = shape
    limit = round(strength.shift * time)
    if limit:
        shift = k.random.randint((batch, 1), -limit, limit + 1, seed=seeds)
        place = (k.ops.arange(time)[None, :] + shift) % time
        features = k.ops.take_along_axis(features, place[:, :, None], axis=1)
    features = features + strength.loudness * k.random.normal((batch, 1, 1), seed=seeds)
    features = features + strength.noise * k.random.normal((batch, time, bands), seed=seeds)
    shown_time = _shown(k, batch, time, strength.time_mask, seeds)
    shown_bands = _shown(k, batch, bands, strength.band_mask, seeds)
    return features * shown_time[:, :, None] * shown_bands[:, None, :]


def _shown(k: Any, batch: Any, length: int, share: float, seeds: Any) -> Any:
    """``[batch, length]`` ones with one run of zeros, up to ``share`` of the length, in each row."""
    width = k.random.uniform((batch, 1), 0, share * length, seed=seeds)
    start = k.random.uniform((batch, 1), 0, 1, seed=seeds) * (length - width)
    place = k.ops.arange(length, dtype="float32")[None, :]
    hidden = k.ops.logical_and(place >= start, place + 1 <= start + width)
    return 1 - k.ops.cast(hidden, "float32")
