"""Functions of one or two int8 values that layers compute, in the integer arithmetic of the reference kernels.

Sources: `AddElementwise`, `MulElementwise` in `tensorflow/lite/kernels/internal/reference/integer_ops/{add,mul}.h`,
and how `Prepare` in `tensorflow/lite/kernels/{add,sub,mul}.cc` makes their multipliers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.errors import ModelFormatError
from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, lower
from pipelines.compile.quantize import INT32_MAX, Multiplier, activation_range_int8, quantize_multiplier

Integers = npt.NDArray[np.int64]
OfTwo = Callable[[Integers, Integers], Integers]
_LEFT_SHIFT = 20
_BINARY_OPTIONS = {"ADD": tflite.AddOptions, "SUB": tflite.SubOptions, "MUL": tflite.MulOptions}
UNARY_KINDS = frozenset(
    {"RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "LOGISTIC", "TANH", "HARD_SWISH", "LEAKY_RELU", "ELU", "GELU",
     "ABS", "NEG", "EXP", "LOG", "SQRT", "RSQRT", "SQUARE", "QUANTIZE", "TABLE"}
)  # fmt: skip


def sum_of_int8(layer: Layer, activation: str, sign: int) -> OfTwo:
    """The function that ADD (`sign` 1) or SUB (-1) computes of two values."""
    (scale0, zero0), (scale1, zero1) = (layer.scale_and_zero_point(layer.input(each)) for each in (0, 1))
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    common = 2 * max(scale0, scale1)
    first, second = quantize_multiplier(scale0 / common), quantize_multiplier(scale1 / common)
    whole = quantize_multiplier(common / ((1 << _LEFT_SHIFT) * scale))
    if max(first.shift, second.shift, whole.shift) > 0:
        raise ModelFormatError("an output scale is a million times smaller than its inputs'")
    least, greatest = activation_range_int8(activation, scale, zero_point)

    def compute(a: Integers, b: Integers) -> Integers:
        scaled0 = _multiply((a - zero0) << _LEFT_SHIFT, first)
        scaled1 = _multiply((b - zero1) << _LEFT_SHIFT, second)
        return np.clip(_multiply(scaled0 + sign * scaled1, whole) + zero_point, least, greatest)

    return compute


def product_of_int8(layer: Layer, activation: str) -> OfTwo:
    """The function that MUL computes of two values."""
    (scale0, zero0), (scale1, zero1) = (layer.scale_and_zero_point(layer.input(each)) for each in (0, 1))
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore"):
        by = quantize_multiplier(float(np.float32(scale0) * np.float32(scale1) / np.float32(scale)))
    least, greatest = activation_range_int8(activation, scale, zero_point)

    def compute(a: Integers, b: Integers) -> Integers:
        return np.clip(_multiply((a - zero0) * (b - zero1), by) + zero_point, least, greatest)

    return compute


def _multiply(values: Integers, by: Multiplier) -> Integers:
    """`pipelines.compile.quantize.multiply` of every value."""
    left, right = max(by.shift, 0), max(-by.shift, 0)
    wrapped = ((values << left) + 2**31) % 2**32 - 2**31
    product = np.minimum((wrapped * by.mantissa + (1 << 30)) >> 31, INT32_MAX)
    if right == 0:
        return product
    mask = (1 << right) - 1
    threshold = (mask >> 1) + (product < 0)
    return (product >> right) + ((product & mask) > threshold)


def table_of_int8(layer: Layer, constant: bool = False) -> npt.NDArray[np.int8] | None:
    """[256] results of a function of one int8 value, from -128 on; None where the layer is no such function.

    The value is the one computed input; with `constant`, the only input, which is a constant.
    """
    if len(layer.operator.outputs) != 1 or layer.output.dtype is not DType.INT8:
        return None
    computed = [position for position in range(len(layer.operator.inputs)) if _is_computed(layer, position)]
    if constant and len(layer.operator.inputs) == 1:
        computed = [0]
    if len(computed) != 1 or layer.input(computed[0]).dtype is not DType.INT8:
        return None
    if layer.kind in _BINARY_OPTIONS:
        return _table_with_scalar(layer, computed[0])
    if layer.kind not in UNARY_KINDS:
        return None
    step = lower(layer.graph, layer.operator, layer.choices)
    found = [constant.values for constant in step.constants if constant.name == "table"]
    if not step.call.startswith("lookup_int8(") or len(found) != 1 or found[0].shape != (256,):
        return None
    return found[0].astype(np.int8)


def function_of_two_int8(layer: Layer) -> OfTwo | None:
    """The function that an ADD, SUB or MUL of int8 computes of its operands' values; None for other layers."""
    table = _BINARY_OPTIONS.get(layer.kind)
    operands = [layer.input(position) for position in range(len(layer.operator.inputs))]
    if (
        table is None
        or len(operands) != 2
        or any(each.dtype is not DType.INT8 for each in (*operands, layer.output))
    ):
        return None
    activation = layer.activation(layer.options(table).FusedActivationFunction())
    if layer.kind == "MUL":
        return product_of_int8(layer, activation)
    return sum_of_int8(layer, activation, 1 if layer.kind == "ADD" else -1)


def _is_computed(layer: Layer, position: int) -> bool:
    tensor = layer.optional_input(position)
    return tensor is not None and tensor.data is None


def _table_with_scalar(layer: Layer, computed: int) -> npt.NDArray[np.int8] | None:
    """Of an ADD, SUB or MUL whose other operand is one number."""
    other = layer.optional_input(1 - computed)
    if len(layer.operator.inputs) != 2 or other is None or other.data is None or other.elements != 1:
        return None
    compute = function_of_two_int8(layer)
    if compute is None or layer.input(computed).shape != layer.output.shape:
        return None
    number, values = other.data.reshape(-1).astype(np.int64), np.arange(-128, 128)
    return (compute(number, values) if computed else compute(values, number)).astype(np.int8)
