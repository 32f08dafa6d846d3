"""FULLY_CONNECTED with int16 activations and int8 weights."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.conv_2d_int16 import in_groups_of_four
from pipelines.compile.kernels.int16 import output_stage, require_int16


@kernel("FULLY_CONNECTED", dtype=DType.INT16)
def fully_connected_int16(layer: Layer) -> Step:
    """Input [..., products]; weights [outputs, products]; bias [outputs], int64 or int32; output [..., outputs]."""
    vector, matrix = layer.input(0), layer.input(1)
    require_int16(layer, vector)
    options = layer.options(tflite.FullyConnectedOptions)
    if options.WeightsFormat() != 0:
        layer.unsupported("has shuffled weights", "export the model with the default weights format")
    if len(matrix.shape) != 2:
        layer.malformed(f"has weights of shape {list(matrix.shape)}")
    layer.require_non_empty(vector, matrix)
    outputs, products = matrix.shape
    vectors = vector.elements // products
    if vectors * products != vector.elements or layer.output.elements != vectors * outputs:
        layer.malformed(
            f"maps {list(vector.shape)} to {list(layer.output.shape)} with weights of shape {list(matrix.shape)}"
        )
    weights = layer.constant(1, DType.INT8)
    stage = output_stage(layer, weights, matrix, layer.activation(options.FusedActivationFunction()))
    rows = in_groups_of_four(weights)
    length = rows.values.shape[1]
    gathers = length != products
    return Step(
        call="fully_connected_int16({parameters}, {input0}, {weights}, {bias}, {multiplier}, {shift}, "
        + ("{scratch}" if gathers else "NULL")
        + ", {output})",
        source="fully_connected_int16.h",
        parameters_type="fully_connected_int16_parameters",
        parameters={
            "vectors": vectors,
            "input_size": products,
            "gathers": int(gathers),
            "matrix": {
                "rows": outputs,
                "length": length,
                "chunk": stage.chunk,
                "stage": stage.fields,
            },
        },
        constants=(rows, *stage.constants),
        macs=vectors * weights.size,
        scratch_bytes=length * 2 if gathers else 0,
        scratch_type="int16_t",
    )
