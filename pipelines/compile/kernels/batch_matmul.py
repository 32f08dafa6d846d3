"""BATCH_MATMUL (the products of attention) in int8, int16 and float32, of computed or constant operands.

Source: `reference_ops::BatchMatMul` and `tensorflow/lite/kernels/batch_matmul.cc`, which passes the operands in
reverse: its output is the transposed product of transposed matrices, and so the same.
"""

from __future__ import annotations

import math

import numpy as np
import tflite

from pipelines.compile.graph import DType, Shape
from pipelines.compile.kernels.base import Constant, Fields, Layer, Step, kernel
from pipelines.compile.kernels.int16 import int16_scale, reduced_multiplier
from pipelines.compile.quantize import INT32_MAX, Multiplier, quantize_multiplier

BATCH_AXES = 3
_SCRATCH = {DType.INT8: "int16_t", DType.INT16: "int16_t", DType.FLOAT32: "float"}
# 2**17 products of int16 values sum to less than 2**47, which the reference asserts.
MAX_DEPTH_INT16 = (1 << 17) - 1


@kernel("BATCH_MATMUL")
def batch_matmul(layer: Layer) -> Step:
    """Left [..., rows, depth] ([..., depth, rows] with adj_x), right [..., depth, columns] ([..., columns, depth]
    with adj_y), output [..., rows, columns]; leading axes broadcast."""
    options = layer.options(tflite.BatchMatMulOptions)
    left, right = layer.input(0), layer.input(1)
    layer.require_non_empty(left, right)
    right_dtype = DType.INT16 if _is_narrow_constant(layer) else right.dtype
    dtype = layer.require_types(left, layer.output, int16=True)
    if right_dtype is not dtype:
        layer.unsupported(
            f"multiplies {left.dtype.value} with {right.dtype.value}", "quantize both operands alike"
        )
    geometry, depth = _geometry(layer, bool(options.AdjX()), bool(options.AdjY()))
    operands = [_operand(layer, position) for position in (0, 1)]
    output = layer.output
    return Step(
        call=f"batch_matmul_{dtype.value}({{parameters}}, {operands[0][0]}, {operands[1][0]}, {{scratch}}, {{output}})",
        source=f"batch_matmul_{dtype.value}.h",
        parameters_type=f"batch_matmul_{dtype.value}_parameters",
        parameters={"geometry": geometry, **_scaling(layer, dtype, depth)},
        constants=(*operands[0][1], *operands[1][1]),
        macs=output.elements * depth,
        scratch_bytes=depth * (4 if dtype is DType.FLOAT32 else 2),
        scratch_type=_SCRATCH[dtype],
    )


def _is_narrow_constant(layer: Layer) -> bool:
    """Whether the right operand is a constant of int8 beside int16 values; it is widened."""
    right = layer.input(1)
    return layer.output.dtype is DType.INT16 and right.dtype is DType.INT8 and right.data is not None


def _operand(layer: Layer, position: int) -> tuple[str, tuple[Constant, ...]]:
    name, constants = layer.operand(position)
    if position == 1 and _is_narrow_constant(layer):
        constants = tuple(Constant(each.name, "int16_t", each.values) for each in constants)
    return name, constants


def _geometry(layer: Layer, adj_x: bool, adj_y: bool) -> tuple[Fields, int]:
    """The struct `batch_matmul_geometry`, and the depth."""
    left, right = layer.input(0).shape, layer.input(1).shape
    rank = max(len(left), len(right))
    if min(len(left), len(right)) < 2 or rank > BATCH_AXES + 2:
        layer.unsupported(
            f"multiplies {list(left)} with {list(right)}", f"use 2 to {BATCH_AXES + 2} axes for each"
        )
    rows, depth = (left[-1], left[-2]) if adj_x else (left[-2], left[-1])
    right_depth, columns = (right[-1], right[-2]) if adj_y else (right[-2], right[-1])
    if depth != right_depth:
        layer.malformed(f"multiplies {list(left)} with {list(right)}")
    left_batches, right_batches = _batches(left), _batches(right)
    batches = []
    for first, second in zip(left_batches, right_batches, strict=True):
        if first != second and 1 not in (first, second):
            layer.malformed(f"cannot broadcast {list(left)} to {list(right)}")
        batches.append(max(first, second))
    layer.require_shape(layer.output, (*batches[BATCH_AXES + 2 - rank :], rows, columns))
    geometry: Fields = {
        "batches": tuple(batches),
        "left_batch_stride": _batch_strides(left_batches, rows * depth),
        "right_batch_stride": _batch_strides(right_batches, columns * depth),
        "rows": rows,
        "columns": columns,
        "depth": depth,
        "left_row_stride": 1 if adj_x else depth,
        "left_step": rows if adj_x else 1,
        "right_column_stride": depth if adj_y else 1,
        "right_step": 1 if adj_y else columns,
    }
    return geometry, depth


def _batches(shape: Shape) -> Shape:
    """The leading axes, filled up to three."""
    return (1,) * (BATCH_AXES + 2 - len(shape)) + shape[:-2]


def _batch_strides(batches: Shape, matrix: int) -> tuple[int, ...]:
    return tuple(
        0 if size == 1 else matrix * math.prod(batches[axis + 1 :]) for axis, size in enumerate(batches)
    )


def _scaling(layer: Layer, dtype: DType, depth: int) -> dict[str, int]:
    """Zero points and the product of the scales, which the reference forms in float32 as for dense layers."""
    if dtype is DType.FLOAT32:
        return {}
    if dtype is DType.INT16:
        if depth > MAX_DEPTH_INT16:
            layer.unsupported(f"adds up {depth} products", f"use at most {MAX_DEPTH_INT16}")
        ratio = _ratio(
            int16_scale(layer, layer.input(0)), _right_scale(layer), int16_scale(layer, layer.output)
        )
        reduced = reduced_multiplier(layer, ratio)
        return {"multiplier": reduced.mantissa, "right_shift": reduced.shift}
    if depth * 255 * 255 > INT32_MAX:
        layer.unsupported(f"adds up {depth} products", "use matrices of at most 33,000 columns")
    (left, left_zero), (right, right_zero) = (
        layer.scale_and_zero_point(layer.input(each)) for each in (0, 1)
    )
    output, output_zero = layer.scale_and_zero_point(layer.output)
    multiplier = _ratio(left, right, output)
    return {
        "left_zero_point": left_zero,
        "right_zero_point": right_zero,
        "multiplier": multiplier.mantissa,
        "shift": multiplier.shift,
        "zero_point": output_zero,
    }


def _right_scale(layer: Layer) -> float:
    if not _is_narrow_constant(layer):
        return int16_scale(layer, layer.input(1))
    scale, zero_point = layer.scale_and_zero_point(layer.input(1))
    if zero_point:
        layer.unsupported("has asymmetric weights", "quantize weights symmetrically")
    return scale


def _ratio(left: float, right: float, output: float) -> Multiplier:
    with np.errstate(over="ignore"):
        product = float(np.float32(left) * np.float32(right))
    return quantize_multiplier(product / output)
