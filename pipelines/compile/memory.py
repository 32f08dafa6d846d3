"""Which bytes a model's tensors and scratch need, from when to when: what `plan` is asked to place.

Everything lives in the arena. The input is written before the first step and lives until its last reader; the output
lives from its writer to the end; a tensor in between from its writer to its last reader; scratch while its step runs.
Where a step can work in place and its input dies there, the output takes over the input's bytes. Variables live for
ever, in front of all that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.plan import ALIGNMENT_BYTES, Request, aligned, place
from pipelines.compile.streaming.segment import Segment
from pipelines.compile.trails import step_trails


@dataclass(frozen=True)
class Buffer:
    """A piece of arena that holds `tensor`, or, where that is None, the scratch memory of steps `first` to `last`.

    It lives from step `first` to step `last`, both included.
    """

    tensor: int | None
    size_bytes: int
    first: int
    last: int
    offset: int = 0


@dataclass(frozen=True)
class MemoryPlan:
    """The placed buffers, the bytes that they span, and the least that any placement of them would need.

    The first `state_bytes` hold the variables, which nothing else ever overwrites.
    """

    buffers: tuple[Buffer, ...]
    arena_bytes: int
    lower_bound_bytes: int
    state_bytes: int
    alignment_bytes: int

    def tensor_offset(self, root: int) -> int:
        return next(buffer.offset for buffer in self.buffers if buffer.tensor == root)

    def scratch_of(self, step: int) -> Buffer:
        """The scratch memory of a step, which the steps of a segment share."""
        return next(
            buffer for buffer in self.buffers if buffer.tensor is None and buffer.first <= step <= buffer.last
        )


def plan_memory(
    graph: Graph, steps: Sequence[Step], segments: Sequence[Segment] = (), thorough: bool = True
) -> MemoryPlan:
    """Place the tensors of `graph`, whose operators were lowered to `steps`, and the steps' scratch memory.

    A segment is one moment: all that it reads and writes lives from its first step to its last, and the rings of its
    inner tensors too. `thorough` is that of `place`.
    """
    spans = {step: (step, step) for step in range(len(steps))}
    by_rows = {step: (each.first, each.last) for each in segments for step in each.steps}
    spans |= by_rows
    lives = {root: (spans[first][0], spans[last][1]) for root, (first, last) in tensor_lives(graph).items()}
    rings = {ring.tensor: ring for segment in segments for ring in segment.rings}
    requests = [
        Request(root, rings[root].size_bytes if root in rings else graph.tensors[root].size_bytes, *life)
        for root, life in lives.items()
        if graph.tensors[root].size_bytes and (root not in rings or rings[root].owner == root)
    ]
    scratch: dict[tuple[int, int], int] = {}
    for index, step in enumerate(steps):
        scratch[spans[index]] = max(step.scratch_bytes_for(index in by_rows), scratch.get(spans[index], 0))
    requests += [Request(("scratch", span), size, *span) for span, size in scratch.items() if size]
    trails = [
        trail
        for index in range(len(steps))
        if index not in by_rows
        for trail in step_trails(graph, steps, index, lives)
    ]
    trails += [segment.trail for segment in segments if segment.trail is not None]
    # With the input low, what the caller computes it from can lie in the arena behind it.
    alignment = _alignment(graph)
    placement = place(requests, trails, graph.input, thorough, alignment)
    states = _state_buffers(graph, alignment)
    state_bytes = sum(aligned(state.size_bytes, alignment) for state in states)
    buffers = [
        Buffer(
            request.key if isinstance(request.key, int) else None,
            request.size_bytes,
            request.first,
            request.last,
            state_bytes + placement.offsets[request.key],
        )
        for request in requests
    ]
    buffers += [
        Buffer(ring.tensor, ring.size_bytes, *lives[ring.tensor], state_bytes + placement.offsets[ring.owner])
        for ring in rings.values()
        if ring.owner != ring.tensor
    ]
    buffers.sort(key=lambda buffer: (buffer.first, buffer.tensor is None))
    return MemoryPlan(
        (*states, *buffers),
        state_bytes + placement.arena_bytes,
        state_bytes + placement.lower_bound_bytes,
        state_bytes,
        alignment,
    )


def _alignment(graph: Graph) -> int:
    """What the widest numbers want, but no less than words: kernels read words of bytes."""
    named = {tensor for each in graph.operators for tensor in (*each.inputs, *each.outputs) if tensor >= 0}
    tensors = [graph.tensors[tensor] for tensor in named]
    widest = max((tensor.dtype.numpy.itemsize for tensor in tensors if tensor.data is None), default=1)
    return max(ALIGNMENT_BYTES, widest)


def _state_buffers(graph: Graph, alignment: int) -> list[Buffer]:
    """One behind the other from the start of the arena."""
    states: list[Buffer] = []
    offset = 0
    for root in variables(graph):
        size_bytes = graph.tensors[root].size_bytes
        states.append(Buffer(root, size_bytes, 0, max(len(graph.operators) - 1, 0), offset))
        offset += aligned(size_bytes, alignment)
    return states


def variables(graph: Graph) -> list[int]:
    """The tensors that keep their content from one inference to the next, in the order of their first use."""
    roots = [graph.root(tensor) for each in graph.operators for tensor in each.inputs if tensor >= 0]
    return [root for root in dict.fromkeys(roots) if graph.tensors[root].variable]


def tensor_lives(graph: Graph) -> dict[int, tuple[int, int]]:
    """First and last step of each root tensor that is computed anew in every inference, and of the input."""
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
    if output in lives:
        lives[output] = (lives[output][0], end)
    return lives
