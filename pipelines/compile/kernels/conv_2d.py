"""CONV_2D, with groups and dilation, in int8 and float32.

A convolution is, for each output pixel, the product of the filter matrix with the patch of the
image under the window; the patch is gathered into scratch memory, except for 1 x 1 kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType, Tensor
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import Constant, Fields, Layer, Step, float_limits, kernel
from pipelines.compile.kernels.spatial import Window, output_shape, require_image, window

# Patches that the int8 kernel multiplies at a time; each value takes two bytes.
PATCHES = 4


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
    dtype = layer.require_types(image, filters, layer.output)
    weights = layer.constant(1, dtype).reshape(outputs, -1)
    return lower_convolution(
        layer, found, weights, group_channels, layer.activation(options.FusedActivationFunction())
    )


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
    geometry = _geometry(found, image, group_channels, outputs)
    if layer.output.dtype is DType.INT8:
        return _lower_int8(layer, found, weights, geometry, activation, pointwise)
    source = "pointwise_conv_2d_float32" if pointwise else "conv_2d_float32"
    scratch = "" if pointwise else "{scratch}, "
    least, greatest = float_limits(activation)
    return Step(
        call=f"{source}({{parameters}}, {{input0}}, {{weights}}, {{bias}}, {scratch}{{output}})",
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
    )


def _lower_int8(
    layer: Layer,
    found: Window,
    weights: npt.NDArray[Any],
    geometry: Fields,
    activation: str,
    pointwise: bool,
) -> Step:
    """By patches of four pixels where that is possible, else by the general kernel."""
    image = layer.input(0)
    outputs, products = weights.shape
    _, zero_point = layer.scale_and_zero_point(image)
    bias = output_stage.bias_values(layer, 2, outputs, DType.INT32)
    folded = output_stage.folded_bias(layer, bias, weights, zero_point)
    found_multipliers = output_stage.multipliers(layer, image, layer.input(1), single_precision=False)
    fast = (
        geometry["groups"] == 1
        and (found.dilation[1] == 1 or found.kernel[1] == 1)
        and output_stage.shifts_right(folded, weights, found_multipliers)
    )
    scratch_bytes = products
    in_place_inputs: tuple[int, ...] = ()
    if fast:
        row_length = found.kernel[1] * image.shape[3]
        weights = _rows_of_whole_groups(weights, found.kernel[0])
        edge_bytes = 0 if pointwise else row_length
        scratch_bytes = PATCHES * weights.shape[1] * 2 + edge_bytes
        if pointwise and found.stride == (1, 1):
            in_place_inputs = (0,)
    source = "conv_2d_int8" if fast else "general_conv_2d_int8"
    stage = output_stage.fields(layer, activation, per_channel=len(found_multipliers) > 1)
    return Step(
        call=f"{source}({{parameters}}, {'{tile}, ' if fast else ''}{{input0}}, {{weights}}, {{bias}}, "
        "{multiplier}, {shift}, {scratch}, {output})",
        source=f"{source}.h",
        parameters_type="conv_2d_int8_parameters",
        parameters={"geometry": geometry, "input_zero_point": zero_point, "stage": stage},
        constants=(
            Constant("weights", "int8_t", weights),
            *output_stage.constants(folded, found_multipliers),
        ),
        macs=found.output[0] * found.output[1] * outputs * products,
        scratch_bytes=scratch_bytes,
        scratch_type="wide_int8" if fast else "int8_t",
        in_place_inputs=in_place_inputs,
        reach=found.reach if fast else None,
    )


def _rows_of_whole_groups(weights: npt.NDArray[Any], kernel_height: int) -> npt.NDArray[Any]:
    """[outputs, kernel height * row] -> the same with each row filled up with zeros to a multiple of 4."""
    outputs, products = weights.shape
    rows = weights.reshape(outputs, kernel_height, products // kernel_height)
    return np.pad(rows, ((0, 0), (0, 0), (0, -rows.shape[2] % 4))).reshape(outputs, -1)


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
            "geometry": _geometry(found, image, channels, outputs),
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


def _geometry(found: Window, image: Tensor, group_channels: int, outputs: int) -> Fields:
    """The nested struct `conv_2d_geometry`."""
    return {
        **found.fields(image),
        "dilation_height": found.dilation[0],
        "dilation_width": found.dilation[1],
        "groups": image.shape[3] // group_channels,
        "group_channels": group_channels,
        "output_channels": outputs,
    }


def _transposed_in_groups(weights: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """[outputs, products] -> [groups, products, outputs / groups], the order the float kernels read."""
    outputs, products = weights.shape
    return np.ascontiguousarray(weights.reshape(groups, outputs // groups, products).transpose(0, 2, 1))
