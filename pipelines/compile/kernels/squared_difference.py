"""SQUARED_DIFFERENCE with broadcasting, in int8 and float32."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Fields, Layer, Step, kernel
from pipelines.compile.kernels.operands import operand_step
from pipelines.compile.quantize import quantize_multiplier

# Bits of headroom that the int8 operands are shifted up by (`tensorflow/lite/kernels/squared_difference.cc`).
LEFT_SHIFT = 7


@kernel("SQUARED_DIFFERENCE")
def squared_difference(layer: Layer) -> Step:
    """(a - b)^2 of two operands that broadcast to the output's shape."""
    dtype = layer.require_types(layer.input(0), layer.input(1), layer.output)
    if dtype is DType.FLOAT32:
        return operand_step(layer, dtype, {})
    stage = difference_stage(layer, lambda common, scale: common**2 / ((1 << 2 * LEFT_SHIFT) * scale))
    return operand_step(layer, dtype, {"stage": stage})


def difference_stage(layer: Layer, output_ratio: Callable[[float, float], float]) -> Fields:
    """The struct `difference_stage`: both int8 operands are brought to twice the larger scale.

    `output_ratio` of that common scale and the output's is what the difference, or its square, is multiplied with.
    """
    (scale0, zero0), (scale1, zero1) = (
        layer.scale_and_zero_point(layer.input(position)) for position in (0, 1)
    )
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    common = 2 * max(scale0, scale1)
    found = [
        quantize_multiplier(each) for each in (scale0 / common, scale1 / common, output_ratio(common, scale))
    ]
    if any(multiplier.shift > 0 for multiplier in found):
        layer.malformed("has an output scale that is far smaller than its inputs'")
    return {
        "zero_point0": zero0,
        "multiplier0": found[0].mantissa,
        "shift0": found[0].shift,
        "zero_point1": zero1,
        "multiplier1": found[1].mantissa,
        "shift1": found[1].shift,
        "multiplier": found[2].mantissa,
        "shift": found[2].shift,
        "zero_point": zero_point,
    }
