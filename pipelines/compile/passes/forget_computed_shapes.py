"""A TRANSPOSE_CONV needs no computed shape of its output: the file says the shape for batch 1.

Converters put SHAPE, STRIDED_SLICE and PACK in front of it for a batch of any size.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.compile.graph import Graph
from pipelines.compile.passes.registry import graph_pass


@graph_pass(order=15)
def forget_computed_shapes(graph: Graph) -> Graph:
    """Drop the first input of every TRANSPOSE_CONV that computes it."""
    operators = tuple(
        replace(operator, inputs=(-1, *operator.inputs[1:]))
        if operator.kind == "TRANSPOSE_CONV"
        and operator.inputs
        and operator.inputs[0] >= 0
        and graph.tensors[operator.inputs[0]].data is None
        else operator
        for operator in graph.operators
    )
    return replace(graph, operators=operators)
