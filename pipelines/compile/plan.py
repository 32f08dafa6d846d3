"""Where each intermediate tensor lives in the arena, and when.

Rule: the model's input and output are the caller's own buffers; the arena holds everything else. The
input is only read. A tensor lives from the step that writes it to the last step that reads it, and
two tensors that live at the same time do not overlap.

Placement is greedy (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
2020): in a fixed order, each buffer goes to the lowest offset that is free during its life. Several
orders are tried, and one that fills an arena of the lower bound from both ends by turns, as a chain of
layers wants it; the smallest arena wins. No arena can be smaller than the most bytes that live at
once, which is the lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipelines.compile.graph import Graph, Tensor
from pipelines.compile.kernels import Step

ALIGNMENT_BYTES = 4


@dataclass(frozen=True)
class Buffer:
    """A piece of arena that lives from step `first` to step `last`, both included.

    `tensors` are the roots that share it: one, or several when steps work in place; none for the
    scratch memory of a step.
    """

    tensors: tuple[int, ...]
    size_bytes: int
    first: int
    last: int
    offset: int = 0


@dataclass(frozen=True)
class MemoryPlan:
    """The placed buffers, the bytes that they span, and the least that any placement would need."""

    buffers: tuple[Buffer, ...]
    arena_bytes: int
    lower_bound_bytes: int

    def tensor_offset(self, root: int) -> int:
        return next(buffer.offset for buffer in self.buffers if root in buffer.tensors)

    def scratch_offset(self, step: int) -> int:
        return next(buffer.offset for buffer in self.buffers if not buffer.tensors and buffer.first == step)


def plan_memory(graph: Graph, steps: Sequence[Step]) -> MemoryPlan:
    """Place every intermediate tensor of `graph`, whose operators were lowered to `steps`."""
    buffers = _merge_in_place(graph, steps, _tensor_buffers(graph))
    for index, step in enumerate(steps):
        if step.scratch_bytes:
            buffers.append(Buffer((), step.scratch_bytes, index, index))
    lower_bound = max(
        (sum(_aligned(each.size_bytes) for each in buffers if each.first <= step <= each.last))
        for step in range(max(len(steps), 1))
    )
    placements = [_place(sorted(buffers, key=order)) for order in _ORDERS]
    placements.append(_place_from_both_ends(sorted(buffers, key=_ORDERS[2]), lower_bound))
    best = min(placements, key=_span)
    return MemoryPlan(tuple(sorted(best, key=lambda each: each.first)), _span(best), lower_bound)


_ORDERS: tuple[Callable[[Buffer], tuple[int, ...]], ...] = (
    lambda buffer: (-buffer.size_bytes, buffer.first),
    lambda buffer: (-buffer.size_bytes * (buffer.last - buffer.first + 1), buffer.first),
    lambda buffer: (buffer.first, -buffer.size_bytes),
    lambda buffer: (-buffer.last, -buffer.size_bytes),
)


def _aligned(size_bytes: int) -> int:
    return -(-size_bytes // ALIGNMENT_BYTES) * ALIGNMENT_BYTES


def _span(buffers: Sequence[Buffer]) -> int:
    return max((buffer.offset + _aligned(buffer.size_bytes) for buffer in buffers), default=0)


def _tensor_buffers(graph: Graph) -> list[Buffer]:
    """One buffer for each root tensor that a step writes and that is not the caller's."""
    last_read: dict[int, int] = {}
    for index, operator in enumerate(graph.operators):
        for tensor in operator.inputs:
            if tensor >= 0:
                last_read[graph.root(tensor)] = index
    output = graph.root(graph.output)
    return [
        Buffer((root,), graph.tensors[root].size_bytes, index, max(index, last_read.get(root, index)))
        for index, operator in enumerate(graph.operators)
        for root in operator.outputs
        if root != output
    ]


def _merge_in_place(graph: Graph, steps: Sequence[Step], buffers: list[Buffer]) -> list[Buffer]:
    """Let the output of an element-wise step take over the buffer of an input that dies there."""
    for index, (operator, step) in enumerate(zip(graph.operators, steps, strict=True)):
        written = next((each for each in buffers if operator.outputs[0] in each.tensors), None)
        for position in step.in_place_inputs:
            root = graph.root(operator.inputs[position])
            read = next((each for each in buffers if root in each.tensors and each.last == index), None)
            if written is None or read is None or not _same_kind(graph, root, operator.outputs[0]):
                continue
            buffers = [each for each in buffers if each not in (read, written)]
            buffers.append(Buffer(read.tensors + written.tensors, read.size_bytes, read.first, written.last))
            break
    return buffers


def _same_kind(graph: Graph, first: int, second: int) -> bool:
    a: Tensor = graph.tensors[first]
    b: Tensor = graph.tensors[second]
    return a.dtype is b.dtype and a.size_bytes == b.size_bytes


def _place(buffers: Sequence[Buffer]) -> list[Buffer]:
    placed: list[Buffer] = []
    for buffer in buffers:
        placed.append(replace(buffer, offset=_lowest_offset(buffer, placed)))
    return placed


def _place_from_both_ends(buffers: Sequence[Buffer], arena_bytes: int) -> list[Buffer]:
    placed: list[Buffer] = []
    for turn, buffer in enumerate(buffers):
        top = arena_bytes - _aligned(buffer.size_bytes)
        rivals = _rivals(buffer, placed)
        fits_on_top = all(rival.offset + rival.size_bytes <= top for rival in rivals)
        offset = top if turn % 2 and fits_on_top else _lowest_offset(buffer, placed)
        placed.append(replace(buffer, offset=offset))
    return placed


def _rivals(buffer: Buffer, placed: Sequence[Buffer]) -> list[Buffer]:
    """The placed buffers that live at the same time."""
    return [each for each in placed if each.first <= buffer.last and buffer.first <= each.last]


def _lowest_offset(buffer: Buffer, placed: Sequence[Buffer]) -> int:
    offset = 0
    for rival in sorted(_rivals(buffer, placed), key=lambda each: each.offset):
        if offset + buffer.size_bytes <= rival.offset:
            break
        offset = max(offset, rival.offset + _aligned(rival.size_bytes))
    return offset
