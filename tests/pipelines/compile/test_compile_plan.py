"""Placement: nothing that lives at the same time overlaps, and no byte is wasted that need not be."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile.plan import ALIGNMENT_BYTES, Request, aligned, place


def requests_of(draws):
    """Requests with keys 0, 1, ... from (bytes, first, last - first, block, shift / 4)."""
    return [
        Request(key, size, first, first + more, block, 4 * shift if block is not None else 0)
        for key, (size, first, more, block, shift) in enumerate(draws)
    ]


def lists_of_requests(most, steps, blocks):
    block = st.none() | st.sampled_from(blocks) if blocks else st.none()
    return st.lists(
        st.tuples(
            st.integers(1, 60), st.integers(0, steps), st.integers(0, steps), block, st.integers(-9, 9)
        ),
        min_size=1,
        max_size=most,
    ).map(requests_of)


def overlapping(requests, offsets):
    return [
        (one.key, other.key)
        for one, other in itertools.combinations(requests, 2)
        if (one.block is None or one.block != other.block)
        and one.first <= other.last
        and other.first <= one.last
        and offsets[one.key] < offsets[other.key] + other.size_bytes
        and offsets[other.key] < offsets[one.key] + one.size_bytes
    ]


def most_at_once(requests):
    return max(
        sum(aligned(each.size_bytes) for each in requests if each.first <= step <= each.last)
        for step in range(max(each.last for each in requests) + 1)
    )


def least_by_brute_force(requests):
    """The smallest arena over every order in which the requests could sink to the ground."""
    best = None
    for order in itertools.permutations(requests):
        placed = {}
        for each in order:
            rivals = sorted(
                (placed[other.key], placed[other.key] + aligned(other.size_bytes))
                for other in requests
                if other.key in placed and other.first <= each.last and each.first <= other.last
            )
            offset = 0
            for low, high in rivals:
                if offset + aligned(each.size_bytes) <= low:
                    break
                offset = max(offset, high)
            placed[each.key] = offset
        span = max(placed[each.key] + aligned(each.size_bytes) for each in requests)
        best = span if best is None else min(best, span)
    return best


@settings(deadline=None, derandomize=True, max_examples=200)
@given(lists_of_requests(14, 9, ["a", "b"]))
def test_nothing_that_lives_at_the_same_time_overlaps(requests):
    placement = place(requests)
    offsets = placement.offsets
    assert overlapping(requests, offsets) == []
    assert all(offset >= 0 and offset % ALIGNMENT_BYTES == 0 for offset in offsets.values())
    assert placement.arena_bytes >= placement.lower_bound_bytes
    assert placement.arena_bytes == max(offsets[each.key] + aligned(each.size_bytes) for each in requests)


@settings(deadline=None, derandomize=True)
@given(lists_of_requests(14, 9, ["a", "b"]))
def test_members_of_a_block_keep_their_distance(requests):
    offsets = place(requests).offsets
    for one, other in itertools.combinations(requests, 2):
        if one.block is not None and one.block == other.block:
            assert offsets[one.key] - offsets[other.key] == one.shift - other.shift


@settings(deadline=None, derandomize=True)
@given(lists_of_requests(6, 5, []))
def test_few_requests_are_placed_as_well_as_any_order_places_them(requests):
    placement = place(requests)
    assert placement.lower_bound_bytes == most_at_once(requests)
    assert placement.arena_bytes == least_by_brute_force(requests)


@settings(deadline=None, derandomize=True)
@given(lists_of_requests(10, 6, ["a"]), st.data())
def test_what_is_asked_to_lie_low_is_not_in_the_upper_half_without_need(requests, data):
    key = data.draw(st.sampled_from(requests)).key
    low, free = place(requests, low=key), place(requests)
    assert overlapping(requests, low.offsets) == []
    assert low.arena_bytes == free.arena_bytes
    assert low.offsets[key] <= free.offsets[key]


def test_the_search_finds_what_no_greedy_order_does():
    # An instance with a hole that only one order leaves free.
    requests = [
        Request(key, size, first, last)
        for key, (size, first, last) in enumerate(
            [(8, 0, 1), (16, 1, 3), (12, 0, 0), (8, 2, 5), (12, 4, 6), (16, 6, 7), (8, 5, 7), (4, 3, 4)]
        )
    ]
    assert (
        place(requests).arena_bytes == least_by_brute_force(requests[:7]) == place(requests).lower_bound_bytes
    )


def test_a_chain_of_layers_reaches_the_lower_bound():
    sizes = [640, 128, 128, 128, 128, 8, 128, 128, 128, 640]
    requests = [Request(key, size, max(key - 1, 0), key) for key, size in enumerate(sizes)]
    placement = place(requests)
    assert placement.arena_bytes == placement.lower_bound_bytes == 768


@pytest.mark.parametrize("count", [60, 200, 1500])
def test_a_hostile_number_of_requests_takes_no_long_time(count):
    requests = [
        Request(key, 1 + key * 7919 % 997, key // 3, key // 3 + key * 31 % 17) for key in range(count)
    ]
    started = time.process_time()
    placement = place(requests)
    assert time.process_time() - started < 5
    assert placement == place(requests)
    assert overlapping(requests, placement.offsets) == []
