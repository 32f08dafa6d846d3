"""When each step of a segment computes which row, and how many rows of each tensor that keeps in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm

from pipelines.compile.streaming.regions import AxisReach

# Rounds of looking for later starts that save memory; each is seen to settle after one or two.
_ROUNDS = 3


@dataclass(frozen=True)
class Part:
    """A step of a segment as its schedule sees it: the rows that it makes, and of what.

    `sources` are the parts (by position) whose rows it reads; all other inputs are whole from the start.
    `takes_over` is the source whose place in memory the output may take, row by row.
    """

    rows: int
    row_bytes: int
    reach: AxisReach
    sources: tuple[int, ...]
    takes_over: int | None = None


@dataclass(frozen=True)
class Turns:
    """One row at each of the ticks `start`, `start + period`, ...: `rows` in all."""

    start: int
    period: int
    rows: int

    def tick_of(self, row: int) -> int:
        return self.start + row * self.period

    def row_at(self, tick: int) -> int:
        """The first row that is computed at `tick` or later."""
        return min(max(-((self.start - tick) // self.period), 0), self.rows)


@dataclass(frozen=True)
class Schedule:
    """`turns[k]` and `ring_rows[k]` belong to part k. The last part has no ring: its output is whole.

    `ring_of[k]` is the part in whose ring part k writes: k, or one whose place it takes.
    """

    turns: tuple[Turns, ...]
    ring_rows: tuple[int, ...]
    ring_of: tuple[int, ...]

    @property
    def ticks(self) -> int:
        return max(turn.tick_of(turn.rows - 1) for turn in self.turns) + 1

    def ring_bytes(self, parts: Sequence[Part]) -> int:
        """Bytes of all rings, each a multiple of four."""
        return sum(
            -(-self.ring_rows[k] * parts[k].row_bytes // 4) * 4
            for k in range(len(parts) - 1)
            if self.ring_of[k] == k
        )


def make_schedule(parts: Sequence[Part]) -> Schedule:
    """Turns as early as the inputs allow, or later where that saves memory, and the rings that they need.

    The last part depends on all others, directly or not.
    """
    return _Scheduler(parts).run()


def rows_to_keep(turns: Turns, readers: Sequence[tuple[Turns, AxisReach]]) -> int:
    """Rows of a ring into which `turns` writes, each before the readers' turn at the same tick."""
    most = 1
    for row in range(turns.rows):
        tick = turns.tick_of(row)
        for reader, reach in readers:
            following = reader.row_at(tick)
            if following < reader.rows:
                most = max(most, row + 1 - reach.oldest(following))
    return most


class _Scheduler:
    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._readers: list[list[int]] = [[] for _ in parts]
        for k, part in enumerate(parts):
            for source in set(part.sources):
                self._readers[source].append(k)
        self._rows = self._needed_rows()
        self._periods = self._find_periods()
        self._kept = cache(self._rows_kept)

    def _needed_rows(self) -> list[int]:
        """Rows that some later part reads; of the last part all."""
        rows = [part.rows for part in self._parts]
        for k in range(len(rows) - 2, -1, -1):
            needed = (self._parts[c].reach.until(rows[c], rows[k]) for c in self._readers[k])
            rows[k] = max(*needed, 1)
        return rows

    def _find_periods(self) -> list[int]:
        """Ticks from a row to the next: a reader of stride 2 has half as many turns."""
        pace = [Fraction(1)] * len(self._parts)
        for k in range(len(self._parts) - 2, -1, -1):
            pace[k] = min(pace[c] / self._parts[c].reach.stride for c in self._readers[k])
        unit = lcm(*(each.denominator for each in pace))
        return [int(each * unit) for each in pace]

    def _lag(self, source: int, reader: int) -> int:
        """Ticks that the reader has to start after its source, so that each of its rows finds what it needs."""
        reach, size = self._parts[reader].reach, self._rows[source]
        waits = (
            (needed - 1) * self._periods[source] - row * self._periods[reader]
            for row in range(self._rows[reader])
            if (needed := reach.until(row + 1, size)) > 0
        )
        return max(waits, default=0)

    def _rows_kept(self, source: int, reader: int, lag: int) -> int:
        turns = Turns(0, self._periods[source], self._rows[source])
        reading = Turns(lag, self._periods[reader], self._rows[reader])
        return rows_to_keep(turns, [(reading, self._parts[reader].reach)])

    def run(self) -> Schedule:
        count = len(self._parts)
        lags = {(s, c): self._lag(s, c) for s in range(count) for c in self._readers[s]}
        starts = [0] * count
        for c, part in enumerate(self._parts):
            starts[c] = max((starts[s] + lags[s, c] for s in set(part.sources)), default=0)
        self._delay(starts, lags)
        first = min(starts)
        turns = tuple(
            Turns(start - first, period, rows)
            for start, period, rows in zip(starts, self._periods, self._rows, strict=True)
        )
        ring_rows, ring_of = self._rings(turns)
        return Schedule(turns, ring_rows, ring_of)

    def _delay(self, starts: list[int], lags: dict[tuple[int, int], int]) -> None:
        """Let parts start later where their readers wait anyway, if fewer bytes have to be kept then."""

        def kept(part: int) -> int:
            rows = (self._kept(part, c, starts[c] - starts[part]) for c in self._readers[part])
            return max(rows, default=0) * self._parts[part].row_bytes

        for _ in range(_ROUNDS):
            settled = True
            for k in range(len(starts) - 2, -1, -1):
                latest = min(starts[c] - lags[k, c] for c in self._readers[k])
                earliest = starts[k]
                if latest <= earliest:
                    continue
                around = [k, *set(self._parts[k].sources)]
                costs: dict[int, int] = {}
                for start in range(earliest, latest + 1):
                    starts[k] = start
                    costs[start] = sum(kept(each) for each in around)
                starts[k] = min(costs, key=lambda start: (costs[start], -start))
                settled = settled and starts[k] == earliest
            if settled:
                return

    def _rings(self, turns: Sequence[Turns]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Rows of each ring; a part takes over the ring of its source where that needs fewer bytes."""
        last = len(turns) - 1
        rings = [
            rows_to_keep(turns[k], [(turns[c], self._parts[c].reach) for c in self._readers[k]])
            for k in range(last)
        ]
        ring_of = list(range(last + 1))
        for k in range(last):
            source = self._parts[k].takes_over
            if source is None or self._readers[source] != [k]:
                continue
            owner = ring_of[source]
            readers = [k, *self._readers[k]]
            shared = rows_to_keep(turns[owner], [(turns[c], self._parts[c].reach) for c in readers])
            if shared <= rings[owner] + rings[k] - 1:
                rings[owner] = max(shared, rings[owner])
                ring_of[k] = owner
        return tuple(rings[ring_of[k]] if k < last else self._parts[k].rows for k in range(last + 1)), tuple(
            ring_of
        )
