"""Of operators that compute the same from the same tensors, the first is enough.

Two constants with the same content count as one. Only operators are compared whose tables hold plain numbers, which
are equal where the bytes of the tables are.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from pipelines.compile.graph import Graph, Operator, Tensor
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import reading

_KINDS = {
    "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "AVERAGE_POOL_2D", "MAX_POOL_2D", "ADD", "SUB", "MUL", "MEAN",
    "MAXIMUM", "MINIMUM", "SOFTMAX", "LOGISTIC", "TANH", "RELU", "RELU6", "QUANTIZE", "DEQUANTIZE", "PAD", "PADV2",
    "TRANSPOSE", "CONCATENATION",
}  # fmt: skip


@graph_pass(order=25)
def merge_equal(graph: Graph) -> Graph:
    """Let the readers of every repetition read the first result."""
    seen: dict[Hashable, int] = {}
    contents: dict[Hashable, int] = {}
    instead: dict[int, int] = {}
    kept = []
    for original in graph.operators:
        inputs = tuple(instead.get(tensor, tensor) for tensor in original.inputs)
        operator = replace(original, inputs=inputs)
        key = _key(graph, operator, contents)
        first = seen.get(key) if key is not None else None
        if first is None or operator.outputs[0] == graph.output:
            kept.append(operator)
            if key is not None and first is None:
                seen[key] = operator.outputs[0]
        else:
            instead[operator.outputs[0]] = first
    return replace(graph, operators=tuple(kept)) if instead else graph


def _key(graph: Graph, operator: Operator, contents: dict[Hashable, int]) -> Hashable | None:
    if operator.kind not in _KINDS or len(operator.outputs) != 1 or operator.attributes:
        return None
    target = graph.tensors[operator.outputs[0]]
    inputs = tuple(
        _identity(graph.tensors[each], contents) if each >= 0 else each for each in operator.inputs
    )
    return (
        operator.kind,
        inputs,
        target.shape,
        target.dtype,
        target.quantization,
        _table(operator),
        operator.padding,
    )


def _identity(tensor: Tensor, contents: dict[Hashable, int]) -> int:
    """The same number for constants of the same content."""
    if tensor.data is None:
        return tensor.index
    key = (tensor.shape, tensor.dtype, tensor.quantization, tensor.data.tobytes())
    return contents.setdefault(key, tensor.index)


def _table(operator: Operator) -> Hashable:
    """The layout and the content of the flatbuffer table of an operator's options."""
    table: Any = operator.options
    if table is None:
        return None
    with reading(f"the options of operator {operator.index}"):
        data, start = bytes(table.Bytes), int(table.Pos)
        layout = start - struct.unpack_from("<i", data, start)[0]
        layout_bytes, table_bytes = struct.unpack_from("<HH", data, layout)
        return (
            operator.options_type,
            data[layout : layout + layout_bytes],
            data[start + 4 : start + table_bytes],
        )
