"""What each TFLite operator is in ONNX: one function an operator, found by its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

from pipelines.compile.graph import DType, Quantization, Shape, Tensor
from pipelines.compile.kernels.base import Layer
from pipelines.compile.kernels.mean import mean_multiplier
from pipelines.compile.kernels.output_stage import multipliers
from pipelines.compile.kernels.spatial import Window, require_image, window
from pipelines.export.onnx.builder import CHANNELS_FIRST, ROWS_FIRST, OnnxBuilder, quantization_of
from pipelines.export.onnx.rounding import rounded, rounded_average, rounded_sum

Convert = Callable[[OnnxBuilder, Layer], None]

OPERATORS: dict[str, Convert] = {}


def converts(*kinds: str) -> Callable[[Convert], Convert]:
    """Decorator: the function converts these TFLite operators."""

    def register(function: Convert) -> Convert:
        for kind in kinds:
            OPERATORS[kind] = function
        return function

    return register


@converts("CONV_2D")
def _conv_2d(onnx: OnnxBuilder, layer: Layer) -> None:
    options = layer.options(tflite.Conv2DOptions)
    filters = layer.input(1)
    _, height, width, channels = filters.shape
    dilation = (int(options.DilationHFactor()), int(options.DilationWFactor()))
    found = window(layer, layer.input(0), (height, width), options, dilation)
    weights = layer.constant(1, filters.dtype).transpose(0, 3, 1, 2)
    groups = layer.input(0).shape[3] // channels
    _convolve(onnx, layer, found, weights, groups, options.FusedActivationFunction())


@converts("DEPTHWISE_CONV_2D")
def _depthwise_conv_2d(onnx: OnnxBuilder, layer: Layer) -> None:
    options = layer.options(tflite.DepthwiseConv2DOptions)
    filters = layer.input(1)
    dilation = (int(options.DilationHFactor()), int(options.DilationWFactor()))
    found = window(layer, layer.input(0), (filters.shape[1], filters.shape[2]), options, dilation)
    weights = layer.constant(1, filters.dtype).transpose(3, 0, 1, 2)
    groups = layer.input(0).shape[3]
    _convolve(onnx, layer, found, weights, groups, options.FusedActivationFunction())


def _convolve(
    onnx: OnnxBuilder, layer: Layer, found: Window, weights: NDArray[Any], groups: int, activation: int
) -> None:
    require_image(layer, layer.input(0))
    inputs = [onnx.real(layer.input(0), CHANNELS_FIRST), *_weights_and_bias(onnx, layer, weights)]
    result = onnx.node(
        "Conv",
        inputs,
        kernel_shape=list(found.kernel),
        strides=list(found.stride),
        dilations=list(found.dilation),
        pads=_pads(found, layer.input(0).shape),
        group=groups,
    )
    if _is_exact(onnx, layer):
        result = _rounded_products(onnx, layer, result, single_precision=False)
    onnx.write(layer.output, result, CHANNELS_FIRST, layer.activation(activation))


def _is_exact(onnx: OnnxBuilder, layer: Layer) -> bool:
    """Whether the layer's integers are to be rounded as TFLite does."""
    return onnx.exact and layer.output.dtype is DType.INT8


def _rounded_products(onnx: OnnxBuilder, layer: Layer, real: str, single_precision: bool) -> str:
    found = multipliers(layer, layer.input(0), layer.input(1), single_precision)
    trailing_axes = 2 if len(layer.input(1).shape) == 4 else 0
    steps = np.array(_product_steps(layer), np.float32)
    return rounded(onnx, layer.output, real, steps, found, trailing_axes)


def _product_steps(layer: Layer) -> tuple[float, ...]:
    """What one step of the sum of products is worth, for each scale of the weights."""
    step = np.float32(layer.scale_and_zero_point(layer.input(0))[0])
    return tuple(float(np.float32(scale) * step) for scale in quantization_of(layer.input(1)).scales)


def _weights_and_bias(onnx: OnnxBuilder, layer: Layer, weights: NDArray[Any]) -> list[str]:
    """Real weights, the outputs along axis 0, and the bias if there is one."""
    bias = layer.optional_input(2)
    if layer.output.dtype is DType.FLOAT32 and layer.input(1).dtype is DType.FLOAT32:
        names = [onnx.constant(weights)]
        return [*names, onnx.constant(layer.constant(2, DType.FLOAT32))] if bias is not None else names
    layer.require_types(layer.input(0), layer.input(1), layer.output)
    of_weights = quantization_of(layer.input(1))
    names = [onnx.dequantised(onnx.constant(weights), of_weights, 0)]
    if bias is None:
        return names
    scales = _product_steps(layer)
    of_bias = Quantization(scales, (0,) * len(scales), 0)
    values = onnx.constant(layer.constant(2, DType.INT32))
    return [*names, onnx.dequantised(values, of_bias, 0, np.int32)]


def _pads(found: Window, shape: Shape) -> list[int]:
    """Top, left, bottom, right: what the windows reach beyond the image."""
    before = list(found.pad_before)
    reach = [(k - 1) * d + 1 for k, d in zip(found.kernel, found.dilation, strict=True)]
    ends = [
        (count - 1) * stride + size
        for count, stride, size in zip(found.output, found.stride, reach, strict=True)
    ]
    after = [max(0, end - first - size) for end, first, size in zip(ends, before, shape[1:3], strict=True)]
    return [*before, *after]


@converts("FULLY_CONNECTED")
def _fully_connected(onnx: OnnxBuilder, layer: Layer) -> None:
    options = layer.options(tflite.FullyConnectedOptions)
    weights = layer.constant(1, layer.input(1).dtype)
    rows = onnx.stored(layer.input(0))
    if len(layer.input(0).shape) != 2 or layer.input(0).shape[1] != weights.shape[1]:
        rows = onnx.node("Reshape", [rows, onnx.constant(np.array([-1, weights.shape[1]], np.int64))])
    if layer.input(0).dtype is not DType.FLOAT32:
        rows = onnx.dequantised(rows, quantization_of(layer.input(0)), 0)
    result = onnx.node("Gemm", [rows, *_weights_and_bias(onnx, layer, weights)], transB=1)
    if _is_exact(onnx, layer):
        result = _rounded_products(onnx, layer, result, single_precision=True)
    if len(layer.output.shape) != 2:
        result = onnx.node("Reshape", [result, _shape(onnx, layer.output.shape)])
    onnx.write(layer.output, result, ROWS_FIRST, layer.activation(options.FusedActivationFunction()))


@converts("MAX_POOL_2D", "AVERAGE_POOL_2D")
def _pool(onnx: OnnxBuilder, layer: Layer) -> None:
    options = layer.options(tflite.Pool2DOptions)
    image = layer.input(0)
    require_image(layer, image)
    kernel = (int(options.FilterHeight()), int(options.FilterWidth()))
    found = window(layer, image, kernel, options, (1, 1))
    result = onnx.node(
        "MaxPool" if layer.kind == "MAX_POOL_2D" else "AveragePool",
        [onnx.real(image, CHANNELS_FIRST)],
        kernel_shape=list(kernel),
        strides=list(found.stride),
        pads=_pads(found, image.shape),
    )
    if _is_exact(onnx, layer) and layer.kind == "AVERAGE_POOL_2D":
        result = rounded_average(onnx, layer.output, result, found, image)
    onnx.write(layer.output, result, CHANNELS_FIRST, layer.activation(options.FusedActivationFunction()))


@converts("MEAN")
def _mean(onnx: OnnxBuilder, layer: Layer) -> None:
    keep = bool(layer.options(tflite.ReducerOptions).KeepDims())
    image = layer.input(0)
    rank = len(image.shape)
    axes = sorted({int(axis) % rank for axis in layer.constant(1, DType.INT32).reshape(-1)})
    if 0 in axes:
        layer.unsupported("takes the mean over the batch", "leave axis 0 out")
    layout = CHANNELS_FIRST if onnx.layouts(image) == {CHANNELS_FIRST} and axes == [1, 2] else ROWS_FIRST
    real_axes = [2, 3] if layout == CHANNELS_FIRST else axes
    result = onnx.node("ReduceMean", [onnx.real(image, layout)], axes=real_axes, keepdims=int(keep))
    if _is_exact(onnx, layer):
        count = math.prod(image.shape[axis] for axis in axes)
        step = np.array([layer.scale_and_zero_point(image)[0] / count], np.float32)
        result = rounded(onnx, layer.output, result, step, [mean_multiplier(layer, count)], 0)
    onnx.write(layer.output, result, layout if keep else ROWS_FIRST)


@converts("SOFTMAX")
def _softmax(onnx: OnnxBuilder, layer: Layer) -> None:
    beta = float(layer.options(tflite.SoftmaxOptions).Beta())
    values = onnx.real(layer.input(0))
    if beta != 1.0:
        values = onnx.node("Mul", [values, onnx.constant(np.float32(beta))])
    onnx.write(layer.output, onnx.node("Softmax", [values], axis=-1))


_BINARY = {
    "ADD": ("Add", tflite.AddOptions),
    "SUB": ("Sub", tflite.SubOptions),
    "MUL": ("Mul", tflite.MulOptions),
}


@converts(*_BINARY)
def _binary(onnx: OnnxBuilder, layer: Layer) -> None:
    kind, table = _BINARY[layer.kind]
    activation = layer.activation(layer.options(table).FusedActivationFunction())
    operands = [layer.input(0), layer.input(1)]
    layout = _common_layout(onnx, operands)
    reals = [onnx.real(operand, layout) for operand in operands]
    if _is_exact(onnx, layer) and layer.kind == "ADD":
        scales = [layer.scale_and_zero_point(operand)[0] for operand in operands]
        result = rounded_sum(onnx, layer.output, list(zip(reals, scales, strict=True)))
    else:
        result = onnx.node(kind, reals)
    onnx.write(layer.output, result, layout, activation)


_UNARY = {"LOGISTIC": "Sigmoid", "TANH": "Tanh", "RELU": "Relu", "ABS": "Abs", "QUANTIZE": "", "RELU6": ""}


@converts(*_UNARY)
def _unary(onnx: OnnxBuilder, layer: Layer) -> None:
    layout = _common_layout(onnx, [layer.input(0)])
    real = onnx.real(layer.input(0), layout)
    kind = _UNARY[layer.kind]
    activation = "RELU6" if layer.kind == "RELU6" else "NONE"
    onnx.write(layer.output, onnx.node(kind, [real]) if kind else real, layout, activation)


def _common_layout(onnx: OnnxBuilder, tensors: list[Tensor]) -> str:
    """Channels first where all of them are stored only so: no Transpose is needed."""
    first = all(onnx.layouts(tensor) == {CHANNELS_FIRST} for tensor in tensors)
    return CHANNELS_FIRST if first else ROWS_FIRST


@converts("CONCATENATION")
def _concatenation(onnx: OnnxBuilder, layer: Layer) -> None:
    options = layer.options(tflite.ConcatenationOptions)
    tensors = [layer.input(position) for position in range(len(layer.operator.inputs))]
    if any(tensor.data is not None for tensor in tensors):
        layer.unsupported("joins a constant, which has no batch", "add the constant to the features instead")
    axis = int(options.Axis()) % len(layer.output.shape)
    result = onnx.node("Concat", [onnx.real(tensor) for tensor in tensors], axis=axis)
    onnx.write(layer.output, result, ROWS_FIRST, layer.activation(options.FusedActivationFunction()))


@converts("PAD")
def _pad(onnx: OnnxBuilder, layer: Layer) -> None:
    pads = layer.constant(1, layer.input(1).dtype).astype(np.int64)
    result = onnx.node("Pad", [onnx.real(layer.input(0)), onnx.constant(pads.T.reshape(-1))])
    onnx.write(layer.output, result)


@converts("TRANSPOSE")
def _transpose(onnx: OnnxBuilder, layer: Layer) -> None:
    order = [int(axis) for axis in layer.constant(1, DType.INT32)]
    onnx.store(layer.output, onnx.node("Transpose", [onnx.stored(layer.input(0))], perm=order), ROWS_FIRST)


@converts("RESHAPE", "SQUEEZE", "EXPAND_DIMS")
def _reshape(onnx: OnnxBuilder, layer: Layer) -> None:
    shape = _shape(onnx, layer.output.shape)
    onnx.store(layer.output, onnx.node("Reshape", [onnx.stored(layer.input(0)), shape]), ROWS_FIRST)


def _shape(onnx: OnnxBuilder, shape: Shape) -> str:
    """A shape whose batch is free."""
    return onnx.constant(np.array([-1, *shape[1:]], np.int64))
