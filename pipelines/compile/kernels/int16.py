"""What the kernels for int16 activations with int8 weights ("int16x8") share: types, scales, output stage.

Source: the 16x8 section of the TFLite quantization specification, and for the rounding
`MultiplyByQuantizedMultiplier(int64_t, ...)` in `tensorflow/lite/kernels/internal/common.cc` of TensorFlow 2.19:
int16 tensors are symmetric, sums have 64 bits and are scaled by a multiplier of 15 bits. Only where the file
has a bias of int32, the sums have 32 bits and are scaled as those of int8 layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType, Tensor
from pipelines.compile.kernels.base import Constant, Fields, Layer
from pipelines.compile.quantize import INT32_MAX, Multiplier, quantize_multiplier, quantize_value

INT16_MIN, INT16_MAX = -(2**15), 2**15 - 1
# The reference asserts that sums stay below this, and that it shifts by fewer bits than these to the left.
MAX_SUM = 2**47 - 1
MAX_SHIFT = 7
# Products of int16 and int8 values that a 32-bit sum holds whatever the values: 500 * 2**15 * 2**7 < 2**31.
SAFE_PRODUCTS = 500
# Shifts to the right at which a multiplier of 15 bits can be moved up so that the shift is by 32 bits.
FAST_SHIFTS = range(16, 33)
# How `native/output_stage_int16.h` scales a sum.
FAST, NARROW_SUMS, WIDE_SUMS, BIAS_OF_INT32 = 0, 1, 2, 3


def require_int16(layer: Layer, *tensors: Tensor) -> None:
    """All tensors must be int16."""
    for tensor in tensors:
        if tensor.dtype is not DType.INT16:
            layer.unsupported(
                f"has operands of type int16 and {tensor.dtype.value}",
                "convert the model with int16 activations and int8 weights throughout",
            )


def narrow_weights(layer: Layer) -> npt.NDArray[Any]:
    """The constant weights (input 1) beside int16 activations: int8, or int4, which are stored as int8."""
    return layer.constant(1, DType.INT4 if layer.input(1).dtype is DType.INT4 else DType.INT8)


def int16_scale(layer: Layer, tensor: Tensor) -> float:
    """The scale of an int16 tensor, whose zero point must be 0."""
    quantization = layer.quantization(tensor)
    if len(quantization.scales) != 1:
        layer.unsupported("has activations quantized per channel", "quantize activations per tensor")
    if quantization.zero_points[0]:
        layer.malformed(f"has int16 values with the zero point {quantization.zero_points[0]}")
    return quantization.scales[0]


def require_same_scale(layer: Layer, *tensors: Tensor) -> None:
    if any(int16_scale(layer, tensor) != int16_scale(layer, layer.output) for tensor in tensors):
        layer.unsupported(
            "needs the same scale for input and output", "quantize again with the TFLite converter"
        )


def activation_range_int16(activation: str, scale: float) -> tuple[int, int]:
    """The least and greatest int16 output of a fused activation."""
    low, high = {
        "NONE": (None, None),
        "RELU": (0.0, None),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }[activation]
    least = INT16_MIN if low is None else max(INT16_MIN, quantize_value(low, scale, 0))
    greatest = INT16_MAX if high is None else min(INT16_MAX, quantize_value(high, scale, 0))
    return least, greatest


@dataclass(frozen=True)
class Stage:
    """Bias and scaling of a layer that accumulates products.

    `fast`: its sums fit 32 bits, and the upper half of their product with one multiplier is all that is needed.
    `chunk` is how many products in a row may be added up in 32 bits: all of them, filled up to groups of four, where
    that is proven.
    """

    fast: bool
    fields: Fields
    constants: tuple[Constant, ...]
    chunk: int


def output_stage(
    layer: Layer,
    weights: npt.NDArray[Any],
    matrix: Tensor,
    activation: str,
    bias_position: int = 2,
    image: int = 0,
    may_be_fast: bool = True,
    bias_type: int = tflite.TensorType.FLOAT32,
) -> Stage:
    """The struct `output_stage_int16` and its arrays, for weights of [outputs, products] of an input's values.

    `bias_type` is the `quantized_bias_type` of the layer's options, whose default (float32) stands for int64.
    """
    outputs, products = weights.shape
    bias = _bias(layer, outputs, bias_position, bias_type)
    reach = 2**15 * np.abs(weights.astype(np.int64)).sum(axis=1)
    greatest_sum = max(int(r) + abs(b) for r, b in zip(reach.tolist(), bias.tolist(), strict=True))
    if bias.dtype == np.dtype("<i4"):
        if greatest_sum > INT32_MAX:
            layer.unsupported("has a bias of int32, with which its sums may overflow", "use a bias of int64")
        mode = BIAS_OF_INT32
    else:
        if greatest_sum > MAX_SUM:
            layer.malformed("has weights or a bias so large that a 48-bit sum overflows")
        mode = NARROW_SUMS if greatest_sum <= INT32_MAX else WIDE_SUMS
    least, greatest = activation_range_int16(activation, int16_scale(layer, layer.output))
    if least > greatest:
        layer.malformed("has an empty activation range")
    found = _multipliers(layer, layer.input(image), matrix)
    scaling = [reduced_multiplier(layer, each) if mode != BIAS_OF_INT32 else each for each in found]
    fast = may_be_fast and mode == NARROW_SUMS and all(each.shift in FAST_SHIFTS for each in scaling)
    if fast:
        mode = FAST
        scaling = [Multiplier(each.mantissa << (32 - each.shift), 0) for each in scaling]
    words = bias.astype("<i8").view("<i4") if mode == WIDE_SUMS else bias
    shifts = Constant("shift", "int8_t", np.array([each.shift for each in scaling]))
    return Stage(
        fast,
        {"least": least, "greatest": greatest, "mode": mode, "per_channel": int(len(found) > 1)},
        (
            Constant("bias", "int32_t", words),
            Constant("multiplier", "int32_t", np.array([each.mantissa for each in scaling])),
            *(() if fast else (shifts,)),
        ),
        -(-products // 4) * 4 if int(reach.max(initial=0)) <= INT32_MAX else SAFE_PRODUCTS,
    )


def _bias(layer: Layer, outputs: int, position: int, bias_type: int) -> npt.NDArray[Any]:
    """The bias [outputs] as int64, or as int32 where the file says that sums have 32 bits; zeros without one."""
    tensor = layer.optional_input(position)
    if tensor is None:
        return np.zeros(outputs, "<i4" if bias_type == tflite.TensorType.INT32 else "<i8")
    if tensor.dtype not in (DType.INT64, DType.INT32):
        layer.malformed(f"has a bias of type {tensor.dtype.value}")
    layer.require_shape(tensor, (outputs,))
    return layer.constant(position, tensor.dtype)


def _multipliers(layer: Layer, image: Tensor, matrix: Tensor) -> list[Multiplier]:
    """input scale * weight scale / output scale, for each weight scale."""
    quantization = layer.quantization(matrix)
    if any(quantization.zero_points):
        layer.unsupported(
            "has asymmetric weights", "quantize weights symmetrically, as the TFLite converter does"
        )
    input_scale, output_scale = int16_scale(layer, image), int16_scale(layer, layer.output)
    return [quantize_multiplier(input_scale * scale / output_scale) for scale in quantization.scales]


def reduced_multiplier(layer: Layer, multiplier: Multiplier) -> Multiplier:
    """The multiplier of 15 bits, and by how many bits its product with a sum is shifted to the right."""
    if multiplier.shift > MAX_SHIFT:
        layer.malformed("has an output scale more than a hundred times smaller than its input's")
    mantissa = (multiplier.mantissa + (1 << 15)) >> 16 if multiplier.mantissa < 0x7FFF0000 else 0x7FFF
    return Multiplier(mantissa, 15 - multiplier.shift)
