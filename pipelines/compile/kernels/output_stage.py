"""Bias and requantization of int8 layers that accumulate products: convolutions and dense layers.

The kernels in C multiply raw int8 values. The input's zero point is subtracted here, once:
sum((x - z) * w) + b = sum(x * w) + (b - z * sum(w)), exactly, in integers.
Source: Jacob et al. 2018, section 2.3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType, Tensor
from pipelines.compile.kernels.base import Constant, Fields, Layer
from pipelines.compile.quantize import (
    INT8_MAX,
    INT8_MIN,
    INT32_MAX,
    Multiplier,
    activation_range_int8,
    multiply,
    quantize_multiplier,
)


def bias_values(layer: Layer, position: int, count: int, dtype: DType) -> npt.NDArray[Any]:
    """The bias, or zeros when the layer has none."""
    tensor = layer.optional_input(position)
    if tensor is None:
        return np.zeros(count, dtype.numpy)
    bias = layer.constant(position, dtype)
    layer.require_shape(tensor, (count,))
    return bias


def folded_bias(
    layer: Layer, bias: npt.NDArray[Any], weights: npt.NDArray[Any], zero_point: int
) -> npt.NDArray[Any]:
    """bias - zero_point * sum(weights); weights are [outputs, products].

    Also proves that no accumulator can leave int32, whatever the input.
    """
    wide = weights.astype(np.int64)
    folded: npt.NDArray[Any] = bias.astype(np.int64) - zero_point * wide.sum(axis=1)
    reach = np.abs(folded) + 128 * np.abs(wide).sum(axis=1)
    if reach.max(initial=0) > INT32_MAX:
        layer.malformed("has weights or a bias so large that a 32-bit sum overflows")
    return folded


def multipliers(layer: Layer, image: Tensor, weights: Tensor, single_precision: bool) -> list[Multiplier]:
    """input scale * weight scale / output scale, for each weight scale.

    `single_precision`: the reference multiplies the first two in float32 for a FULLY_CONNECTED with
    one scale (`GetQuantizedConvolutionMultipler`) and in float64 everywhere else. The tflite-micro
    wheel takes float64 there too, so that about 1 output byte in 100,000 of such a layer differs by
    one between the two interpreters (5 of 640,000 on the ad model); the compiler follows tf.lite.
    """
    input_scale, _ = layer.scale_and_zero_point(image)
    output_scale, _ = layer.scale_and_zero_point(layer.output)
    quantization = layer.quantization(weights)
    if any(quantization.zero_points):
        layer.unsupported(
            "has asymmetric weights", "quantize weights symmetrically, as the TFLite converter does"
        )
    if single_precision and len(quantization.scales) == 1:
        product = float(np.float32(input_scale) * np.float32(quantization.scales[0]))
        return [quantize_multiplier(product / output_scale)]
    return [quantize_multiplier(input_scale * scale / output_scale) for scale in quantization.scales]


def with_plain_constants(
    layer: Layer, folded: npt.NDArray[Any], weights: npt.NDArray[Any], found: list[Multiplier]
) -> tuple[npt.NDArray[Any], list[Multiplier]]:
    """Bias and multipliers that give the same outputs, where a channel without weights has usual ones.

    The scale of a filter of zeros is as good as arbitrary, and would keep the whole layer from the fast kernels. Its
    output is one number, of which four times the distance from the zero point becomes the bias, and 1/4 the
    multiplier. weights are [outputs, products].
    """
    idle = ~weights.any(axis=1)
    if len(found) != len(weights) or not idle.any():
        return folded, found
    _, zero_point = layer.scale_and_zero_point(layer.output)
    bias, multipliers_of = folded.copy(), list(found)
    for channel in np.flatnonzero(idle).tolist():
        value = zero_point + multiply(int(folded[channel]), found[channel])
        bias[channel] = 4 * (max(INT8_MIN, min(INT8_MAX, value)) - zero_point)
        multipliers_of[channel] = Multiplier(1 << 30, -1)
    return bias, multipliers_of


def shifts_right(folded: npt.NDArray[Any], weights: npt.NDArray[Any], found: list[Multiplier]) -> bool:
    """Whether `fast_requantize_int8` is exact: every shift is to the right, and nothing leaves int32.

    It adds half of 2**right and the zero point shifted by `right` to a value below half the sum's reach;
    weights are [outputs, products].
    """
    reach = np.abs(folded) + 128 * np.abs(weights.astype(np.int64)).sum(axis=1)
    return bool(reach.max(initial=0) < 2**30) and all(-22 <= each.shift <= -1 for each in found)


def constants(bias: npt.NDArray[Any], found: list[Multiplier]) -> tuple[Constant, ...]:
    """The arrays `bias`, `multiplier` and `shift` of the weights file."""
    return (
        Constant("bias", "int32_t", bias),
        Constant("multiplier", "int32_t", np.array([each.mantissa for each in found])),
        Constant("shift", "int8_t", np.array([each.shift for each in found])),
    )


def fields(layer: Layer, activation: str, per_channel: bool) -> Fields:
    """The nested struct `output_stage_int8`."""
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    least, greatest = activation_range_int8(activation, scale, zero_point)
    if "clamp" in layer.operator.attributes:
        # Of an activation that a pass has fused into this layer.
        low, high = layer.operator.attributes["clamp"]
        least, greatest = min(max(least, low), high), max(min(greatest, high), low)
    if least > greatest:
        layer.malformed("has an empty activation range")
    return {
        "zero_point": zero_point,
        "least": least,
        "greatest": greatest,
        "per_channel": int(per_channel),
    }
