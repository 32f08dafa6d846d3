"""TensorFlow Lite's rounding in ONNX, so that an int8 network gives the integers that were measured.

``QuantizeLinear`` rounds halves to even. TFLite's reference kernels multiply the integer sum of a layer by a 31-bit
multiplier and round twice: to a multiple of 2**-R, halves up, then to an integer, halves away from zero. Together:

    sign(v) * floor(|v| + 1/2 + 2**-(R + 1))        v = sum * multiplier, in steps of the output

One value in a few hundred differs between the two, and a network that sees a step of difference in its last layer may
differ by many in its answer. So the sum is recovered from the real numbers (it is an integer number of known steps),
and the rule above is applied in float64, where it is exact. What follows is still a ``QuantizeLinear``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from pipelines.compile.graph import Tensor
from pipelines.compile.kernels.spatial import Window
from pipelines.compile.quantize import INT8_MIN, Multiplier
from pipelines.export.onnx.builder import OnnxBuilder, quantization_of
from pipelines.signals import FloatArray


def rounded(
    onnx: OnnxBuilder,
    output: Tensor,
    real: str,
    steps: FloatArray,
    multipliers: Sequence[Multiplier],
    trailing_axes: int,
) -> str:
    """Real numbers that are whole steps of the output, rounded as TFLite does.

    Args:
        output: the tensor that they will be.
        real: whole multiples of ``steps``, but for the errors of float32.
        steps: what 1 in the layer's sum is worth; one, or one for each channel.
        multipliers: steps of the sum to steps of the output; one, or one for each channel.
        trailing_axes: how many axes follow the channels'.
    """
    shape = (1, -1, *(1 for _ in range(trailing_axes)))
    factors = np.array([each.mantissa * 2.0 ** (each.shift - 31) for each in multipliers]).reshape(shape)
    halves = np.array([0.5 + (2.0 ** (each.shift - 1) if each.shift < 0 else 0) for each in multipliers])
    sums = integers(onnx, real, steps.reshape(shape))
    product = onnx.node("Mul", [sums, onnx.constant(factors)])
    return _to_output(onnx, output, product, halves.reshape(shape))


def integers(onnx: OnnxBuilder, real: str, steps: FloatArray) -> str:
    """How many steps real numbers are, as whole float64 numbers."""
    exact = onnx.node("Round", [onnx.node("Div", [real, onnx.constant(steps.astype(np.float32))])])
    return onnx.node("Cast", [exact], to=TensorProto.DOUBLE)


def rounded_sum(onnx: OnnxBuilder, output: Tensor, operands: Sequence[tuple[str, float]]) -> str:
    """The sum of int8 tensors, given as their real numbers and their scales.

    The reference scales both to 2**-20 of a step before it adds; what that rounds is below the precision of float64 ties.
    """
    target = quantization_of(output).scales[0]
    parts = [
        onnx.node(
            "Mul",
            [integers(onnx, real, np.array(scale)), onnx.constant(np.array(scale / target, np.float64))],
        )
        for real, scale in operands
    ]
    return _to_output(onnx, output, onnx.node("Add", parts), np.array(0.5))


def rounded_average(onnx: OnnxBuilder, output: Tensor, real: str, window: Window, image: Tensor) -> str:
    """Averages over windows, which TFLite takes of the raw integers: halves away from integer 0."""
    scale, zero_point = quantization_of(output).scales[0], quantization_of(output).zero_points[0]
    counts = window_counts(window, image)
    sums = onnx.node("Round", [onnx.node("Mul", [real, onnx.constant((counts / scale).astype(np.float32))])])
    raw = onnx.node("Add", [sums, onnx.constant((counts * zero_point).astype(np.float32))])
    halves = onnx.constant((counts // 2).astype(np.float32))
    magnitude = onnx.node("Add", [onnx.node("Abs", [raw]), halves])
    magnitude = onnx.node("Floor", [onnx.node("Div", [magnitude, onnx.constant(counts.astype(np.float32))])])
    average = onnx.node("Mul", [onnx.node("Sign", [raw]), magnitude])
    steps = onnx.node("Sub", [average, onnx.constant(np.float32(zero_point))])
    return onnx.node("Mul", [steps, onnx.constant(np.float32(scale))])


def window_counts(window: Window, image: Tensor) -> NDArray[np.int64]:
    """How many pixels of the image each window covers, ``[1, 1, rows, columns]``; one number where all are equal."""
    covered = []
    for axis in range(2):
        first = np.arange(window.output[axis]) * window.stride[axis] - window.pad_before[axis]
        last = np.minimum(first + window.kernel[axis], image.shape[1 + axis])
        covered.append(last - np.maximum(first, 0))
    counts = np.outer(covered[0], covered[1])
    return np.full((1, 1, 1, 1), counts.flat[0]) if (counts == counts.flat[0]).all() else counts[None, None]


def _to_output(onnx: OnnxBuilder, output: Tensor, value: str, halves: NDArray[np.float64]) -> str:
    """Steps of the output, float64, rounded and as real numbers again."""
    scale, zero_point = quantization_of(output).scales[0], quantization_of(output).zero_points[0]
    if zero_point == INT8_MIN:
        # What is negative will be limited to 0, however it is rounded.
        whole = onnx.node("Floor", [onnx.node("Add", [value, onnx.constant(halves)])])
    else:
        magnitude = onnx.node("Floor", [onnx.node("Add", [onnx.node("Abs", [value]), onnx.constant(halves)])])
        whole = onnx.node("Mul", [onnx.node("Sign", [value]), magnitude])
    narrow = onnx.node("Cast", [whole], to=TensorProto.FLOAT)
    return onnx.node("Mul", [narrow, onnx.constant(np.float32(scale))])
