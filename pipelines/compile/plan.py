"""Placement: where in an arena things lie that live for a while, so that the arena is small.

This file knows no graph: it places requests. A request is a number of bytes that must keep their place from one
step to another; two that live at the same time do not overlap, unless they belong to one block, whose members lie at
fixed distances from one another because a kernel may work in place there.

No arena can be smaller than the most bytes that live at once, which is the lower bound. Placement is greedy first
(Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020): in a fixed order, each block
goes to the lowest offset that is free during its life. Where no order reaches the lower bound, a depth-first search
looks on: some order of lowest offsets is optimal, because in any placement everything can sink until it rests on
something. The search is the same every time, and its work is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

ALIGNMENT_BYTES = 4
# Pairs of blocks that are compared before the search gives up: about a quarter of a second.
_SEARCH_WORK = 200_000
# With more blocks than this only the greedy orders are tried.
_SEARCH_BLOCKS = 200


@dataclass(frozen=True)
class Request:
    """`size_bytes` that live from step `first` to step `last`, both included.

    Requests with the same `block` lie at fixed distances: each begins `shift` bytes (a multiple of the alignment,
    maybe negative) after the block's origin, and they may overlap. Without a block it lies by itself.
    """

    key: Hashable
    size_bytes: int
    first: int
    last: int
    block: Hashable | None = None
    shift: int = 0


@dataclass(frozen=True)
class Placement:
    """Offset of each request's first byte by its key, the bytes that all span, and the least that any could span."""

    offsets: Mapping[Hashable, int]
    arena_bytes: int
    lower_bound_bytes: int


@dataclass(frozen=True)
class _Piece:
    """Bytes [low, high) of a block, from step `first` to step `last`."""

    low: int
    high: int
    first: int
    last: int


@dataclass(frozen=True)
class _Block:
    """What moves as one. The lowest piece begins at byte 0."""

    index: int
    pieces: tuple[_Piece, ...]
    size: int
    first: int
    last: int
    area: int


def aligned(size_bytes: int) -> int:
    """The next multiple of the alignment."""
    return -(-size_bytes // ALIGNMENT_BYTES) * ALIGNMENT_BYTES


def place(requests: Sequence[Request], low: Hashable | None = None) -> Placement:
    """Offsets, all multiples of the alignment, for requests with different keys.

    A placement turned upside down is as good; of the two, the one is taken where the request `low` lies lower.
    """
    members: dict[Hashable, list[Request]] = {}
    for request in requests:
        members.setdefault(("own", request.key) if request.block is None else request.block, []).append(
            request
        )
    lowest = {block: min(each.shift for each in group) for block, group in members.items()}
    blocks = [_block(index, group, lowest[key]) for index, (key, group) in enumerate(members.items())]
    lower_bound = _lower_bound(blocks)
    rivals = _Rivals(blocks)
    found = _best_of_orders(blocks, rivals, lower_bound)
    if _span(blocks, found) > lower_bound and len(blocks) <= _SEARCH_BLOCKS:
        found = _Search(blocks, rivals, lower_bound, found).run()
    span = _span(blocks, found)

    def offsets_of(placed: Mapping[int, int]) -> dict[Hashable, int]:
        return {
            each.key: placed[index] + each.shift - lowest[key]
            for index, (key, group) in enumerate(members.items())
            for each in group
        }

    offsets = offsets_of(found)
    upside_down = {block.index: span - found[block.index] - block.size for block in blocks}
    if low is not None and rivals.are_apart(upside_down):
        offsets = min(offsets, offsets_of(upside_down), key=lambda each: each[low])
    return Placement(offsets, span, lower_bound)


def _block(index: int, group: Sequence[Request], lowest: int) -> _Block:
    pieces = tuple(
        _Piece(each.shift - lowest, each.shift - lowest + aligned(each.size_bytes), each.first, each.last)
        for each in group
    )
    return _Block(
        index,
        pieces,
        max(piece.high for piece in pieces),
        min(piece.first for piece in pieces),
        max(piece.last for piece in pieces),
        sum((piece.high - piece.low) * (piece.last - piece.first + 1) for piece in pieces),
    )


def _lower_bound(blocks: Sequence[_Block]) -> int:
    """The most bytes that live at once; where pieces of a block overlap, their bytes count once."""
    changes: dict[int, int] = {}
    for block in blocks:
        moments = sorted({piece.first for piece in block.pieces} | {piece.last + 1 for piece in block.pieces})
        before = 0
        for moment in moments:
            living = sorted(
                (piece.low, piece.high) for piece in block.pieces if piece.first <= moment <= piece.last
            )
            bytes_now, end = 0, 0
            for low, high in living:
                bytes_now += max(high - max(low, end), 0)
                end = max(end, high)
            changes[moment] = changes.get(moment, 0) + bytes_now - before
            before = bytes_now
    living_bytes = most = 0
    for moment in sorted(changes):
        living_bytes += changes[moment]
        most = max(most, living_bytes)
    return most


class _Rivals:
    """For each block, the others that live at the same time and the distances at which they would overlap."""

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self.of: list[list[tuple[int, list[tuple[int, int]]]]] = [[] for _ in blocks]
        by_start = sorted(blocks, key=lambda block: block.first)
        for position, block in enumerate(by_start):
            for other in by_start[position + 1 :]:
                if other.first > block.last:
                    break
                closed = _closed(block, other)
                if closed:
                    self.of[block.index].append((other.index, closed))
                    self.of[other.index].append((block.index, [(-high, -low) for low, high in closed]))

    def are_apart(self, offsets: Mapping[int, int]) -> bool:
        """Whether nothing that lives at the same time overlaps."""
        return not any(
            low < offsets[index] - offsets[other] < high
            for index, rivals in enumerate(self.of)
            for other, closed in rivals
            for low, high in closed
        )

    def lowest_offset(self, block: _Block, offsets: Mapping[int, int]) -> int:
        """The lowest offset where `block` overlaps nothing of what is placed and lives with it."""
        intervals = [
            (offsets[other] + low, offsets[other] + high)
            for other, closed in self.of[block.index]
            if other in offsets
            for low, high in closed
        ]
        offset = 0
        for low, high in sorted(intervals):
            if low >= offset:
                break
            offset = max(offset, high)
        return offset


def _closed(block: _Block, other: _Block) -> list[tuple[int, int]]:
    """Open intervals of (block's offset - other's offset) in which the two overlap while both live."""
    return sorted(
        {
            (theirs.low - piece.high, theirs.high - piece.low)
            for piece in block.pieces
            for theirs in other.pieces
            if piece.first <= theirs.last and theirs.first <= piece.last
        }
    )


def _span(blocks: Sequence[_Block], offsets: Mapping[int, int]) -> int:
    return max((offsets[block.index] + block.size for block in blocks), default=0)


_ORDERS: tuple[Callable[[_Block], tuple[int, ...]], ...] = (
    lambda block: (-block.size, block.first),
    lambda block: (-block.area, block.first),
    lambda block: (block.first, -block.size),
    lambda block: (-block.last, -block.size),
)


def _best_of_orders(blocks: Sequence[_Block], rivals: _Rivals, lower_bound: int) -> dict[int, int]:
    found: list[dict[int, int]] = []
    for order in _ORDERS:
        offsets: dict[int, int] = {}
        for block in sorted(blocks, key=order):
            offsets[block.index] = rivals.lowest_offset(block, offsets)
        found.append(offsets)
    found.append(_from_both_ends(blocks, rivals, lower_bound))
    return min(found, key=lambda offsets: _span(blocks, offsets))


def _from_both_ends(blocks: Sequence[_Block], rivals: _Rivals, arena_bytes: int) -> dict[int, int]:
    """Blocks in the order of their birth, at the bottom and the top by turns, as a chain of layers wants it."""
    offsets: dict[int, int] = {}
    for turn, block in enumerate(sorted(blocks, key=_ORDERS[2])):
        top = arena_bytes - block.size
        fits_on_top = top >= 0 and all(
            not low < top - offsets[other] < high
            for other, closed in rivals.of[block.index]
            if other in offsets
            for low, high in closed
        )
        offsets[block.index] = top if turn % 2 and fits_on_top else rivals.lowest_offset(block, offsets)
    return offsets


class _Search:
    """Depth first over orders of placement; a branch ends where it can no longer beat the best one."""

    def __init__(
        self, blocks: Sequence[_Block], rivals: _Rivals, lower_bound: int, best: dict[int, int]
    ) -> None:
        self._blocks = sorted(blocks, key=_ORDERS[1])
        self._rivals = rivals
        self._lower_bound = lower_bound
        self._best = best
        self._best_span = _span(blocks, best)
        self._work = _SEARCH_WORK

    def run(self) -> dict[int, int]:
        self._extend({}, 0)
        return self._best

    def _extend(self, offsets: dict[int, int], floor: int) -> None:
        """Place one more block, none lower than `floor`, where the last one lies: other orders give the same."""
        if len(offsets) == len(self._blocks):
            self._best, self._best_span = dict(offsets), _span(self._blocks, offsets)
            return
        choices = []
        for block in self._blocks:
            if block.index in offsets:
                continue
            self._work -= 1 + len(self._rivals.of[block.index])
            offset = self._rivals.lowest_offset(block, offsets)
            if offset + block.size >= self._best_span:
                return
            choices.append((offset, block))
        for offset, block in sorted(choices, key=lambda choice: choice[0]):
            if self._work <= 0 or self._best_span <= self._lower_bound:
                return
            if offset >= floor and offset + block.size < self._best_span:
                offsets[block.index] = offset
                self._extend(offsets, offset)
                del offsets[block.index]
