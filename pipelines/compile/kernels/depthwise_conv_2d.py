"""DEPTHWISE_CONV_2D in int8 and float32: every channel has filters of its own."""

from __future__ import annotations

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels import int4, output_stage
from pipelines.compile.kernels.base import Constant, Layer, Step, float_limits, kernel
from pipelines.compile.kernels.conv_2d import lower_convolution
from pipelines.compile.kernels.depthwise_conv_2d_int8 import lower_int8
from pipelines.compile.kernels.spatial import output_shape, require_image, window


@kernel("DEPTHWISE_CONV_2D")
def depthwise_conv_2d(layer: Layer) -> Step:
    """Input [1, h, w, c]; filters [1, kernel h, kernel w, c * depth multiplier]; bias [c * multiplier].

    On a single channel this is a CONV_2D, and is lowered as one.
    """
    image, filters = layer.input(0), layer.input(1)
    require_image(layer, image)
    if len(filters.shape) != 4 or filters.shape[0] != 1:
        layer.malformed(f"has filters of shape {list(filters.shape)}")
    layer.require_non_empty(filters)
    _, kernel_height, kernel_width, outputs = filters.shape
    options = layer.options(tflite.DepthwiseConv2DOptions)
    found = window(
        layer,
        image,
        (kernel_height, kernel_width),
        options,
        (int(options.DilationHFactor()), int(options.DilationWFactor())),
    )
    layer.require_shape(layer.output, output_shape(found, outputs))
    channels = image.shape[3]
    if outputs % channels:
        layer.malformed(f"has {channels} channels and filters of shape {list(filters.shape)}")
    activation = layer.activation(options.FusedActivationFunction())
    weights = layer.constant(1, int4.weights_dtype(layer))
    if channels == 1:
        rows = np.ascontiguousarray(weights.reshape(kernel_height * kernel_width, outputs).T)
        return lower_convolution(layer, found, rows, 1, activation)

    geometry = {
        **found.fields(image),
        "dilation_height": found.dilation[0],
        "dilation_width": found.dilation[1],
        "depth_multiplier": outputs // channels,
    }
    if int4.has_packed_weights(layer):
        step = int4.lower_depthwise(layer, found, weights, geometry, activation)
        if step is not None:
            return step
    if layer.output.dtype is DType.INT8:
        return lower_int8(layer, found, weights, geometry, activation)
    least, greatest = float_limits(activation)
    return Step(
        call="depthwise_conv_2d_float32({parameters}, {tile}, {input0}, {weights}, {bias}, {output})",
        source="depthwise_conv_2d_float32.h",
        parameters_type="depthwise_conv_2d_float32_parameters",
        parameters={"geometry": geometry, "least": least, "greatest": greatest},
        constants=(
            Constant("weights", "float", weights),
            Constant("bias", "float", output_stage.bias_values(layer, 2, outputs, DType.FLOAT32)),
        ),
        macs=found.output[0] * found.output[1] * weights.size,
        trails=found.trails(image, layer.output, gathers=False),
        reach=found.reach,
    )
