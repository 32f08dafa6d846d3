"""Which segments to take: the least memory, or the least extra work within a limit.

Between two segments nothing but whole tensors lives, so that the bytes alive while a segment runs do not depend on the
others. The steps are cut into segments and single steps by dynamic programming, exactly: first for the lowest peak of
living bytes that can be had, then, under a bound on the peak, for the least extra work. The bytes are those that live
at once; whether they can be placed so is seen by placing them, and the bound lowered where they cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.memory import plan_memory
from pipelines.compile.options import CompileOptions
from pipelines.compile.plan import Trail, aligned, trail_saving
from pipelines.compile.streaming.segment import Segment
from pipelines.compile.streaming.streams import Streams
from pipelines.compile.trails import step_trails

# What the call of a kernel for one more tile costs, in multiply-accumulates.
CALL_MACS = 100
# Streaming without a limit on memory has to save this part of the arena, and so many bytes.
WORTHWHILE = 0.05
WORTHWHILE_BYTES = 256
# More steps than this in a segment were never seen to help.
LONGEST = 32
MOST_STRIPS = 16
# Bounds on the peak that are tried until a placement fits.
_BOUNDS = 8


@dataclass(frozen=True)
class _Unit:
    """A segment, or None for a step by itself; the bytes that live while it runs, and its extra work."""

    segment: Segment | None
    first: int
    last: int
    living_bytes: int
    work: int


def choose_segments(graph: Graph, steps: Sequence[Step], options: CompileOptions) -> tuple[Segment, ...]:
    """The segments in which to run the steps; raises `CompileError` when nothing fits `ram_limit_bytes`."""
    limit = options.ram_limit_bytes
    whole = plan_memory(graph, steps).arena_bytes
    if options.optimize == "speed" and (limit is None or whole <= limit):
        return ()
    chooser = _Chooser(graph, steps, whole)
    if options.optimize == "speed" and limit is not None:
        found = chooser.within(limit)
    else:
        found = chooser.smallest()
        saved = whole - chooser.arena_bytes(found)
        if saved < max(whole * WORTHWHILE, WORTHWHILE_BYTES):
            found = ()
    if limit is None or chooser.arena_bytes(found) <= limit:
        return found
    found = chooser.smallest()
    if chooser.arena_bytes(found) > limit:
        chooser.cut_into_strips(limit)
        found = chooser.within(limit)
    if chooser.arena_bytes(found) > limit:
        chooser.cut_into_strips(0)
        raise CompileError(
            f"the smallest arena that was found for this model has {chooser.arena_bytes(chooser.smallest())} bytes, "
            f"and ram_limit_bytes is {limit}; raise the limit, or make the input image or its first layers smaller"
        )
    return found


class _Chooser:
    """Segments of one graph, and the best ways to cut its steps into them."""

    def __init__(self, graph: Graph, steps: Sequence[Step], whole_bytes: int) -> None:
        self._graph = graph
        self._steps = steps
        self._streams = Streams(graph, steps)
        self._bytes: dict[Hashable, int] = {
            root: graph.tensors[root].size_bytes for root in self._streams.lives
        }
        self._alone = [self._living_bytes_alone(step) for step in range(len(steps))]
        self._floors = {each: self._floor(*each) for each in self._streams.intervals(LONGEST)}
        self._units = [_Unit(None, step, step, self._alone[step], 0) for step in range(len(steps))]
        least = max(
            min([alone, *(floor for (i, j), floor in self._floors.items() if i <= step <= j)])
            for step, alone in enumerate(self._alone)
        )
        # The others contain no step that has to be helped, or are larger than all steps by themselves.
        self._intervals = [
            (first, last)
            for (first, last), floor in self._floors.items()
            if max(self._alone[first : last + 1]) > least and floor < whole_bytes
        ]
        self._units += [self._unit(first, last) for first, last in self._intervals]

    def arena_bytes(self, segments: Sequence[Segment]) -> int:
        return plan_memory(self._graph, self._steps, segments).arena_bytes

    def smallest(self) -> tuple[Segment, ...]:
        """The least work at the lowest peak."""
        return self._at_most(self._lowest_peak())

    def within(self, limit: int) -> tuple[Segment, ...]:
        """The least work that fits `limit` after placement; the smallest where nothing fits."""
        lowest = self._lowest_peak()
        bound = limit
        for _ in range(_BOUNDS):
            if bound < lowest:
                break
            found = self._at_most(bound)
            if self.arena_bytes(found) <= limit:
                return found
            bound -= max((bound - lowest) // 3, 1)
        return self.smallest()

    def cut_into_strips(self, limit: int) -> None:
        """Add what becomes possible when columns are computed twice: as few strips as bring each segment to `limit`."""
        for first, last in self._intervals:
            if self._floors[first, last] > max(limit, self._lowest_peak()):
                continue
            width = self._graph.tensors[self._graph.operators[last].outputs[0]].shape[2]
            for strips in range(1, min(width, MOST_STRIPS) + 1):
                unit = self._unit(first, last, strips)
                if strips > 1:
                    self._units.append(unit)
                if unit.living_bytes <= limit:
                    break

    def _lowest_peak(self) -> int:
        return self._cut(lambda unit, rest: max(unit.living_bytes, rest), self._units)[0]

    def _at_most(self, bound: int) -> tuple[Segment, ...]:
        """The least work among the cuts whose peak is not above `bound`, which is not below the lowest peak."""
        units = [unit for unit in self._units if unit.living_bytes <= bound]
        return self._cut(lambda unit, rest: unit.work + rest, units)[1]

    def _cut(
        self, cost: Callable[[_Unit, int], int], units: Sequence[_Unit]
    ) -> tuple[int, tuple[Segment, ...]]:
        """Least cost of all steps, and the segments of the cut that has it. `cost` adds a unit to what comes before."""
        ending: dict[int, list[_Unit]] = {}
        for unit in units:
            ending.setdefault(unit.last, []).append(unit)
        best: dict[int, tuple[int, tuple[Segment, ...]]] = {-1: (0, ())}
        for step in range(len(self._steps)):
            choices = [
                (cost(unit, best[unit.first - 1][0]), position)
                for position, unit in enumerate(ending.get(step, ()))
                if unit.first - 1 in best
            ]
            if choices:
                least, position = min(choices)
                unit = ending[step][position]
                before = best[unit.first - 1][1]
                best[step] = (least, before if unit.segment is None else (*before, unit.segment))
        return best[len(self._steps) - 1]

    def _living_bytes_alone(self, step: int) -> int:
        """Bytes that live while a step runs by itself, in place where it can."""
        lives = self._streams.lives
        living = sum(self._size(root) for root, (first, last) in lives.items() if first <= step <= last)
        trails = step_trails(self._graph, self._steps, step, lives)
        living -= max(map(self._saving, trails), default=0)
        return living + aligned(self._steps[step].scratch_bytes)

    def _floor(self, first: int, last: int) -> int:
        """Bytes that live at the same time as a segment, beside its rings: no less than the larger of its ends."""
        return self._around(first, last) + max(
            self._size(self._graph.operators[last].outputs[0]),
            sum(self._size(root) for root in self._inputs(first, last)),
        )

    def _unit(self, first: int, last: int, strips: int = 1) -> _Unit:
        segment = self._streams.segment(first, last, strips)
        ends = [*self._inputs(first, last), self._graph.operators[last].outputs[0]]
        living = self._around(first, last) + sum(map(self._size, ends)) + segment.ring_bytes
        living += max(aligned(self._steps[step].scratch_bytes_for(by_rows=True)) for step in segment.steps)
        if segment.trail is not None:
            living -= self._saving(segment.trail)
        work = segment.recomputed_macs + CALL_MACS * segment.calls
        return _Unit(segment, first, last, living, work)

    def _inputs(self, first: int, last: int) -> set[int]:
        return {
            root
            for step in range(first, last + 1)
            for root in self._streams.roots(step)
            if not first <= self._streams.writer(root) <= last
        }

    def _around(self, first: int, last: int) -> int:
        """Bytes of tensors that live through all of a segment, which does not read them."""
        inputs = self._inputs(first, last)
        return sum(
            self._size(root)
            for root, (born, dies) in self._streams.lives.items()
            if root not in inputs and self._streams.writer(root) < first and dies > last
        )

    def _saving(self, trail: Trail) -> int:
        return trail_saving(self._bytes[trail.source], self._bytes[trail.target], trail.most)

    def _size(self, root: int) -> int:
        return aligned(self._graph.tensors[root].size_bytes)
