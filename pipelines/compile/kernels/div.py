"""DIV with broadcasting, in float32; tf.lite has none in int8."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, float_limits, kernel
from pipelines.compile.kernels.operands import operand_step


@kernel("DIV")
def div(layer: Layer) -> Step:
    """Two operands that broadcast to the output's shape."""
    if layer.require_types(layer.input(0), layer.input(1), layer.output) is not DType.FLOAT32:
        layer.unsupported(
            "divides int8 values", "multiply by a constant instead, or leave the layer in float32"
        )
    activation = layer.activation(layer.options(tflite.DivOptions).FusedActivationFunction())
    least, greatest = float_limits(activation)
    return operand_step(layer, DType.FLOAT32, {"least": least, "greatest": greatest})
