"""Operators that would copy every element to the place that it has already become views.

A TRANSPOSE that only moves axes of size 1, a slice of the whole tensor, the only part of a SPLIT or UNPACK, and a
PACK of one tensor. They turn into a RESHAPE, which costs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from pipelines.compile.graph import Graph, Operator
from pipelines.compile.passes.registry import graph_pass

_BOXES = {"SLICE", "STRIDED_SLICE", "SPLIT", "SPLIT_V", "UNPACK"}


@graph_pass(order=90)
def copies_as_views(graph: Graph) -> Graph:
    """Turn such operators into RESHAPE; those with broken operands are left to their kernels' messages."""
    return replace(
        graph,
        operators=tuple(
            replace(
                operator,
                kind="RESHAPE",
                inputs=operator.inputs[:1],
                options=None,
                attributes=MappingProxyType({}),
            )
            if _copies_in_place(graph, operator)
            else operator
            for operator in graph.operators
        ),
    )


def _copies_in_place(graph: Graph, operator: Operator) -> bool:
    if not operator.inputs or min(operator.inputs) < 0 or len(operator.outputs) != 1:
        return False
    source, target = graph.tensors[operator.inputs[0]], graph.tensors[operator.outputs[0]]
    if source.elements != target.elements or source.dtype is not target.dtype:
        return False
    if operator.kind == "PACK":
        return len(operator.inputs) == 1
    if operator.kind == "TRANSPOSE" and len(operator.inputs) == 2:
        permutation = graph.tensors[operator.inputs[1]].data
        return permutation is not None and _keeps_order(permutation.reshape(-1).tolist(), source.shape)
    if operator.kind == "STRIDED_SLICE" and len(operator.inputs) == 4:
        strides = graph.tensors[operator.inputs[3]].data
        return strides is not None and bool(np.all(strides > 0))
    return operator.kind in _BOXES - {"STRIDED_SLICE"}


def _keeps_order(permutation: list[int], shape: tuple[int, ...]) -> bool:
    rank = len(shape)
    if sorted(axis % max(rank, 1) for axis in permutation) != list(range(rank)):
        return False
    wide = [axis % rank for axis in permutation if shape[axis % rank] > 1]
    return wide == sorted(wide)
