"""Which bytes a model's tensors and scratch need, from when to when: what `plan` is asked to place.

Everything lives in the arena. The input is written before the first step and lives until its last reader; the output
lives from its writer to the end; a tensor in between from its writer to its last reader; scratch while its step runs.
Where a step can work in place and its input dies there, the output takes over the input's bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.plan import Request, Trail, place


@dataclass(frozen=True)
class Buffer:
    """A piece of arena that holds `tensor`, or, where that is None, the scratch memory of step `first`.

    It lives from step `first` to step `last`, both included.
    """

    tensor: int | None
    size_bytes: int
    first: int
    last: int
    offset: int = 0


@dataclass(frozen=True)
class MemoryPlan:
    """The placed buffers, the bytes that they span, and the least that any placement of them would need."""

    buffers: tuple[Buffer, ...]
    arena_bytes: int
    lower_bound_bytes: int

    def tensor_offset(self, root: int) -> int:
        return next(buffer.offset for buffer in self.buffers if buffer.tensor == root)

    def scratch_offset(self, step: int) -> int:
        return next(
            buffer.offset for buffer in self.buffers if buffer.tensor is None and buffer.first == step
        )


def plan_memory(graph: Graph, steps: Sequence[Step]) -> MemoryPlan:
    """Place the tensors of `graph`, whose operators were lowered to `steps`, and the steps' scratch memory."""
    lives = tensor_lives(graph)
    requests = [
        Request(root, graph.tensors[root].size_bytes, first, last) for root, (first, last) in lives.items()
    ]
    requests += [
        Request(("scratch", index), step.scratch_bytes, index, index)
        for index, step in enumerate(steps)
        if step.scratch_bytes
    ]
    # With the input low, what the caller computes it from can lie in the arena behind it.
    trails = [trail for index in range(len(steps)) for trail in step_trails(graph, steps, index, lives)]
    placement = place(requests, trails, low=graph.input)
    buffers = [
        Buffer(
            request.key if isinstance(request.key, int) else None,
            request.size_bytes,
            request.first,
            request.last,
            placement.offsets[request.key],
        )
        for request in requests
    ]
    buffers.sort(key=lambda buffer: (buffer.first, buffer.tensor is None))
    return MemoryPlan(tuple(buffers), placement.arena_bytes, placement.lower_bound_bytes)


def tensor_lives(graph: Graph) -> dict[int, tuple[int, int]]:
    """First and last step of each root tensor that the arena holds."""
    end = max(len(graph.operators) - 1, 0)
    lives = {graph.input: (0, 0)}
    for index, operator in enumerate(graph.operators):
        for tensor in operator.inputs:
            root = graph.root(tensor) if tensor >= 0 else -1
            if root in lives:
                lives[root] = (lives[root][0], index)
        for tensor in operator.outputs:
            lives[tensor] = (index, index)
    output = graph.root(graph.output)
    lives[output] = (lives[output][0], end)
    return lives


def step_trails(
    graph: Graph, steps: Sequence[Step], index: int, lives: Mapping[int, tuple[int, int]]
) -> list[Trail]:
    """How the output of step `index` may lie in the bytes of its inputs that nobody reads later."""
    operator = graph.operators[index]
    target = operator.outputs[0]
    trails = []
    for position in steps[index].in_place_inputs:
        source = graph.root(operator.inputs[position])
        dies = source in lives and lives[source][1] == index and source != graph.root(graph.output)
        if dies and _fits(graph, source, target):
            trails.append(Trail(source, target, 0, 0))
    return trails


def _fits(graph: Graph, source: int, target: int) -> bool:
    a, b = graph.tensors[source], graph.tensors[target]
    return a.dtype is b.dtype and a.size_bytes >= b.size_bytes
