"""Element-wise operators on single int8 values, in the integer arithmetic of the reference kernels.

Sources: `AddElementwise`, `MulElementwise` in `tensorflow/lite/kernels/internal/reference/integer_ops/{add,mul}.h`,
and how `Prepare` in `tensorflow/lite/kernels/{add,sub,mul}.cc` makes their multipliers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipelines.compile.kernels.base import Layer, lower
from pipelines.compile.quantize import activation_range_int8, multiply, quantize_multiplier

_LEFT_SHIFT = 20


def sum_of_int8(layer: Layer, activation: str, sign: int) -> Callable[[int, int], int]:
    """The function of two values that ADD (`sign` 1) or SUB (-1) computes."""
    (scale0, zero0), (scale1, zero1) = (layer.scale_and_zero_point(layer.input(each)) for each in (0, 1))
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    common = 2 * max(scale0, scale1)
    first, second = quantize_multiplier(scale0 / common), quantize_multiplier(scale1 / common)
    whole = quantize_multiplier(common / ((1 << _LEFT_SHIFT) * scale))
    least, greatest = activation_range_int8(activation, scale, zero_point)

    def compute(a: int, b: int) -> int:
        scaled0 = multiply((a - zero0) << _LEFT_SHIFT, first)
        scaled1 = multiply((b - zero1) << _LEFT_SHIFT, second)
        return max(least, min(greatest, multiply(scaled0 + sign * scaled1, whole) + zero_point))

    return compute


def product_of_int8(layer: Layer, activation: str) -> Callable[[int, int], int]:
    """The function of two values that MUL computes."""
    (scale0, zero0), (scale1, zero1) = (layer.scale_and_zero_point(layer.input(each)) for each in (0, 1))
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore"):
        by = quantize_multiplier(float(np.float32(scale0) * np.float32(scale1) / np.float32(scale)))
    least, greatest = activation_range_int8(activation, scale, zero_point)

    def compute(a: int, b: int) -> int:
        return max(least, min(greatest, multiply((a - zero0) * (b - zero1), by) + zero_point))

    return compute


def table_of_int8(layer: Layer) -> npt.NDArray[np.int8] | None:
    """[256] results of a function of one int8 value, from -128 on; None where the kernel is no such table."""
    step = lower(layer.graph, layer.operator, layer.choices)
    found = [constant.values for constant in step.constants if constant.name == "table"]
    if not step.call.startswith("lookup_int8(") or len(found) != 1 or found[0].shape != (256,):
        return None
    return found[0].astype(np.int8)
