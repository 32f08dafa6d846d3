"""SPLIT, SPLIT_V and UNPACK become one operator for each output, which cuts a box out of the input.

A kernel writes one tensor. What the operator's table and its constants say is worked out here: each part has the
attributes `begin` and `size`, in the input's axes. Parts that nobody reads are dropped with all that is dead.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any, NoReturn

import tflite

from pipelines.compile.errors import ModelFormatError
from pipelines.compile.graph import Graph, Operator
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import reading


@graph_pass(order=5)
def single_outputs(graph: Graph) -> Graph:
    """Replace operators with several outputs whose parts are known; leave others to the kernels' messages."""
    operators: list[Operator] = []
    next_index = max((operator.index for operator in graph.operators), default=0) + 1
    for operator in graph.operators:
        with reading(f"layer {graph.layer_name(operator)!r} ({operator.kind})"):
            parts = _parts(graph, operator)
        if parts is None:
            operators.append(operator)
            continue
        for output, (begin, size) in zip(operator.outputs, parts, strict=True):
            attributes = MappingProxyType({"begin": begin, "size": size})
            inputs = (_data(operator),)
            operators.append(
                replace(operator, index=next_index, inputs=inputs, outputs=(output,), attributes=attributes)
            )
            next_index += 1
    return replace(graph, operators=tuple(operators))


def _data(operator: Operator) -> int:
    return operator.inputs[1 if operator.kind == "SPLIT" else 0]


def _parts(graph: Graph, operator: Operator) -> list[tuple[tuple[int, ...], tuple[int, ...]]] | None:
    """(begin, size) of each output, or nothing when this operator is another or its sizes are computed."""
    kinds = {"SPLIT": 2, "SPLIT_V": 3, "UNPACK": 1}
    if (
        operator.attributes
        or len(operator.inputs) != kinds.get(operator.kind, -1)
        or min(operator.inputs) < 0
    ):
        return None
    shape = graph.tensors[_data(operator)].shape
    count = len(operator.outputs)
    axis = _axis(graph, operator)
    if axis is None:
        return None
    if not -len(shape) <= axis < len(shape):
        _refuse(graph, operator, f"has the axis {axis} on the shape {list(shape)}")
    axis %= len(shape)
    lengths = _lengths(graph, operator, shape[axis], count)
    if lengths is None:
        return None
    if len(lengths) != count or sum(lengths) != shape[axis] or min(lengths) < 1:
        _refuse(graph, operator, f"makes {count} parts of lengths {lengths} from {list(shape)}")
    parts = []
    start = 0
    for output, length in zip(operator.outputs, lengths, strict=True):
        begin = tuple(start if each == axis else 0 for each in range(len(shape)))
        size = (*shape[:axis], length, *shape[axis + 1 :])
        kept = (*shape[:axis], *shape[axis + 1 :]) if operator.kind == "UNPACK" else size
        if graph.tensors[output].shape != kept:
            _refuse(
                graph, operator, f"has a part of shape {list(graph.tensors[output].shape)}, not {list(kept)}"
            )
        parts.append((begin, size))
        start += length
    return parts


def _axis(graph: Graph, operator: Operator) -> int | None:
    if operator.kind == "UNPACK":
        return int(
            _options(graph, operator, tflite.UnpackOptions, tflite.BuiltinOptions.UnpackOptions).Axis()
        )
    data = graph.tensors[operator.inputs[0 if operator.kind == "SPLIT" else 2]].data
    return None if data is None or data.size != 1 else int(data.reshape(-1)[0])


def _lengths(graph: Graph, operator: Operator, whole: int, count: int) -> list[int] | None:
    if operator.kind == "UNPACK":
        return [1] * count
    if operator.kind == "SPLIT":
        return [whole // count] * count
    data = graph.tensors[operator.inputs[1]].data
    if data is None:
        return None
    lengths: list[int] = data.reshape(-1).tolist()
    if lengths.count(-1) == 1:
        rest = whole - sum(length for length in lengths if length != -1)
        lengths[lengths.index(-1)] = rest
    return lengths


def _options(graph: Graph, operator: Operator, table: Any, code: int) -> Any:
    if operator.options is None or operator.options_type != code:
        _refuse(graph, operator, "lacks its options")
    options = table()
    options.Init(operator.options.Bytes, operator.options.Pos)
    return options


def _refuse(graph: Graph, operator: Operator, reason: str) -> NoReturn:
    raise ModelFormatError(
        f"layer {graph.layer_name(operator)!r} ({operator.kind}) {reason}; export the model again"
    )
