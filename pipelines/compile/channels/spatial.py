"""Operators that move or gather over the image and leave the channels apart: pools, MEAN, PAD, resizing."""

from __future__ import annotations

import numpy as np
import tflite

from pipelines.compile.channels.base import Bench, Keep, Known, Rule, channel_rule, channels_of, require
from pipelines.compile.graph import DType, Operator
from pipelines.compile.kernels.base import float_limits
from pipelines.compile.quantize import activation_range_int8


@channel_rule("RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR")
class EachChannelAlone(Rule):
    """Channel j of the output is made of channel j of the first input."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        self.source, self.target = bench.tensors[operator.inputs[0]], bench.tensors[operator.outputs[0]]
        require(self.source.data is None and self.source.elements > 0 and self.target.elements > 0)
        require(bool(self.source.shape) and channels_of(self.source) == channels_of(self.target))
        require(len(self.computed_inputs()) == 1)

    def spread(self, keep: Keep) -> None:
        source, target = keep[self.source.index], keep[self.target.index]
        source |= target
        target |= source


@channel_rule("AVERAGE_POOL_2D", "MAX_POOL_2D")
class Pool(EachChannelAlone):
    """The mean or the greatest of equal values is that value, clamped; padding takes no part."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(len(self.source.shape) == len(self.target.shape) == 4)

    def fold(self) -> Known | None:
        known = self.bench.known(self.source.index)
        if not known.mask.any() or self.source.dtype is not self.target.dtype:
            return None
        layer = self.bench.layer(self.operator)
        activation = layer.activation(layer.options(tflite.Pool2DOptions).FusedActivationFunction())
        if self.source.dtype is DType.FLOAT32:
            # A mean of floats is rounded, but not that of zeros.
            return Known(known.mask & (known.values == 0), np.clip(known.values, *float_limits(activation)))
        if self.source.dtype is DType.INT8 and self.source.quantization == self.target.quantization:
            limits = activation_range_int8(activation, *layer.scale_and_zero_point(self.target))
            return Known(known.mask, np.clip(known.values, *limits).astype(np.int8))
        return None


@channel_rule("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN")
class Reduction(EachChannelAlone):
    """Over any axes but the last."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(len(operator.inputs) == 2 and operator.inputs[1] >= 0)
        axes, rank = bench.tensors[operator.inputs[1]].data, len(self.source.shape)
        require(axes is not None and all(axis % rank != rank - 1 for axis in np.asarray(axes).reshape(-1)))

    def fold(self) -> Known | None:
        """Only of what stands for zero, which stays zero at any scale."""
        known = self.bench.known(self.source.index)
        if self.operator.kind != "MEAN" or self.source.dtype is not self.target.dtype:
            return None
        if self.source.dtype is DType.FLOAT32:
            return Known(known.mask & (known.values == 0), known.values)
        if self.source.dtype is not DType.INT8:
            return None
        layer = self.bench.layer(self.operator)
        (_, zero_in), (_, zero_out) = (
            layer.scale_and_zero_point(each) for each in (self.source, self.target)
        )
        return Known(known.mask & (known.values == zero_in), np.full(known.values.shape, zero_out, np.int8))


@channel_rule("PAD", "PADV2", "MIRROR_PAD")
class Pad(EachChannelAlone):
    """Of any axes but the last."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(len(operator.inputs) > 1 and operator.inputs[1] >= 0)
        amounts = bench.tensors[operator.inputs[1]].data
        require(amounts is not None and np.asarray(amounts).shape == (len(self.source.shape), 2))
        require(not np.asarray(amounts)[-1].any())

    def fold(self) -> Known | None:
        known = self.bench.known(self.source.index)
        if self.source.dtype is not self.target.dtype or self.source.quantization != self.target.quantization:
            return None
        layer = self.bench.layer(self.operator)
        if self.operator.kind == "MIRROR_PAD":
            return known
        if self.operator.kind == "PADV2":
            value = (
                self.bench.tensors[self.operator.inputs[2]].data if len(self.operator.inputs) > 2 else None
            )
            if value is None or value.size != 1:
                return None
            return Known(known.mask & (known.values == value.reshape(-1)[0]), known.values)
        if self.source.dtype is DType.FLOAT32:
            return Known(known.mask & (known.values == 0), known.values)
        if self.source.dtype is DType.INT8:
            zero_point = layer.scale_and_zero_point(self.target)[1]
            return Known(known.mask & (known.values == zero_point), known.values)
        return None
