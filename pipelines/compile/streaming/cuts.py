"""Ways to cut the steps of a graph into segments and single steps.

Between two segments nothing but whole tensors lives, so that the bytes alive while a segment runs do not depend on the
others. The best cut is found by dynamic programming, exactly: the lowest peak of living bytes that can be had, or,
under a bound on the peak, the least extra work. Those are bytes that live at once; where they cannot be placed so,
segments around the steps where the arena is highest are exchanged for others as long as that lowers the arena.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.memory import plan_memory
from pipelines.compile.plan import Trail, aligned, trail_saving
from pipelines.compile.streaming.segment import Segment
from pipelines.compile.streaming.streams import Streams
from pipelines.compile.trails import step_trails

# What the call of a kernel for one more tile costs, in multiply-accumulates.
CALL_MACS = 100
# More steps than this in a segment were never seen to help.
LONGEST = 32
# Of models of hundreds of layers only shorter segments are looked at, so that they still compile in seconds.
MOST_SEGMENTS = 1200
# Strips of columns that are tried.
STRIPS = (2, 3, 4, 5, 6, 8, 12, 16)
# Bounds on the peak that are tried until a placement fits.
_BOUNDS = 8
# Exchanges of a segment for others, and how many others are looked at.
_ROUNDS = 6
_CHOICES = 60


@dataclass(frozen=True)
class _Unit:
    """A segment, or None for a step by itself; the bytes that live while it runs, and its extra work."""

    segment: Segment | None
    first: int
    last: int
    living_bytes: int
    work: int


class Cuts:
    """Segments of one graph, and the best ways to cut its steps into them."""

    def __init__(self, graph: Graph, steps: Sequence[Step], whole_bytes: int) -> None:
        self._graph = graph
        self._steps = steps
        self._streams = Streams(graph, steps)
        self._arenas: dict[tuple[tuple[int, int, int], ...], int] = {}
        self._bytes: dict[Hashable, int] = {
            root: graph.tensors[root].size_bytes for root in self._streams.lives
        }
        self._alone = [self._living_bytes_alone(step) for step in range(len(steps))]
        longest = min(LONGEST, MOST_SEGMENTS // len(steps))
        self._floors = {each: self._floor(*each) for each in self._streams.intervals(longest)}
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
        # What was looked at beside them, by first and last step.
        self._units_of: dict[tuple[int, int], _Unit] = {}
        self._units += [self._unit(first, last) for first, last in self._intervals]

    def arena_bytes(self, segments: Sequence[Segment]) -> int:
        key = tuple((segment.first, segment.last, len(segment.strips)) for segment in segments)
        if key not in self._arenas:
            self._arenas[key] = plan_memory(self._graph, self._steps, segments).arena_bytes
        return self._arenas[key]

    def smallest(self) -> tuple[Segment, ...]:
        """The least work at the lowest peak, or near to it, where that can be placed better."""
        lowest = self._lowest_peak()
        found = self._at_most(lowest)
        return min(self._exchanged(found, lowest), found, key=self.arena_bytes)

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
            exchanged = self._exchanged(found, limit)
            if self.arena_bytes(exchanged) <= limit:
                return exchanged
            bound -= max((bound - lowest) // 3, 1)
        return self.smallest()

    def cut_into_strips(self, limit: int) -> None:
        """Add what becomes possible when columns are computed twice: as few strips as bring each segment to `limit`."""
        for first, last in self._intervals:
            if self._floors[first, last] > max(limit, self._lowest_peak()):
                continue
            width = self._graph.tensors[self._graph.operators[last].outputs[0]].shape[2]
            fewest = self._unit(first, last).living_bytes
            for strips in (each for each in STRIPS if each <= width and fewest > limit):
                unit = self._unit(first, last, strips)
                if unit.living_bytes >= fewest:
                    break
                self._units.append(unit)
                fewest = unit.living_bytes

    def _exchanged(self, segments: tuple[Segment, ...], enough: int) -> tuple[Segment, ...]:
        """A cut with a smaller arena, found by exchanging what runs while the arena is used to its top."""
        best = segments
        for _ in range(_ROUNDS):
            plan = plan_memory(self._graph, self._steps, best, thorough=False)
            arena = plan.arena_bytes
            if arena <= enough:
                break
            highest = [
                buffer for buffer in plan.buffers if buffer.offset + aligned(buffer.size_bytes) >= arena
            ]
            critical = {step for buffer in highest for step in range(buffer.first, buffer.last + 1)}
            cuts = [
                self._around_unit(unit, best, arena - 1) for unit in self._alternatives(critical, best, arena)
            ]
            arenas = [
                (plan_memory(self._graph, self._steps, cut, thorough=False).arena_bytes, position)
                for position, cut in enumerate(cuts)
                if cut is not None
            ]
            least, position = min(arenas, default=(arena, 0))
            if least >= arena:
                break
            best = cuts[position] or best
        return best

    def _alternatives(self, critical: set[int], segments: Sequence[Segment], arena: int) -> list[_Unit]:
        """Units of the critical steps that are not in the cut, those with the fewest living bytes first."""
        taken = {(segment.first, segment.last) for segment in segments}
        for first, last in self._floors.keys() - self._units_of.keys():
            if critical.intersection(range(first, last + 1)) and self._floors[first, last] < arena:
                self._units_of[first, last] = self._unit(first, last)
        found = [
            unit
            for unit in (*self._units, *self._units_of.values())
            if unit.living_bytes < arena
            and (unit.first, unit.last) not in taken
            and critical.intersection(range(unit.first, unit.last + 1))
        ]
        return sorted(found, key=lambda unit: unit.living_bytes)[:_CHOICES]

    def _around_unit(
        self, unit: _Unit, segments: Sequence[Segment], bound: int
    ) -> tuple[Segment, ...] | None:
        """The cut with `unit` in place of the segments that it overlaps; None where the bound allows none."""
        fixed = [(unit.first, unit.last)]
        fixed += [
            (each.first, each.last) for each in segments if each.last < unit.first or each.first > unit.last
        ]
        free = [
            each
            for each in (*self._units, *self._units_of.values())
            if each.living_bytes <= bound
            and (
                (each.first, each.last) in fixed
                or all(each.last < first or each.first > last for first, last in fixed)
            )
        ]
        return self._cut(lambda each, rest: each.work + rest, [*free, unit])[1]

    def _lowest_peak(self) -> int:
        return self._cut(lambda unit, rest: max(unit.living_bytes, rest), self._units)[0]

    def _at_most(self, bound: int) -> tuple[Segment, ...]:
        """The least work among the cuts whose peak is not above `bound`, which is not below the lowest peak."""
        units = [unit for unit in self._units if unit.living_bytes <= bound]
        return self._cut(lambda unit, rest: unit.work + rest, units)[1] or ()

    def _cut(
        self, cost: Callable[[_Unit, int], int], units: Sequence[_Unit]
    ) -> tuple[int, tuple[Segment, ...] | None]:
        """Least cost of all steps, and the segments of the cut that has it, or None where the units leave a gap.

        `cost` adds a unit to what comes before.
        """
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
        return best.get(len(self._steps) - 1, (0, None))

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
