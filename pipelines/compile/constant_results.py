"""What operators make of constants, worked out when compiling exactly as the reference kernels do.

A function (layer, inputs) with `@folds("KIND")` returns the output's array, or None where it has no answer; the
operator then stays in the graph. `inputs` are the arrays of the constant inputs, in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, float_limits, lower
from pipelines.compile.kernels.copies import copied
from pipelines.compile.tables import UNARY_KINDS, function_of_two_int8, table_of_int8

Array = npt.NDArray[Any]
Fold = Callable[[Layer, Sequence[Array]], "Array | None"]

# Beyond this a constant of several others would only fill the flash.
MAX_VALUES = 1 << 16
FOLDS: dict[str, Fold] = {}
_INDICES = {DType.INT32, DType.INT64}


def folds(*kinds: str) -> Callable[[Fold], Fold]:
    """Register a function as what computes these operators on constants."""

    def register(function: Fold) -> Fold:
        for kind in kinds:
            FOLDS[kind] = function
        return function

    return register


def constant_result(layer: Layer) -> Array | None:
    """The operator's output where all of its inputs are constants; None where it has to stay."""
    function = FOLDS.get(layer.kind)
    operator = layer.operator
    if function is None or len(operator.outputs) != 1 or not operator.inputs or layer.output.elements == 0:
        return None
    if layer.kind == "SHAPE":
        return function(layer, ())
    tensors = [layer.optional_input(position) for position in range(len(operator.inputs))]
    inputs = [tensor.data for tensor in tensors if tensor is not None and tensor.data is not None]
    if len(inputs) != len(tensors) or any(each.size == 0 for each in inputs):
        return None
    found = function(layer, inputs)
    if found is None or found.shape != layer.output.shape:
        return None
    return np.ascontiguousarray(found.astype(layer.output.dtype.numpy))


@folds("SHAPE")
def shape(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """All shapes are known; those of the file are of batch 1."""
    found = np.array(layer.input(0).shape, layer.output.dtype.numpy)
    return found if layer.output.dtype in _INDICES and found.shape == layer.output.shape else None


@folds("TRANSPOSE", "SLICE", "STRIDED_SLICE", "SPLIT", "SPLIT_V", "UNPACK")
def move(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """As the kernel would copy it."""
    if layer.output.dtype is DType.INT4:
        return None
    return copied(lower(layer.graph, layer.operator, layer.choices), inputs[0], layer.output.shape)


@folds("PACK", "CONCATENATION")
def join(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """Of tensors of one type and, where they are quantized, of the same numbers."""
    packs = layer.kind == "PACK"
    table = layer.options(tflite.PackOptions if packs else tflite.ConcatenationOptions)
    tensors = [layer.input(position) for position in range(len(inputs))]
    numbers = {(each.dtype, each.quantization) for each in (*tensors, layer.output)}
    shapes = {each.shape for each in tensors}
    axis, rank = int(table.Axis()), len(layer.output.shape)
    if len(numbers) != 1 or not -rank <= axis < rank:
        return None
    if packs:
        return np.stack(inputs, axis) if len(shapes) == 1 else None
    axis %= rank
    others = {(each[:axis], each[axis + 1 :]) for each in shapes if len(each) == rank}
    fits = len(others) == 1 and all(len(each) == rank for each in shapes)
    return np.concatenate(inputs, axis) if fits and not table.FusedActivationFunction() else None


@folds("GATHER")
def gather(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """Along one axis."""
    table = layer.options(tflite.GatherOptions)
    data, positions = inputs
    axis, batch_axes = int(table.Axis()), int(table.BatchDims()) if hasattr(table, "BatchDims") else 0
    if batch_axes or not -data.ndim <= axis < data.ndim or layer.input(1).dtype not in _INDICES:
        return None
    if positions.min() < 0 or positions.max() >= data.shape[axis] or data.dtype != layer.output.dtype.numpy:
        return None
    return np.take(data, positions, axis) if layer.output.elements <= MAX_VALUES else None


@folds("CAST")
def cast(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """Between integers, and from them to float32: never where a value would not fit."""
    target = layer.output.dtype
    if layer.input(0).dtype not in _INDICES or target not in _INDICES | {DType.FLOAT32}:
        return None
    changed = inputs[0].astype(target.numpy)
    return changed if target is DType.FLOAT32 or (changed == inputs[0]).all() else None


@folds("ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM")
def arithmetic(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """Of indices, of float32 (one rounding, as in C), and of int8 in the arithmetic of quantized layers."""
    dtypes = {layer.input(0).dtype, layer.input(1).dtype, layer.output.dtype}
    if (
        len(inputs) != 2
        or len(dtypes) != 1
        or np.broadcast_shapes(*(each.shape for each in inputs)) != layer.output.shape
    ):
        return None
    dtype = dtypes.pop()
    if dtype is DType.INT8:
        compute = function_of_two_int8(layer)
        return None if compute is None else compute(*(each.astype(np.int64) for each in inputs))
    if dtype not in _INDICES | {DType.FLOAT32}:
        return None
    functions = {
        "ADD": np.add,
        "SUB": np.subtract,
        "MUL": np.multiply,
        "MAXIMUM": np.maximum,
        "MINIMUM": np.minimum,
    }
    tables = {"ADD": tflite.AddOptions, "SUB": tflite.SubOptions, "MUL": tflite.MulOptions}
    activation = "NONE"
    if layer.kind in tables:
        activation = layer.activation(layer.options(tables[layer.kind]).FusedActivationFunction())
    with np.errstate(all="ignore"):
        found: Array = functions[layer.kind](*inputs)
    if dtype is not DType.FLOAT32:
        return found if activation == "NONE" else None
    return (
        np.clip(found, *np.array(float_limits(activation), np.float32)) if np.isfinite(found).all() else None
    )


@folds(*UNARY_KINDS)
def function(layer: Layer, inputs: Sequence[Array]) -> Array | None:
    """Of one int8 value, by the table of its layer; QUANTIZE of float32 by its definition."""
    if len(inputs) != 1:
        return None
    if (
        layer.kind == "QUANTIZE"
        and layer.input(0).dtype is DType.FLOAT32
        and layer.output.dtype is DType.INT8
    ):
        scale, zero_point = layer.scale_and_zero_point(layer.output)
        real = (inputs[0] / np.float32(scale)).astype(np.float64)
        rounded = np.copysign(np.floor(np.abs(real) + 0.5), real) + zero_point
        return np.clip(rounded, -128, 127)
    table = table_of_int8(layer, constant=True)
    return None if table is None else table[inputs[0].astype(np.int64) + 128]
