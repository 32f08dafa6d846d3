"""Placement: where in an arena things lie that live for a while, so that the arena is small.

This file knows no graph: it places requests. A request is a number of bytes that must keep their place from one
step to another. Two that live at the same time do not overlap, except where a `Trail` says how one may begin in or
before the other, because it is made from it.

No arena can be smaller than the most bytes that live at once, which is the lower bound. Placement is greedy first
(Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020): in a fixed order, each request
goes to the lowest offset that is free during its life. Where no order reaches the lower bound, a depth-first search
looks on: some order of lowest offsets is optimal, because in any placement everything can sink until it rests on
something (with trails that is a good rule, no proof). The search is the same every time, and its work is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

ALIGNMENT_BYTES = 4
# Pairs of requests that are compared before the search gives up: about a quarter of a second.
_SEARCH_WORK = 200_000
# With more requests than this only the greedy orders are tried.
_SEARCH_REQUESTS = 200


@dataclass(frozen=True)
class Request:
    """`size_bytes` that live from step `first` to step `last`, both included."""

    key: Hashable
    size_bytes: int
    first: int
    last: int


@dataclass(frozen=True)
class Trail:
    """Where `target` may begin, in bytes after the first byte of `source`, though both live: `least` to `most`.

    A step that reads its input from front to back, and has read what it overwrites, may write its output so. Without
    `least` it may begin as far in front as it likes. In place is 0 to 0.
    """

    source: Hashable
    target: Hashable
    most: int
    least: int | None = None


@dataclass(frozen=True)
class Placement:
    """Offset of each request's first byte by its key, the bytes that all span, and the least that any could span."""

    offsets: Mapping[Hashable, int]
    arena_bytes: int
    lower_bound_bytes: int


def place(
    requests: Sequence[Request],
    trails: Sequence[Trail] = (),
    low: Hashable | None = None,
    thorough: bool = True,
    alignment: int = ALIGNMENT_BYTES,
) -> Placement:
    """Offsets, all multiples of `alignment`, for requests with different keys.

    A placement turned upside down may be as good; of the two, the one is taken where the request `low` lies lower.
    With `thorough` the search goes on where the greedy orders do not reach the lower bound.
    """
    items = [
        _Item(index, aligned(request.size_bytes, alignment), request.first, request.last)
        for index, request in enumerate(requests)
    ]
    index_of = {request.key: index for index, request in enumerate(requests)}
    overlaps = {
        (index_of[trail.source], index_of[trail.target]): _window(trail, alignment)
        for trail in trails
        if trail.source in index_of and trail.target in index_of
    }
    lower_bound = _lower_bound(items, overlaps)
    rivals = _Rivals(items, overlaps)
    found = _best_of_orders(items, rivals, lower_bound)
    if thorough and _span(items, found) > lower_bound and len(items) <= _SEARCH_REQUESTS:
        found = _Search(items, rivals, lower_bound, found).run()
    span = _span(items, found)
    if low is not None:
        upside_down = {item.index: span - found[item.index] - item.size for item in items}
        if upside_down[index_of[low]] < found[index_of[low]] and rivals.are_apart(upside_down):
            found = upside_down
    return Placement({request.key: found[index] for index, request in enumerate(requests)}, span, lower_bound)


def aligned(size_bytes: int, alignment: int = ALIGNMENT_BYTES) -> int:
    """The next multiple of the alignment."""
    return -(-size_bytes // alignment) * alignment


def trail_saving(source_bytes: int, target_bytes: int, most: int) -> int:
    """How many bytes a target that begins `most` bytes after its source can share with it."""
    behind = max(-most, 0)
    return max(source_bytes + target_bytes - max(source_bytes + behind, target_bytes), 0)


@dataclass(frozen=True)
class _Item:
    """A request whose size is a multiple of the alignment."""

    index: int
    size: int
    first: int
    last: int

    @property
    def area(self) -> int:
        return self.size * (self.last - self.first + 1)


# Least and most of (target's offset - source's offset), multiples of the alignment.
_Window = tuple[int | None, int]


def _window(trail: Trail, alignment: int) -> _Window:
    least = None if trail.least is None else aligned(trail.least, alignment)
    return least, trail.most // alignment * alignment


def _lower_bound(items: Sequence[_Item], overlaps: Mapping[tuple[int, int], _Window]) -> int:
    """The most bytes that live at once, less what a target can share with its sources while it is made."""
    changes: dict[int, int] = {}

    def lives(size: int, first: int, last: int) -> None:
        changes[first] = changes.get(first, 0) + size
        changes[last + 1] = changes.get(last + 1, 0) - size

    for item in items:
        lives(item.size, item.first, item.last)
    savings: dict[int, list[tuple[int, int]]] = {}
    for (source, target), (_, most) in overlaps.items():
        end = min(items[source].last, items[target].last)
        if items[target].first <= end:
            saving = trail_saving(items[source].size, items[target].size, most)
            savings.setdefault(target, []).append((saving, end))
    for target, found in savings.items():
        shared = min(sum(saving for saving, _ in found), items[target].size)
        lives(-shared, items[target].first, max(end for _, end in found))
    living = most_living = 0
    for moment in sorted(changes):
        living += changes[moment]
        most_living = max(most_living, living)
    return most_living


class _Rivals:
    """For each item, the others that live at the same time, and what its offset less theirs must not be between."""

    def __init__(self, items: Sequence[_Item], overlaps: Mapping[tuple[int, int], _Window]) -> None:
        self.of: list[list[tuple[int, int, int]]] = [[] for _ in items]
        by_start = sorted(items, key=lambda item: item.first)
        for position, item in enumerate(by_start):
            for other in by_start[position + 1 :]:
                if other.first > item.last:
                    break
                for low, high in _closed(item, other, overlaps):
                    self.of[other.index].append((item.index, low, high))
                    self.of[item.index].append((other.index, -high, -low))

    def are_apart(self, offsets: Mapping[int, int]) -> bool:
        """Whether nothing that lives at the same time overlaps."""
        return not any(
            low < offsets[index] - offsets[other] < high
            for index, rivals in enumerate(self.of)
            for other, low, high in rivals
        )

    def is_free(self, item: _Item, offset: int, offsets: Mapping[int, int]) -> bool:
        return not any(
            other in offsets and low < offset - offsets[other] < high
            for other, low, high in self.of[item.index]
        )

    def lowest_offset(self, item: _Item, offsets: Mapping[int, int]) -> int:
        """The lowest offset where `item` overlaps nothing of what is placed and lives with it."""
        offset = 0
        for low, high in sorted(
            (offsets[other] + low, offsets[other] + high)
            for other, low, high in self.of[item.index]
            if other in offsets
        ):
            if low >= offset:
                break
            offset = max(offset, high)
        return offset


def _closed(item: _Item, other: _Item, overlaps: Mapping[tuple[int, int], _Window]) -> list[tuple[int, int]]:
    """Open intervals of (other's offset - item's offset) in which the two overlap; `other` begins no earlier."""
    window = overlaps.get((item.index, other.index))
    if window is not None:
        least, most = window
        ends = [(most, item.size)] if least is None else [(-other.size, least), (most, item.size)]
        return [(low, high) for low, high in ends if low < high]
    window = overlaps.get((other.index, item.index))
    if window is not None:
        # The same seen from the other side: both begin in one step, and `item` is made from `other`.
        return [(-high, -low) for low, high in _closed(other, item, overlaps)]
    return [(-other.size, item.size)]


def _span(items: Sequence[_Item], offsets: Mapping[int, int]) -> int:
    return max((offsets[item.index] + item.size for item in items), default=0)


_ORDERS: tuple[Callable[[_Item], tuple[int, ...]], ...] = (
    lambda item: (-item.size, item.first),
    lambda item: (-item.area, item.first),
    lambda item: (item.first, -item.size),
    lambda item: (-item.last, -item.size),
)


def _best_of_orders(items: Sequence[_Item], rivals: _Rivals, lower_bound: int) -> dict[int, int]:
    found: list[dict[int, int]] = []
    for order in _ORDERS:
        offsets: dict[int, int] = {}
        for item in sorted(items, key=order):
            offsets[item.index] = rivals.lowest_offset(item, offsets)
        found.append(offsets)
    found.append(_from_both_ends(items, rivals, lower_bound))
    return min(found, key=lambda offsets: _span(items, offsets))


def _from_both_ends(items: Sequence[_Item], rivals: _Rivals, arena_bytes: int) -> dict[int, int]:
    """Items in the order of their birth, at the bottom and the top by turns, as a chain of layers wants it."""
    offsets: dict[int, int] = {}
    for turn, item in enumerate(sorted(items, key=_ORDERS[2])):
        top = arena_bytes - item.size
        if turn % 2 and top >= 0 and rivals.is_free(item, top, offsets):
            offsets[item.index] = top
        else:
            offsets[item.index] = rivals.lowest_offset(item, offsets)
    return offsets


class _Search:
    """Depth first over orders of placement; a branch ends where it can no longer beat the best one."""

    def __init__(
        self, items: Sequence[_Item], rivals: _Rivals, lower_bound: int, best: dict[int, int]
    ) -> None:
        self._items = sorted(items, key=_ORDERS[1])
        self._rivals = rivals
        self._lower_bound = lower_bound
        self._best = best
        self._best_span = _span(items, best)
        self._work = _SEARCH_WORK

    def run(self) -> dict[int, int]:
        self._extend({}, 0)
        return self._best

    def _extend(self, offsets: dict[int, int], floor: int) -> None:
        """Place one more item, none lower than `floor`, where the last one lies: other orders give the same."""
        if len(offsets) == len(self._items):
            self._best, self._best_span = dict(offsets), _span(self._items, offsets)
            return
        choices = []
        for item in self._items:
            if item.index in offsets:
                continue
            self._work -= 1 + len(self._rivals.of[item.index])
            offset = self._rivals.lowest_offset(item, offsets)
            if offset + item.size >= self._best_span:
                return
            choices.append((offset, item))
        for offset, item in sorted(choices, key=lambda choice: choice[0]):
            if self._work <= 0 or self._best_span <= self._lower_bound:
                return
            if offset >= floor and offset + item.size < self._best_span:
                offsets[item.index] = offset
                self._extend(offsets, offset)
                del offsets[item.index]
