"""Networks that work well without tuning, fitted to the shape of the features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pipelines.blocks import BlockError
from pipelines.learn.layers import (
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool,
    Layer,
    Shape,
)

Preset = Literal["dense-small", "conv1d-small", "dscnn-small"]

_MIN_TIME = 4
_MIN_SIDE = 8


def preset_layers(preset: Preset, input_shape: Shape, dropout: float) -> tuple[Layer, ...]:
    """The hidden layers of a preset, for features of that shape.

    Raises:
        BlockError: the preset cannot work on that shape; says which one can.
    """
    return _PRESETS[preset](input_shape, dropout)


def suggest_preset(input_shape: Shape) -> Preset:
    """The preset made for features of that shape."""
    if len(input_shape) == 2 and min(input_shape) >= _MIN_SIDE:
        return "dscnn-small"
    if len(input_shape) == 2 and input_shape[0] >= _MIN_TIME:
        return "conv1d-small"
    return "dense-small"


def _dense_small(shape: Shape, dropout: float) -> tuple[Layer, ...]:
    """Two fully connected layers, for flat features such as a spectrum's peaks."""
    return (Flatten(), Dense(units=48), Dropout(rate=dropout), Dense(units=24))


def _conv1d_small(shape: Shape, dropout: float) -> tuple[Layer, ...]:
    """Three convolutions over time, for motion: under 0.3 million multiply-accumulates for 100 steps of 6 axes.

    The first one's stride grows with the window, so that a long window costs little more than a short one.
    """
    if len(shape) != 2 or shape[0] < _MIN_TIME:
        raise _unfit("conv1d-small", f"at least {_MIN_TIME} steps of (time, channels)", shape)
    time = shape[0]
    layers: list[Layer] = []
    for filters in (16, 32, 48):
        stride = max(2, round(time / 60)) if filters == 16 else 2
        stride = stride if time >= 8 else 1
        layers.append(Conv1D(filters=filters, kernel=min(max(5, stride), time), stride=stride))
        time = -(-time // stride)
    return (*layers, GlobalAveragePool(), Dropout(rate=dropout))


def _dscnn_small(shape: Shape, dropout: float) -> tuple[Layer, ...]:
    """A depthwise-separable CNN (Zhang et al., "Hello Edge", arXiv 1711.07128, section 4), for sound.

    One convolution that shrinks the picture to about 25 by 20, then four depthwise-separable
    ones, the second of which halves it.
    """
    if len(shape) != 2 or min(shape) < _MIN_SIDE:
        raise _unfit(
            "dscnn-small", f"a picture of at least {_MIN_SIDE} by {_MIN_SIDE} (frames, bands)", shape
        )
    strides = (max(1, round(shape[0] / 25)), max(1, round(shape[1] / 20)))
    # Wide enough that neighbouring outputs share some of what they look at.
    kernel = (_kernel(strides[0]), _kernel(strides[1]))
    layers: list[Layer] = [Conv2D(filters=24, kernel=kernel, strides=strides)]
    for filters, stride in ((48, 1), (64, 2), (64, 1), (80, 1)):
        layers.append(DepthwiseConv2D(kernel=(3, 3), strides=(stride, stride)))
        layers.append(Conv2D(filters=filters, kernel=(1, 1)))
    return (*layers, GlobalAveragePool(), Dropout(rate=dropout))


def _kernel(stride: int) -> int:
    return 3 if stride == 1 else max(5, stride + 2)


_PRESETS: dict[Preset, Callable[[Shape, float], tuple[Layer, ...]]] = {
    "dense-small": _dense_small,
    "conv1d-small": _conv1d_small,
    "dscnn-small": _dscnn_small,
}


def _unfit(preset: Preset, wants: str, shape: Shape) -> BlockError:
    return BlockError(
        f"preset: {preset} needs {wants}; these features are {shape}: use {suggest_preset(shape)}"
    )
