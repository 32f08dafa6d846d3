"""What a segment is: which steps run row by row, when, and over which memory."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.compile.graph import Graph
from pipelines.compile.model import SegmentInfo
from pipelines.compile.plan import Trail, aligned
from pipelines.compile.streaming.schedule import Schedule

Columns = tuple[int, int]


@dataclass(frozen=True)
class Ring:
    """The rows of an inner tensor that are in memory. `owner` is the tensor whose bytes it uses: its own or another's."""

    tensor: int
    owner: int
    rows: int
    size_bytes: int


@dataclass(frozen=True)
class Segment:
    """Steps `first` to `last` (included), row by row.

    Attributes:
        schedule: turns of each of the steps, in order.
        rings: of all inner tensors.
        strips: for each strip, the columns [first, end) that each step computes; one strip is the whole width.
        trail: where the output may begin in the bytes of an input that dies here, behind the rows that are still read.
        recomputed_macs: multiply-accumulates of columns that are computed a second time.
    """

    first: int
    last: int
    schedule: Schedule
    rings: tuple[Ring, ...]
    strips: tuple[tuple[Columns, ...], ...]
    trail: Trail | None = None
    recomputed_macs: int = 0

    @property
    def steps(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def ring_bytes(self) -> int:
        return sum(aligned(ring.size_bytes) for ring in self.rings if ring.owner == ring.tensor)

    @property
    def calls(self) -> int:
        """How often a kernel is called for one inference."""
        return len(self.strips) * sum(turns.rows for turns in self.schedule.turns)

    def ring(self, tensor: int) -> Ring | None:
        """The ring of an inner tensor; None for others."""
        return next((ring for ring in self.rings if ring.tensor == tensor), None)


def segment_info(graph: Graph, segment: Segment) -> SegmentInfo:
    """What users are told of a segment."""
    writers = {graph.operators[step].outputs[0]: step for step in segment.steps}
    return SegmentInfo(
        segment.first,
        segment.last,
        len(segment.strips),
        {writers[ring.tensor]: ring.rows for ring in segment.rings},
        segment.ring_bytes,
        sum(graph.tensors[ring.tensor].size_bytes for ring in segment.rings),
        segment.recomputed_macs,
    )
