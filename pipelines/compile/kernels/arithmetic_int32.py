"""ADD, SUB and MUL of plain int32 numbers, as models compute indices with them."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.operands import operand_step
from pipelines.compile.quantize import INT32_MAX, INT32_MIN

_TABLES = {"ADD": tflite.AddOptions, "SUB": tflite.SubOptions, "MUL": tflite.MulOptions}
_LIMITS = {"NONE": (INT32_MIN, INT32_MAX), "RELU": (0, INT32_MAX), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}


@kernel("ADD", "SUB", "MUL", dtype=DType.INT32)
def arithmetic_int32(layer: Layer) -> Step:
    """Two operands that broadcast to the output's shape."""
    if {layer.input(0).dtype, layer.input(1).dtype} != {DType.INT32}:
        layer.malformed("has operands of several types")
    activation = layer.activation(layer.options(_TABLES[layer.kind]).FusedActivationFunction())
    least, greatest = _LIMITS[activation]
    return operand_step(layer, DType.INT32, {"least": least, "greatest": greatest})
