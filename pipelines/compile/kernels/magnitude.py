"""ABS in int8 and float32; NEG and SQUARE in float32, as in tf.lite."""

from __future__ import annotations

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.kernels.unary import float_step, value_type
from pipelines.compile.quantize import multiply, quantize_multiplier


@kernel("ABS")
def absolute(layer: Layer) -> Step:
    """|x|. Source: `AbsEvalQuantized` in `kernels/elementwise.cc`."""
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, "abs")
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    if scale_in == scale_out:
        return lookup_step(layer, lambda raw: abs(raw - zero_in) + zero_out)
    with np.errstate(over="ignore"):
        multiplier = quantize_multiplier(float(np.float32(scale_in) / np.float32(scale_out)))
    return lookup_step(layer, lambda raw: multiply(abs(raw - zero_in), multiplier) + zero_out)


@kernel("NEG", "SQUARE")
def float_only(layer: Layer) -> Step:
    """-x, or x * x."""
    if value_type(layer) is not DType.FLOAT32:
        cure = "subtract it from zero" if layer.kind == "NEG" else "multiply it by itself"
        layer.unsupported("has int8 values, which TFLite does not compute", cure)
    return float_step(layer, layer.kind.lower())
