"""A memory plan for TensorFlow Lite Micro, embedded in the model.

TFLM places whole tensors in its arena, the largest first. Ours are placed by the compiler's own search, which knows when
it has reached the least that is possible, and a RESHAPE gets no memory of its own: TFLM's kernel copies nothing where
input and output are one place. The plan is an entry of the model's metadata that TFLM reads when it allocates.

Source: "Offline planned tensor allocations" in ``tensorflow/lite/micro/docs/memory_management.md``; lifetimes as in
``micro_allocation_info.cc`` (an operator's inputs live until its end, the outputs of the model until the end).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import Graph
from pipelines.compile.plan import Request, place
from pipelines.compile.reader import read_model
from pipelines.export.model_file import with_metadata

PLAN_NAME = "OfflineMemoryAllocation"
ALIGNMENT_BYTES = 16
"""``MicroArenaBufferAlignment()``"""

_FORMAT_VERSION = 1
_PLANNED_BY_TFLM = -1
_SHARE_MEMORY = frozenset({"RESHAPE", "SQUEEZE"})


@dataclass(frozen=True, slots=True)
class MicroPlan:
    """Where the tensors of a model lie.

    Args:
        offsets: bytes from the start of the arena, by tensor; constants have none.
        tensors: how many tensors the model has.
        arena_bytes: what all of them span.
        lower_bound_bytes: the least that any plan of whole tensors could span.
    """

    offsets: Mapping[int, int]
    tensors: int
    arena_bytes: int
    lower_bound_bytes: int

    def as_metadata(self) -> bytes:
        """The entry's content: version, number of subgraphs, number of offsets, offsets; int32, little endian."""
        offsets = [self.offsets.get(tensor, _PLANNED_BY_TFLM) for tensor in range(self.tensors)]
        return np.array([_FORMAT_VERSION, 1, len(offsets), *offsets], "<i4").tobytes()


def micro_plan(graph: Graph) -> MicroPlan:
    """The plan of a model with one subgraph and no variables.

    Raises:
        CompileError: it has several, or variables.
    """
    if len(graph.subgraphs) > 1 or any(tensor.variable for tensor in graph.tensors):
        raise CompileError(
            "the model has loops or keeps state between calls, and such models cannot be planned for TensorFlow Lite "
            "Micro; deploy the C library"
        )
    roots = _roots(graph)
    lives: dict[int, tuple[int, int]] = {}

    def live(tensor: int, step: int) -> None:
        first, last = lives.get(roots[tensor], (step, step))
        lives[roots[tensor]] = (min(first, step), max(last, step))

    live(graph.input, 0)
    for step, operator in enumerate(graph.operators, start=1):
        for tensor in (*operator.inputs, *operator.outputs):
            if tensor >= 0 and graph.tensors[tensor].data is None:
                live(tensor, step)
    live(graph.output, len(graph.operators))
    requests = [
        Request(root, graph.tensors[root].size_bytes, first, last) for root, (first, last) in lives.items()
    ]
    placement = place(requests, alignment=ALIGNMENT_BYTES)
    offsets = {tensor: placement.offsets[root] for tensor, root in roots.items() if root in lives}
    return MicroPlan(offsets, len(graph.tensors), placement.arena_bytes, placement.lower_bound_bytes)


def planned_model(model_file: bytes) -> tuple[bytes, MicroPlan]:
    """The model with its plan embedded.

    Raises:
        ModelFormatError: the file is no model.
        CompileError: such a model cannot be planned.
    """
    plan = micro_plan(read_model(model_file))
    return with_metadata(model_file, {PLAN_NAME: plan.as_metadata()}), plan


def _roots(graph: Graph) -> dict[int, int]:
    """For each computed tensor the one whose memory it shares, itself where it is alone."""
    roots = {graph.input: graph.input}
    for operator in graph.operators:
        for tensor in operator.outputs:
            source = operator.inputs[0] if operator.inputs else -1
            shares = operator.kind in _SHARE_MEMORY and source in roots
            roots[tensor] = roots[source] if shares else tensor
    return roots
