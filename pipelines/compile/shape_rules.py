"""The shape that an operator makes of the shapes of its inputs, for those that are found behind a computed RESHAPE."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import tflite

from pipelines.compile.graph import Operator, Shape, Tensor
from pipelines.compile.shape_values import options_of

Rule = Callable[[Operator, Sequence[Tensor]], Shape]


def made_shape(operator: Operator, inputs: Sequence[Tensor]) -> Shape | None:
    """The shape of the output; nothing where there is no rule, or the operands do not fit it."""
    rule = _RULES.get(operator.kind)
    if rule is None or not inputs:
        return None
    try:
        return tuple(int(size) for size in rule(operator, inputs))
    except (ArithmeticError, ValueError, IndexError, TypeError):
        return None


def _integers(tensor: Tensor) -> list[int]:
    if tensor.data is None:
        raise ValueError("is computed")
    return [int(value) for value in tensor.data.reshape(-1)]


def _reshape(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    if len(inputs) > 1:
        shape = _integers(inputs[1])
    else:
        options = options_of(operator, tflite.ReshapeOptions)
        shape = [int(options.NewShape(axis)) for axis in range(options.NewShapeLength())]
    if shape.count(-1) == 1:
        rest = math.prod(size for size in shape if size != -1)
        shape[shape.index(-1)] = inputs[0].elements // rest if rest else 0
    if math.prod(shape) != inputs[0].elements:
        raise ValueError("another number of elements")
    return tuple(shape)


def _expand_dims(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    shape = list(inputs[0].shape)
    (axis,) = _integers(inputs[1])
    shape.insert(axis if axis >= 0 else len(shape) + 1 + axis, 1)
    return tuple(shape)


def _squeeze(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    shape = inputs[0].shape
    options = options_of(operator, tflite.SqueezeOptions)
    axes = {int(options.SqueezeDims(i)) % len(shape) for i in range(options.SqueezeDimsLength())}
    return tuple(size for axis, size in enumerate(shape) if not (axis in axes if axes else size == 1))


def _fully_connected(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    units, depth = inputs[1].shape
    if options_of(operator, tflite.FullyConnectedOptions).KeepNumDims():
        return (*inputs[0].shape[:-1], units)
    return (inputs[0].elements // depth, units)


def _reduction(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    shape = inputs[0].shape
    axes = {axis % len(shape) for axis in _integers(inputs[1])}
    keep = options_of(operator, tflite.ReducerOptions).KeepDims()
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape) if keep or axis not in axes)


def _windows(size: int, kernel: int, stride: int, dilation: int, padding: int) -> int:
    if padding == tflite.Padding.SAME:
        return -(-size // stride)
    return (size - (kernel - 1) * dilation - 1) // stride + 1


def _convolution(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    depthwise = operator.kind == "DEPTHWISE_CONV_2D"
    options = options_of(operator, tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
    _, height, width, _ = inputs[0].shape
    outputs, kernel_height, kernel_width, channels = inputs[1].shape
    return (
        inputs[0].shape[0],
        _windows(height, kernel_height, options.StrideH(), options.DilationHFactor(), options.Padding()),
        _windows(width, kernel_width, options.StrideW(), options.DilationWFactor(), options.Padding()),
        channels if depthwise else outputs,
    )


def _pool(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    options = options_of(operator, tflite.Pool2DOptions)
    count, height, width, channels = inputs[0].shape
    return (
        count,
        _windows(height, options.FilterHeight(), options.StrideH(), 1, options.Padding()),
        _windows(width, options.FilterWidth(), options.StrideW(), 1, options.Padding()),
        channels,
    )


def _concatenation(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    shape = list(inputs[0].shape)
    axis = options_of(operator, tflite.ConcatenationOptions).Axis()
    shape[axis] = sum(each.shape[axis] for each in inputs)
    return tuple(shape)


def _pack(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    shape = list(inputs[0].shape)
    axis = options_of(operator, tflite.PackOptions).Axis()
    shape.insert(axis if axis >= 0 else len(shape) + 1 + axis, len(inputs))
    return tuple(shape)


def _pad(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    amounts = _integers(inputs[1])
    return tuple(size + sum(amounts[2 * axis : 2 * axis + 2]) for axis, size in enumerate(inputs[0].shape))


def _matrix_product(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    options = options_of(operator, tflite.BatchMatMulOptions)
    first, second = inputs[0].shape, inputs[1].shape
    rows = first[-1] if options.AdjX() else first[-2]
    columns = second[-2] if options.AdjY() else second[-1]
    return (*np.broadcast_shapes(first[:-2], second[:-2]), rows, columns)


def _same(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    return inputs[0].shape


def _broadcast(operator: Operator, inputs: Sequence[Tensor]) -> Shape:
    return tuple(np.broadcast_shapes(inputs[0].shape, inputs[1].shape))


_SAME = (
    "ABS", "CAST", "DEQUANTIZE", "ELU", "EXP", "GELU", "HARD_SWISH", "L2_NORMALIZATION", "LEAKY_RELU", "LOG",
    "LOG_SOFTMAX", "LOGISTIC", "NEG", "PRELU", "QUANTIZE", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "RSQRT",
    "SOFTMAX", "SQRT", "SQUARE", "TANH",
)  # fmt: skip
_RULES: dict[str, Rule] = {
    **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(("ADD", "DIV", "MAXIMUM", "MINIMUM", "MUL", "SQUARED_DIFFERENCE", "SUB"), _broadcast),
    **dict.fromkeys(("MEAN", "REDUCE_MAX", "REDUCE_MIN", "SUM"), _reduction),
    **dict.fromkeys(("AVERAGE_POOL_2D", "MAX_POOL_2D"), _pool),
    **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D"), _convolution),
    **dict.fromkeys(("PAD", "PADV2", "MIRROR_PAD"), _pad),
    **dict.fromkeys(
        ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"),
        lambda operator, inputs: (inputs[0].shape[0], *_integers(inputs[1]), inputs[0].shape[3]),
    ),
    "BATCH_MATMUL": _matrix_product,
    "CONCATENATION": _concatenation,
    "EXPAND_DIMS": _expand_dims,
    "FULLY_CONNECTED": _fully_connected,
    "PACK": _pack,
    "RESHAPE": _reshape,
    "SQUEEZE": _squeeze,
    "TILE": lambda operator, inputs: tuple(
        size * count for size, count in zip(inputs[0].shape, _integers(inputs[1]), strict=True)
    ),
    "TRANSPOSE": lambda operator, inputs: tuple(inputs[0].shape[axis] for axis in _integers(inputs[1])),
}
