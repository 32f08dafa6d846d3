"""How the output of a step may lie in the bytes of the inputs that it is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.plan import Trail


def step_trails(
    graph: Graph, steps: Sequence[Step], index: int, lives: Mapping[int, tuple[int, int]]
) -> list[Trail]:
    """How the output of step `index` may lie in the bytes of its inputs that nobody reads later."""
    output = graph.root(graph.output)
    return [
        trail
        for source, trail in possible_trails(graph, steps[index], index).items()
        if source in lives and lives[source][1] == index and source != output
    ]


def possible_trails(graph: Graph, step: Step, index: int) -> dict[int, Trail]:
    """How the output of operator `index` may lie in the bytes of each of its inputs, by the input's root."""
    operator = graph.operators[index]
    target = operator.outputs[0]
    positions: dict[int, set[int]] = {}
    for position, tensor in enumerate(operator.inputs):
        if tensor >= 0:
            positions.setdefault(graph.root(tensor), set()).add(position)
    trails: dict[int, Trail] = {}
    # What is read through several inputs has to allow it in all of them.
    for source, through in positions.items():
        if through <= set(step.trails):
            trails[source] = Trail(source, target, min(step.trails[position] for position in through))
        elif through <= set(step.in_place_inputs) and _fits(graph, source, target):
            trails[source] = Trail(source, target, 0, 0)
    return trails


def _fits(graph: Graph, source: int, target: int) -> bool:
    a, b = graph.tensors[source], graph.tensors[target]
    return a.dtype is b.dtype and a.size_bytes >= b.size_bytes
