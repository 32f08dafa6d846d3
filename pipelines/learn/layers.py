"""The layers that a network may be built from: their settings, output shapes and exact cost.

Shapes leave out the batch: ``(n,)`` flat, ``(time, channels)`` for the 1-D layers and
``(rows, columns, channels)`` for the 2-D layers. All of them convert to integer
operators of TensorFlow Lite; batch normalisation is folded into the layer before it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.blocks import BlockError

Shape = tuple[int, ...]
Activation = Literal["linear", "relu", "relu6"]
Padding = Literal["same", "valid"]


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer in place: its output shape, multiply-accumulates and weights (biases included)."""

    name: str
    op: str
    output_shape: Shape
    macs: int
    weights: int


class _Layer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Size = Annotated[int, Field(ge=1, le=1024)]
Kernel = Annotated[int, Field(ge=1, le=256)]
ActivationField = Annotated[
    Activation, Field(title="Activation", description="What is done with each output value.")
]
BatchNorm = Annotated[
    bool,
    Field(
        title="Batch normalisation",
        description="Normalise each output channel while training; costs nothing on the device.",
    ),
]
PaddingField = Annotated[
    Padding,
    Field(title="Padding", description="same: pad the edges with zeros; valid: use full kernels only."),
]
Filters = Annotated[Size, Field(title="Filters", description="How many patterns the layer looks for.")]
Kernel1D = Annotated[Kernel, Field(title="Kernel", description="How many time steps it sees at once.")]
Kernel2D = Annotated[
    tuple[Kernel, Kernel], Field(title="Kernel", description="Rows and columns that it sees at once.")
]
Stride1D = Annotated[Kernel, Field(title="Stride", description="Time steps from one output to the next.")]
Strides2D = Annotated[
    tuple[Kernel, Kernel],
    Field(title="Strides", description="Rows and columns from one output to the next."),
]


class Conv1D(_Layer):
    """Convolution over time: ``(time, channels)`` to ``(time / stride, filters)``."""

    type: Literal["conv1d"] = "conv1d"
    filters: Filters
    kernel: Kernel1D = 3
    stride: Stride1D = 1
    padding: PaddingField = "same"
    activation: ActivationField = "relu"
    batch_norm: BatchNorm = True

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        time, channels = _of_rank(name, shape, 2)
        length = _slide(name, time, self.kernel, self.stride, self.padding)
        each = self.kernel * channels * self.filters
        return LayerPlan(name, self.type, (length, self.filters), length * each, each + self.filters)


class Conv2D(_Layer):
    """Convolution over rows and columns."""

    type: Literal["conv2d"] = "conv2d"
    filters: Filters
    kernel: Kernel2D = (3, 3)
    strides: Strides2D = (1, 1)
    padding: PaddingField = "same"
    activation: ActivationField = "relu"
    batch_norm: BatchNorm = True

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        rows, columns, channels = _slide_2d(name, shape, self.kernel, self.strides, self.padding)
        each = math.prod(self.kernel) * channels * self.filters
        output = (rows, columns, self.filters)
        return LayerPlan(name, self.type, output, rows * columns * each, each + self.filters)


class DepthwiseConv2D(_Layer):
    """One small convolution for each channel by itself."""

    type: Literal["depthwise_conv2d"] = "depthwise_conv2d"
    kernel: Kernel2D = (3, 3)
    strides: Strides2D = (1, 1)
    padding: PaddingField = "same"
    activation: ActivationField = "relu"
    batch_norm: BatchNorm = True

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        rows, columns, channels = _slide_2d(name, shape, self.kernel, self.strides, self.padding)
        each = math.prod(self.kernel) * channels
        return LayerPlan(name, self.type, (rows, columns, channels), rows * columns * each, each + channels)


class Pool1D(_Layer):
    """The largest or the mean value of each stretch of time; what is left over at the end is dropped."""

    type: Literal["max_pool1d", "average_pool1d"]
    size: Kernel = Field(2, title="Size", description="Time steps that become one.")

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        time, channels = _of_rank(name, shape, 2)
        return LayerPlan(name, self.type, (_slide(name, time, self.size, self.size, "valid"), channels), 0, 0)


class Pool2D(_Layer):
    """The largest or the mean value of each rectangle; what is left over at the edges is dropped."""

    type: Literal["max_pool2d", "average_pool2d"]
    size: tuple[Kernel, Kernel] = Field((2, 2), title="Size", description="Rows and columns that become one.")

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        output = _slide_2d(name, shape, self.size, self.size, "valid")
        return LayerPlan(name, self.type, output, 0, 0)


class GlobalAveragePool(_Layer):
    """The mean of each channel over all time steps, or all rows and columns."""

    type: Literal["global_average_pool"] = "global_average_pool"

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        if len(shape) < 2:
            raise BlockError(f"layers: {name} needs channels, not {len(shape)}-D values")
        return LayerPlan(name, self.type, shape[-1:], 0, 0)


class Flatten(_Layer):
    """All values in one row."""

    type: Literal["flatten"] = "flatten"

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        return LayerPlan(name, self.type, (math.prod(shape),), 0, 0)


class Dropout(_Layer):
    """Forget a random part of the values while training, so that no one of them is relied upon."""

    type: Literal["dropout"] = "dropout"
    rate: float = Field(0.25, title="Rate", description="The part that is forgotten.", ge=0, lt=1)

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        return LayerPlan(name, self.type, shape, 0, 0)


class Dense(_Layer):
    """Every output from every input: ``(n,)`` to ``(units,)``."""

    type: Literal["dense"] = "dense"
    units: Size = Field(title="Units", description="How many values come out.")
    activation: ActivationField = "relu"

    def plan(self, name: str, shape: Shape) -> LayerPlan:
        (inputs,) = _of_rank(name, shape, 1)
        macs = inputs * self.units
        return LayerPlan(name, self.type, (self.units,), macs, macs + self.units)


Layer = Annotated[
    Conv1D | Conv2D | DepthwiseConv2D | Pool1D | Pool2D | GlobalAveragePool | Flatten | Dropout | Dense,
    Field(discriminator="type"),
]

_RANK_2D = 3


def network_input_shape(layers: Sequence[Layer], shape: Shape) -> Shape:
    """Shape as the first layer sees it: for a 2-D layer, ``(rows, columns)`` become one channel."""
    shaping = [layer.type for layer in layers if not isinstance(layer, Dropout)]
    if shaping and shaping[0].endswith("2d") and len(shape) == _RANK_2D - 1:
        return (*shape, 1)
    return shape


def plan_layers(layers: Sequence[Layer], input_shape: Shape) -> tuple[LayerPlan, ...]:
    """Every layer in place, in order.

    Raises:
        BlockError: a layer cannot take what the one before it gives; says which, and the cure.
    """
    shape = network_input_shape(layers, input_shape)
    plans = []
    for index, layer in enumerate(layers):
        plan = layer.plan(f"{layer.type}_{index + 1}", shape)
        plans.append(plan)
        shape = plan.output_shape
    return tuple(plans)


def _of_rank(name: str, shape: Shape, rank: int) -> Shape:
    if len(shape) != rank:
        wants = {1: "flat values", 2: "(time, channels)", 3: "(rows, columns, channels)"}[rank]
        cure = "put a flatten or global_average_pool layer before it" if rank == 1 else "move or change it"
        raise BlockError(f"layers: {name} needs {wants}, it is given {shape}; {cure}")
    return shape


def _slide(name: str, length: int, kernel: int, stride: int, padding: Padding) -> int:
    if padding == "same":
        return -(-length // stride)
    if kernel > length:
        raise BlockError(
            f"layers: {name} looks at {kernel} steps, only {length} are left; make it smaller, or use fewer strides"
        )
    return (length - kernel) // stride + 1


def _slide_2d(
    name: str, shape: Shape, kernel: tuple[int, int], strides: tuple[int, int], padding: Padding
) -> tuple[int, int, int]:
    rows, columns, channels = _of_rank(name, shape, _RANK_2D)
    return (
        _slide(name, rows, kernel[0], strides[0], padding),
        _slide(name, columns, kernel[1], strides[1], padding),
        channels,
    )
