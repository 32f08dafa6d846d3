"""LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL and NOT_EQUAL with broadcasting, of int8, int32, int64 and float32."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.operands import operand_step
from pipelines.compile.quantize import quantize_multiplier

# One bit each for less, equal, greater, and neither because one is not a number.
ACCEPTED = {
    "LESS": 0b0001,
    "EQUAL": 0b0010,
    "LESS_EQUAL": 0b0011,
    "GREATER": 0b0100,
    "GREATER_EQUAL": 0b0110,
    "NOT_EQUAL": 0b1101,
}


@kernel(*ACCEPTED)
def compare(layer: Layer) -> Step:
    """The int8 form compares at a scale of 2**-8 (`ComparisonQuantized` in `kernels/comparisons.cc`)."""
    first, second = layer.input(0), layer.input(1)
    if layer.output.dtype is not DType.BOOL or first.dtype is not second.dtype:
        layer.malformed(f"makes {layer.output.dtype.value} of {first.dtype.value} and {second.dtype.value}")
    accepted = {"accepted": ACCEPTED[layer.kind]}
    if first.dtype in (DType.FLOAT32, DType.INT32, DType.INT64):
        return operand_step(layer, first.dtype, accepted, "compare")
    layer.require_types(first, second)
    (scale0, zero0), (scale1, zero1) = (layer.scale_and_zero_point(each) for each in (first, second))
    if max(scale0, scale1) >= 1:
        layer.unsupported("compares int8 values of a scale of 1 or more", "compare float32 values")
    found = [quantize_multiplier(scale) for scale in (scale0, scale1)]
    stage = {
        "zero_point0": zero0,
        "multiplier0": found[0].mantissa,
        "shift0": found[0].shift,
        "zero_point1": zero1,
        "multiplier1": found[1].mantissa,
        "shift1": found[1].shift,
        "multiplier": 0,
        "shift": 0,
        "zero_point": 0,
    }
    return operand_step(layer, DType.INT8, {**accepted, "stage": stage}, "compare")
