"""The arithmetic on shapes that converters leave in a model, done at compile time.

With a batch of any size, a converter does not write down the shape that a RESHAPE makes, but operators that work it out
from the shape of another tensor. The compiler knows every shape, so these are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType, Operator, Tensor

Values = npt.NDArray[Any]
# Shapes are short; what is longer is data.
MAX_ELEMENTS = 64
_INTEGERS = {DType.INT32, DType.INT64}


def known_value(operator: Operator, tensors: Sequence[Tensor]) -> Values | None:
    """The value of an operator that computes a few integers from known ones; nothing for any other."""
    output = tensors[operator.outputs[0]]
    function = _FUNCTIONS.get(operator.kind)
    if function is None or output.dtype not in _INTEGERS or len(operator.outputs) != 1:
        return None
    inputs = [tensors[index] for index in operator.inputs if index >= 0]
    if operator.kind == "SHAPE":
        return np.array(inputs[0].shape, output.dtype.numpy)
    if not inputs or any(each.data is None or each.dtype not in _INTEGERS for each in inputs):
        return None
    data = [each.data for each in inputs if each.data is not None]
    if max(each.size for each in data) > MAX_ELEMENTS:
        return None
    try:
        value = np.asarray(function(operator, data), output.dtype.numpy)
    except (ArithmeticError, ValueError, IndexError, TypeError):
        return None
    return value if 0 < value.size <= MAX_ELEMENTS else None


def options_of(operator: Operator, table: Any) -> Any:
    """The operator's options, a `tflite` table; its defaults cannot be told from those that the file lacks."""
    options = table()
    if operator.options is None:
        raise ValueError(f"{operator.kind} lacks its options")
    options.Init(operator.options.Bytes, operator.options.Pos)
    return options


def _gather(operator: Operator, data: list[Values]) -> Values:
    return np.take(data[0], data[1], axis=options_of(operator, tflite.GatherOptions).Axis())


def _concatenation(operator: Operator, data: list[Values]) -> Values:
    return np.concatenate(data, axis=options_of(operator, tflite.ConcatenationOptions).Axis())


def _pack(operator: Operator, data: list[Values]) -> Values:
    return np.stack(data, axis=options_of(operator, tflite.PackOptions).Axis())


def _product(operator: Operator, data: list[Values]) -> Values:
    keep = bool(options_of(operator, tflite.ReducerOptions).KeepDims())
    axes = tuple(int(axis) for axis in data[1].reshape(-1))
    return np.asarray(np.prod(data[0], axis=axes, keepdims=keep))


def _strided_slice(operator: Operator, data: list[Values]) -> Values:
    """Of a list of numbers, with the masks that are of use there."""
    options = options_of(operator, tflite.StridedSliceOptions)
    if data[0].ndim != 1 or data[1].size != 1 or options.EllipsisMask() or options.NewAxisMask():
        raise ValueError("slices more than a list")
    begin, end, stride = (int(each.reshape(-1)[0]) for each in data[1:4])
    if options.ShrinkAxisMask() & 1:
        return np.asarray(data[0][begin])
    return data[0][
        None if options.BeginMask() & 1 else begin : None if options.EndMask() & 1 else end : stride
    ]


def _slice(operator: Operator, data: list[Values]) -> Values:
    begin, size = (int(each.reshape(-1)[0]) for each in data[1:3])
    return data[0][begin : None if size == -1 else begin + size]


_FUNCTIONS: dict[str, Callable[[Operator, list[Values]], Values]] = {
    "SHAPE": lambda operator, data: data[0],
    "GATHER": _gather,
    "CONCATENATION": _concatenation,
    "PACK": _pack,
    "REDUCE_PROD": _product,
    "STRIDED_SLICE": _strided_slice,
    "SLICE": _slice,
    "CAST": lambda operator, data: data[0],
    "ADD": lambda operator, data: data[0] + data[1],
    "SUB": lambda operator, data: data[0] - data[1],
    "MUL": lambda operator, data: data[0] * data[1],
    "MAXIMUM": lambda operator, data: np.maximum(data[0], data[1]),
    "MINIMUM": lambda operator, data: np.minimum(data[0], data[1]),
    "SQUEEZE": lambda operator, data: np.squeeze(data[0]),
    "EXPAND_DIMS": lambda operator, data: np.expand_dims(data[0], int(data[1].reshape(-1)[0])),
    "RESHAPE": lambda operator, data: data[0].reshape(data[1].reshape(-1).tolist()),
}
