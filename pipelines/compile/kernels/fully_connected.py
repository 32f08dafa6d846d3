"""FULLY_CONNECTED in int8 and float32."""

from __future__ import annotations

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels import int4, output_stage
from pipelines.compile.kernels.base import Constant, Layer, Step, float_limits, kernel
from pipelines.compile.kernels.fully_connected_int8 import lower_int8


@kernel("FULLY_CONNECTED")
def fully_connected(layer: Layer) -> Step:
    """Input [..., products]; weights [outputs, products]; bias [outputs]; output [..., outputs]."""
    vector, matrix = layer.input(0), layer.input(1)
    options = layer.options(tflite.FullyConnectedOptions)
    if options.WeightsFormat() != 0:
        layer.unsupported("has shuffled weights", "export the model with the default weights format")
    if len(matrix.shape) != 2:
        layer.malformed(f"has weights of shape {list(matrix.shape)}")
    layer.require_non_empty(vector, matrix)
    outputs, products = matrix.shape
    rows = vector.elements // products
    if rows * products != vector.elements or layer.output.elements != rows * outputs:
        layer.malformed(
            f"maps {list(vector.shape)} to {list(layer.output.shape)} with weights of shape {list(matrix.shape)}"
        )
    activation = layer.activation(options.FusedActivationFunction())
    weights = layer.constant(1, int4.weights_dtype(layer))
    sizes = {"rows": rows, "input_size": products, "output_size": outputs}
    if int4.has_packed_weights(layer):
        step = int4.lower_fully_connected(layer, weights, rows, activation)
        if step is not None:
            return step
    source = f"fully_connected_{layer.output.dtype.value}"
    if layer.output.dtype is DType.INT8:
        return lower_int8(layer, weights, sizes, activation)
    least, greatest = float_limits(activation)
    return Step(
        call=f"{source}({{parameters}}, {{input0}}, {{weights}}, {{bias}}, {{output}})",
        source=f"{source}.h",
        parameters_type=f"{source}_parameters",
        parameters={**sizes, "least": least, "greatest": greatest},
        constants=(
            Constant("weights", "float", np.ascontiguousarray(weights.T)),
            Constant("bias", "float", output_stage.bias_values(layer, 2, outputs, DType.FLOAT32)),
        ),
        macs=rows * weights.size,
    )
