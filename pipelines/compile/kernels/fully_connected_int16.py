"""FULLY_CONNECTED with int16 activations and int8 weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.conv_2d_int16 import in_groups_of_four
from pipelines.compile.kernels.int16 import narrow_weights, output_stage, require_int16


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
    weights = narrow_weights(layer)
    stage = output_stage(
        layer,
        weights,
        matrix,
        layer.activation(options.FusedActivationFunction()),
        bias_type=options.QuantizedBiasType(),
    )
    rows = in_groups_of_four(np.pad(weights, ((0, -outputs % 4 if stage.fast else 0), (0, 0))))
    length = rows.values.shape[1]
    source = "fully_connected_int16" if stage.fast else "general_fully_connected_int16"
    if stage.fast:
        rows = replace(rows, flavours={"dsp": _four_rows_side_by_side(rows.flavours["dsp"])})
    gathers = length != products or not stage.fast
    return Step(
        call=f"{source}({{parameters}}, {{input0}}, {{weights}}, {{bias}}, {{multiplier}}, "
        + ("" if stage.fast else "{shift}, ")
        + ("{scratch}" if gathers else "NULL")
        + ", {output})",
        source=f"{source}.h",
        parameters_type="fully_connected_int16_parameters",
        parameters={
            "vectors": vectors,
            "input_size": products,
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


def _four_rows_side_by_side(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[outputs, products] -> [outputs / 4, products / 4, 4 outputs, 4 products]."""
    outputs, products = rows.shape
    return np.ascontiguousarray(rows.reshape(outputs // 4, 4, products // 4, 4).transpose(0, 2, 1, 3))
