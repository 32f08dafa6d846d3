"""A function behind a convolution or dense layer that only clamps becomes part of that layer's own clamp.

The layer makes values in a range that is known; if, in that range, the table of the function is
min(max(x, low), high), the layer can end with it. Converters fuse RELU and RELU6 themselves; what is left over is
RELU_N1_TO_1, MINIMUM and MAXIMUM as tables, and activations that were rescaled to the same numbers.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import DType, Graph, Operator
from pipelines.compile.kernels.base import Layer
from pipelines.compile.options import CompileOptions
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.tables import UNARY_KINDS, table_of_int8

_PRODUCERS = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}


@graph_pass(order=50)
def fuse_activation(graph: Graph) -> Graph:
    """Give the clamp to the layer, and leave a view in place of the function."""
    readers: dict[int, int] = {}
    for operator in graph.operators:
        for tensor in operator.inputs:
            readers[tensor] = readers.get(tensor, 0) + 1
    makers = {operator.outputs[0]: operator for operator in graph.operators if operator.kind in _PRODUCERS}
    changed: dict[int, Operator] = {}
    for operator in graph.operators:
        maker = makers.get(operator.inputs[0]) if operator.kind in UNARY_KINDS and operator.inputs else None
        if maker is None or readers[operator.inputs[0]] != 1 or operator.inputs[0] == graph.output:
            continue
        clamp = _clamp(graph, operator)
        if clamp is not None and graph.tensors[maker.outputs[0]].dtype is DType.INT8:
            attributes = MappingProxyType({**maker.attributes, "clamp": clamp})
            changed[maker.index] = replace(maker, attributes=attributes)
            view = replace(
                operator, kind="RESHAPE", options=None, options_type=0, attributes=MappingProxyType({})
            )
            changed[operator.index] = view
    return replace(graph, operators=tuple(changed.get(each.index, each) for each in graph.operators))


def _clamp(graph: Graph, operator: Operator) -> tuple[int, int] | None:
    """(low, high) where the operator computes min(max(x, low), high) for every int8."""
    try:
        table = table_of_int8(Layer(graph, operator, CompileOptions()))
    except CompileError:
        return None
    if table is None:
        return None
    low, high = int(table.min()), int(table.max())
    same = bool((table == np.clip(np.arange(-128, 128), low, high)).all())
    return (low, high) if same else None
