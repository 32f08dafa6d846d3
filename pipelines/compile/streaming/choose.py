"""Which segments to take: the least memory, or the least extra work within a limit."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.memory import plan_memory
from pipelines.compile.options import CompileOptions
from pipelines.compile.streaming.cuts import Cuts
from pipelines.compile.streaming.segment import Segment

# Streaming without a limit on memory has to save this part of the arena, and so many bytes.
WORTHWHILE = 0.05
WORTHWHILE_BYTES = 256


def choose_segments(graph: Graph, steps: Sequence[Step], options: CompileOptions) -> tuple[Segment, ...]:
    """The segments in which to run the steps; raises `CompileError` when nothing fits `ram_limit_bytes`."""
    limit = options.ram_limit_bytes
    whole = plan_memory(graph, steps).arena_bytes
    if options.optimize == "speed" and (limit is None or whole <= limit):
        return ()
    cuts = Cuts(graph, steps, whole)
    if options.optimize == "speed" and limit is not None:
        found = cuts.within(limit)
    else:
        found = cuts.smallest()
        saved = whole - cuts.arena_bytes(found)
        if saved < max(whole * WORTHWHILE, WORTHWHILE_BYTES):
            found = ()
    if limit is None or cuts.arena_bytes(found) <= limit:
        return found
    found = cuts.smallest()
    if cuts.arena_bytes(found) > limit:
        cuts.cut_into_strips(limit)
        found = cuts.within(limit)
    if cuts.arena_bytes(found) > limit:
        cuts.cut_into_strips(0)
        raise CompileError(
            f"the smallest arena that was found for this model has {cuts.arena_bytes(cuts.smallest())} bytes, "
            f"and ram_limit_bytes is {limit}; raise the limit, or make the input image or its first layers smaller"
        )
    return found
