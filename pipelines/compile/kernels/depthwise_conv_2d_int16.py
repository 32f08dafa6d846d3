"""DEPTHWISE_CONV_2D with int16 activations and int8 weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.conv_2d_int16 import DSP_ORDER, lower_convolution_int16
from pipelines.compile.kernels.int16 import SAFE_PRODUCTS, output_stage, require_int16
from pipelines.compile.kernels.spatial import output_shape, require_image, window


@kernel("DEPTHWISE_CONV_2D", dtype=DType.INT16)
def depthwise_conv_2d_int16(layer: Layer) -> Step:
    """Input [1, h, w, c]; filters [1, kernel h, kernel w, c * depth multiplier]; bias [c * multiplier].

    On a single channel this is a CONV_2D, and is lowered as one.
    """
    image, filters = layer.input(0), layer.input(1)
    require_int16(layer, image)
    require_image(layer, image)
    if len(filters.shape) != 4 or filters.shape[0] != 1:
        layer.malformed(f"has filters of shape {list(filters.shape)}")
    layer.require_non_empty(filters)
    _, kernel_height, kernel_width, outputs = filters.shape
    options = layer.options(tflite.DepthwiseConv2DOptions)
    dilation = (int(options.DilationHFactor()), int(options.DilationWFactor()))
    found = window(layer, image, (kernel_height, kernel_width), options, dilation)
    layer.require_shape(layer.output, output_shape(found, outputs))
    channels = image.shape[3]
    if outputs % channels:
        layer.malformed(f"has {channels} channels and filters of shape {list(filters.shape)}")
    activation = layer.activation(options.FusedActivationFunction())
    weights = layer.constant(1, DType.INT8)
    rows = np.ascontiguousarray(weights.reshape(kernel_height * kernel_width, outputs).T)
    if channels == 1:
        return lower_convolution_int16(layer, found, rows, 1, activation)
    stage = output_stage(layer, rows, filters, activation)
    if stage.chunk <= SAFE_PRODUCTS < rows.shape[1]:
        layer.unsupported(
            f"has a window of {rows.shape[1]} pixels, whose sums may overflow", "use a smaller window"
        )
    return Step(
        call="depthwise_conv_2d_int16({parameters}, {tile}, {input0}, {weights}, {bias}, {multiplier}, "
        + ("NULL" if stage.fast else "{shift}")
        + ", {output})",
        source="depthwise_conv_2d_int16.h",
        parameters_type="depthwise_conv_2d_int16_parameters",
        parameters={
            "geometry": {
                **found.fields(image),
                "dilation_height": found.dilation[0],
                "dilation_width": found.dilation[1],
                "depth_multiplier": outputs // channels,
            },
            "stage": stage.fields,
        },
        constants=(_weights(weights.reshape(-1, outputs), outputs // channels), *stage.constants),
        macs=found.output[0] * found.output[1] * weights.size,
        trails=found.trails(image, layer.output, gathers=False),
        reach=found.reach,
    )


def _weights(taps: npt.NDArray[Any], depth_multiplier: int) -> Constant:
    """[taps, outputs]; where channels are taken four at a time, with each four in the order that SXTB16 wants."""
    if depth_multiplier != 1:
        return Constant("weights", "int8_t", taps)
    paired = taps.copy()
    whole = taps.shape[1] // 4 * 4
    paired[:, :whole] = taps[:, :whole].reshape(len(taps), -1, 4)[:, :, DSP_ORDER].reshape(len(taps), whole)
    return Constant("weights", "int8_t", taps, flavours={"dsp": paired})
