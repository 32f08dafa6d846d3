"""MEAN over any axes, mostly neighbours (global average pooling), in int8, int16 and float32."""

from __future__ import annotations

import math

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.reductions import reduction_step
from pipelines.compile.quantize import Multiplier, quantize_multiplier

# 2**16 - 1 values of 16 bits sum to less than 2**31.
MAX_COUNT_INT16 = 2**16 - 1


@kernel("MEAN")
def mean(layer: Layer) -> Step:
    """Input seen as [outer, reduced, inner], output as [outer, inner]."""
    source = layer.input(0)
    layer.require_non_empty(source)
    axes = _axes(layer, len(source.shape))
    keep_dims = bool(layer.options(tflite.ReducerOptions).KeepDims())
    kept = tuple(
        1 if axis in axes else size for axis, size in enumerate(source.shape) if keep_dims or axis not in axes
    )
    layer.require_shape(layer.output, kept)
    wide = [axis for axis in axes if source.shape[axis] > 1]
    first, last = (wide[0], wide[-1] + 1) if wide else (0, 0)
    if any(source.shape[axis] > 1 and axis not in axes for axis in range(first, last)):
        return _scattered(layer, axes)
    sizes = {
        "outer": math.prod(source.shape[:first]),
        "reduced": math.prod(source.shape[first:last]),
        "inner": math.prod(source.shape[last:]),
    }
    dtype = layer.require_types(source, layer.output, int16=True)
    parameters = sizes if dtype is DType.FLOAT32 else {**sizes, **_scaling(layer, dtype, sizes["reduced"])}
    return Step(
        call=f"mean_{dtype.value}({{parameters}}, {{input0}}, {{output}})",
        source=f"mean_{dtype.value}.h",
        parameters_type=f"mean_{dtype.value}_parameters",
        parameters=parameters,
    )


def _scattered(layer: Layer, axes: list[int]) -> Step:
    """A MEAN over axes with others between them, as a sum."""
    dtype = layer.require_types(layer.input(0), layer.output)
    count = layer.input(0).elements // layer.output.elements
    fields = {"divisor": float(count)} if dtype is DType.FLOAT32 else _scaling(layer, dtype, count)
    return reduction_step(layer, f"sum_{dtype.value}", axes, fields)


def _axes(layer: Layer, rank: int) -> list[int]:
    axes = layer.constant(1, DType.INT32).reshape(-1).tolist()
    if any(not -rank <= axis < rank for axis in axes):
        layer.malformed(f"averages over the axes {axes} of {rank}")
    return sorted({axis % rank for axis in axes})


def _scaling(layer: Layer, dtype: DType, count: int) -> dict[str, int]:
    """The fields of the kernels' parameters that turn a sum into a mean."""
    _, zero_in = layer.scale_and_zero_point(layer.input(0))
    _, zero_out = layer.scale_and_zero_point(layer.output)
    found = mean_multiplier(layer, count)
    factor = {"multiplier": found.mantissa, "shift": found.shift}
    if dtype is DType.INT16:
        if count > MAX_COUNT_INT16:
            layer.unsupported(f"averages {count} values, whose sum may overflow", "average fewer values")
        return factor
    return {"zero_sum": zero_in * count, **factor, "zero_point": zero_out}


def mean_multiplier(layer: Layer, count: int) -> Multiplier:
    """The scale's multiplier with 1 / count folded in, from a sum to steps of the output.

    Source: `QuantizedMeanOrSum` in `tensorflow/lite/kernels/internal/reference/reduce.h`: the
    mantissa is shifted up as far as the count allows, so that the integer division loses little.
    """
    scale_in, _ = layer.scale_and_zero_point(layer.input(0))
    scale_out, _ = layer.scale_and_zero_point(layer.output)
    multiplier = quantize_multiplier(scale_in / scale_out)
    up = min(count.bit_length() - 1, 32, 31 + multiplier.shift)
    return Multiplier((multiplier.mantissa << up) // count, multiplier.shift - up)
