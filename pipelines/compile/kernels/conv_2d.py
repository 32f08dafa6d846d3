"""CONV_2D, with groups and dilation, in int8 and float32.

A convolution is, for each output pixel, the product of the filter matrix with the patch of the
image under the window; the patch is gathered into scratch memory, except for 1 x 1 kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels import int4, output_stage
from pipelines.compile.kernels.base import Constant, Layer, Step, float_limits, kernel
from pipelines.compile.kernels.conv_2d_geometry import conv_2d_geometry
from pipelines.compile.kernels.conv_2d_hybrid import lower_hybrid
from pipelines.compile.kernels.conv_2d_int8 import lower_int8
from pipelines.compile.kernels.spatial import Window, output_shape, require_image, window


@kernel("CONV_2D")
def conv_2d(layer: Layer) -> Step:
    """Input [1, h, w, c]; filters [outputs, kernel h, kernel w, c / groups]; bias [outputs]."""
    image, filters = layer.input(0), layer.input(1)
    require_image(layer, image)
    if len(filters.shape) != 4:
        layer.malformed(f"has filters of shape {list(filters.shape)}")
    layer.require_non_empty(filters)
    outputs, kernel_height, kernel_width, group_channels = filters.shape
    options = layer.options(tflite.Conv2DOptions)
    found = window(
        layer,
        image,
        (kernel_height, kernel_width),
        options,
        (int(options.DilationHFactor()), int(options.DilationWFactor())),
    )
    layer.require_shape(layer.output, output_shape(found, outputs))
    if image.shape[3] % group_channels or outputs % (image.shape[3] // group_channels):
        layer.malformed(f"has {image.shape[3]} channels and filters of shape {list(filters.shape)}")
    if (image.dtype, filters.dtype, layer.output.dtype) == (DType.FLOAT32, DType.INT8, DType.FLOAT32):
        return lower_hybrid(layer, found, layer.activation(options.FusedActivationFunction()))
    activation = layer.activation(options.FusedActivationFunction())
    weights_dtype = int4.weights_dtype(layer)
    weights = layer.constant(1, weights_dtype).reshape(outputs, -1)
    return lower_convolution(layer, found, weights, group_channels, activation)


def lower_convolution(
    layer: Layer, found: Window, weights: npt.NDArray[Any], group_channels: int, activation: str
) -> Step:
    """The step of a convolution whose filters are the rows of `weights`."""
    image = layer.input(0)
    outputs, products = weights.shape
    groups = image.shape[3] // group_channels
    macs = found.output[0] * found.output[1] * weights.size
    pointwise = (
        found.kernel == (1, 1)
        and groups == 1
        and found.pad_before == (0, 0)
        and layer.operator.padding is None
    )
    geometry = conv_2d_geometry(found, image, group_channels, outputs)
    if int4.has_packed_weights(layer):
        step = int4.lower_conv_2d(layer, found, weights, group_channels, activation)
        if step is not None:
            return step
    if layer.output.dtype is DType.INT8:
        return lower_int8(layer, found, weights, geometry, activation, pointwise)
    source = "pointwise_conv_2d_float32" if pointwise else "conv_2d_float32"
    scratch = "" if pointwise else "{scratch}, "
    least, greatest = float_limits(activation)
    return Step(
        call=f"{source}({{parameters}}, {{tile}}, {{input0}}, {{weights}}, {{bias}}, {scratch}{{output}})",
        source=f"{source}.h",
        parameters_type="conv_2d_float32_parameters",
        parameters={"geometry": geometry, "least": least, "greatest": greatest},
        constants=(
            Constant("weights", "float", _transposed_in_groups(weights, groups)),
            Constant("bias", "float", output_stage.bias_values(layer, 2, outputs, DType.FLOAT32)),
        ),
        macs=macs,
        scratch_bytes=0 if pointwise else products * 4,
        scratch_type="float",
        trails=found.trails(image, layer.output, gathers=groups == 1 and not pointwise),
        reach=found.reach,
    )


def _transposed_in_groups(weights: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """[outputs, products] -> [groups, products, outputs / groups], the order the float kernels read."""
    outputs, products = weights.shape
    return np.ascontiguousarray(weights.reshape(groups, outputs // groups, products).transpose(0, 2, 1))
