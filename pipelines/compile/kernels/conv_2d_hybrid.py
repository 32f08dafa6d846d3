"""CONV_2D on float32 images with int8 weights (dynamic range quantization)."""

from __future__ import annotations

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import Constant, Layer, Step, float_limits
from pipelines.compile.kernels.conv_2d_geometry import conv_2d_geometry
from pipelines.compile.kernels.spatial import Window


def lower_hybrid(layer: Layer, found: Window, activation: str) -> Step:
    """The step of a float32 convolution with int8 weights (dynamic range quantization).

    The image is quantized by its greatest magnitude each time, as the reference does.
    Source: `EvalHybrid` in `tensorflow/lite/kernels/conv.cc` and `SymmetricQuantizeFloats`.
    """
    image, filters = layer.input(0), layer.input(1)
    outputs, _, _, channels = filters.shape
    quantization = layer.quantization(filters)
    if len(quantization.scales) != 1 or quantization.zero_points[0] or channels != image.shape[3]:
        layer.unsupported(
            "has float32 activations and int8 weights per channel or in groups",
            "convert the model with full int8 quantization, or without any (float32)",
        )
    weights = layer.constant(1, DType.INT8).reshape(outputs, -1)
    output_stage.folded_bias(layer, np.zeros(outputs), weights, 0)
    least, greatest = float_limits(activation)
    return Step(
        call="hybrid_conv_2d_float32({parameters}, {input0}, {weights}, {bias}, {scratch}, {output})",
        source="hybrid_conv_2d_float32.h",
        parameters_type="hybrid_conv_2d_float32_parameters",
        parameters={
            "geometry": conv_2d_geometry(found, image, channels, outputs),
            "weights_scale": quantization.scales[0],
            "least": least,
            "greatest": greatest,
        },
        constants=(
            Constant("weights", "int8_t", weights),
            Constant("bias", "float", output_stage.bias_values(layer, 2, outputs, DType.FLOAT32)),
        ),
        macs=found.output[0] * found.output[1] * weights.size,
        scratch_bytes=image.elements + weights.shape[1],
        scratch_type="int8_t",
    )
