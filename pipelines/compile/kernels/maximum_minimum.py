"""MAXIMUM and MINIMUM with broadcasting, in int8, int16 and float32.

The reference compares the integers as they are: operands and output have one quantization.
"""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.operands import operand_step


@kernel("MAXIMUM", "MINIMUM")
def maximum_minimum(layer: Layer) -> Step:
    """Two operands that broadcast to the output's shape."""
    return operand_step(layer, layer.require_types(layer.input(0), layer.input(1), layer.output), {})


@kernel("MAXIMUM", "MINIMUM", dtype=DType.INT16)
def maximum_minimum_int16(layer: Layer) -> Step:
    """The same in int16."""
    if {layer.input(0).dtype, layer.input(1).dtype} != {DType.INT16}:
        layer.malformed("has operands of several types")
    return operand_step(layer, DType.INT16, {})
