"""RELU_N1_TO_1 and RELU_0_TO_1, in int8 and float32."""

from __future__ import annotations

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Reach, Step, kernel
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.kernels.unary import value_type
from pipelines.compile.quantize import INT8_MAX, INT8_MIN, multiply, quantize_multiplier, quantize_value

_LEAST = {"RELU_N1_TO_1": -1.0, "RELU_0_TO_1": 0.0}


@kernel("RELU_N1_TO_1", "RELU_0_TO_1")
def relu_range(layer: Layer) -> Step:
    """Rescale, then clamp. Source: `QuantizedReluX` in `tensorflow/lite/kernels/activations.cc`."""
    if value_type(layer) is DType.FLOAT32:
        return Step(
            call="clamp_layer_float32({parameters}, {tile}, {input0}, {output})",
            source="clamp_layer_float32.h",
            parameters_type="clamp_layer_float32_parameters",
            parameters={
                "channels": pixel_values(layer.output.shape),
                "least": _LEAST[layer.kind],
                "greatest": 1.0,
            },
            in_place_inputs=(0,),
            reach=Reach(),
        )
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore"):
        multiplier = quantize_multiplier(float(np.float32(scale_in) / np.float32(scale_out)))
    least = max(INT8_MIN, quantize_value(_LEAST[layer.kind], scale_out, zero_out))
    greatest = min(INT8_MAX, quantize_value(1.0, scale_out, zero_out))
    return lookup_step(
        layer, lambda raw: max(least, min(greatest, multiply(raw - zero_in, multiplier) + zero_out))
    )
