"""How many multiply-accumulates a model asks for, before any pass: what its author would count."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipelines.compile.graph import Graph, Operator


def model_macs(graph: Graph, executed: Mapping[tuple[int, ...], int]) -> int:
    """Of all operators of a graph as it was read.

    Of operators that no pass narrows (recurrent ones), ``executed`` has what their kernels do, by their outputs.
    """
    return sum(
        _operator_macs(graph, operator) or executed.get(operator.outputs, 0) for operator in graph.operators
    )


def _operator_macs(graph: Graph, operator: Operator) -> int:
    output = graph.tensors[operator.outputs[0]].elements if operator.outputs else 0
    shapes = [graph.tensors[tensor].shape if tensor >= 0 else () for tensor in operator.inputs]
    if len(shapes) < 2 or not shapes[0] or not shapes[1]:
        return 0
    image, weights = shapes[0], shapes[1]
    if operator.kind == "CONV_2D":
        return output * math.prod(weights[1:])
    if operator.kind == "DEPTHWISE_CONV_2D":
        return output * math.prod(weights[1:3])
    if operator.kind == "FULLY_CONNECTED":
        return output * weights[-1]
    if operator.kind == "BATCH_MATMUL":
        return output * image[-1]
    if operator.kind == "TRANSPOSE_CONV" and len(shapes) > 2:
        return math.prod(shapes[2]) * weights[0] * math.prod(weights[1:3])
    return 0
