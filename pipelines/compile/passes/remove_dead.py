"""Drop operators whose results nothing reads.

Among them are the SHAPE, STRIDED_SLICE and PACK that a converter puts in front of a RESHAPE with
a dynamic batch: the shapes in the file are those of batch 1, and the views need nothing else.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.compile.graph import Graph
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import WITHOUT_OUTPUT


@graph_pass(order=900)
def remove_dead(graph: Graph) -> Graph:
    """Keep the operators that the output or a later inference depends on, in their order."""
    needed = {graph.root(graph.output)}
    kept = []
    for operator in reversed(graph.operators):
        if operator.kind not in WITHOUT_OUTPUT and needed.isdisjoint(operator.outputs):
            continue
        kept.append(operator)
        needed.update(graph.root(tensor) for tensor in operator.inputs if tensor >= 0)
    return replace(graph, operators=tuple(reversed(kept)))
