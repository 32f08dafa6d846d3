"""Operators that only rename bytes become views: they cost neither time nor memory."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from pipelines.compile.errors import ModelFormatError
from pipelines.compile.graph import Graph
from pipelines.compile.passes.registry import graph_pass

VIEW_KINDS = frozenset({"RESHAPE", "EXPAND_DIMS", "SQUEEZE"})


@graph_pass(order=100)
def alias_views(graph: Graph) -> Graph:
    """Drop every RESHAPE, EXPAND_DIMS and SQUEEZE, and let its output share the bytes of its input."""
    views = dict(graph.views)
    kept = []
    for operator in graph.operators:
        if operator.kind not in VIEW_KINDS or not operator.inputs or operator.inputs[0] < 0:
            kept.append(operator)
            continue
        source, target = graph.tensors[operator.inputs[0]], graph.tensors[operator.outputs[0]]
        if source.elements != target.elements or source.dtype is not target.dtype:
            raise ModelFormatError(
                f"layer {graph.layer_name(operator)!r}: {operator.kind} cannot turn {source.dtype.value}"
                f"{list(source.shape)} into {target.dtype.value}{list(target.shape)}"
            )
        views[target.index] = source.index
    return replace(graph, operators=tuple(kept), views=MappingProxyType(views))
