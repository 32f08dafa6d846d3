"""Placement: nothing that lives at the same time overlaps, and no byte is wasted that need not be."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile.plan import ALIGNMENT_BYTES, Request, Trail, aligned, place


def lists_of_requests(most, steps):
    numbers = st.tuples(st.integers(1, 60), st.integers(0, steps), st.integers(0, steps))
    return st.lists(numbers, min_size=1, max_size=most).map(
        lambda draws: [
            Request(key, size, first, first + more) for key, (size, first, more) in enumerate(draws)
        ]
    )


@st.composite
def requests_with_trails(draw, most=12, steps=8):
    """Requests, and how some that begin where another one ends may lie in its bytes."""
    requests = draw(lists_of_requests(most, steps))
    trails = []
    for source, target in itertools.permutations(requests, 2):
        if source.last == target.first and source.first < target.first and draw(st.booleans()):
            most_bytes = draw(st.integers(-target.size_bytes, source.size_bytes))
            least = draw(st.none() | st.integers(-target.size_bytes, most_bytes))
            trails.append(Trail(source.key, target.key, most_bytes, least))
    return requests, trails


def overlapping(requests, offsets, trails=()):
    """Pairs that live at the same time and share bytes in another way than a trail allows."""
    windows = {(trail.source, trail.target): trail for trail in trails}

    def allowed(one, other):
        trail = windows.get((one.key, other.key))
        distance = offsets[other.key] - offsets[one.key]
        return (
            trail is not None and (trail.least is None or trail.least <= distance) and distance <= trail.most
        )

    return [
        (one.key, other.key)
        for one, other in itertools.combinations(requests, 2)
        if one.first <= other.last
        and other.first <= one.last
        and offsets[one.key] < offsets[other.key] + other.size_bytes
        and offsets[other.key] < offsets[one.key] + one.size_bytes
        and not allowed(one, other)
        and not allowed(other, one)
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
@given(requests_with_trails())
def test_nothing_that_lives_at_the_same_time_overlaps_but_what_is_made_from_the_other(case):
    requests, trails = case
    placement = place(requests, trails)
    offsets = placement.offsets
    assert overlapping(requests, offsets, trails) == []
    assert all(offset >= 0 and offset % ALIGNMENT_BYTES == 0 for offset in offsets.values())
    assert placement.arena_bytes >= placement.lower_bound_bytes
    assert placement.arena_bytes == max(offsets[each.key] + aligned(each.size_bytes) for each in requests)


@settings(deadline=None, derandomize=True)
@given(requests_with_trails())
def test_a_trail_never_costs_memory(case):
    requests, trails = case
    assert place(requests, trails).lower_bound_bytes <= place(requests).lower_bound_bytes


def test_a_target_in_place_or_in_front_of_its_source_shares_its_bytes():
    requests = [Request("source", 100, 0, 1), Request("target", 60, 1, 2)]
    in_place = place(requests, [Trail("source", "target", 0, 0)])
    assert in_place.arena_bytes == in_place.lower_bound_bytes == 100
    assert in_place.offsets["source"] == in_place.offsets["target"]
    in_front = place(requests, [Trail("source", "target", -8)])
    assert in_front.arena_bytes == in_front.lower_bound_bytes == 108
    assert in_front.offsets["source"] - in_front.offsets["target"] == 8
    larger = place(
        [Request("source", 40, 0, 1), Request("target", 100, 1, 2)], [Trail("source", "target", -60)]
    )
    assert larger.arena_bytes == larger.lower_bound_bytes == 100


@settings(deadline=None, derandomize=True)
@given(lists_of_requests(6, 5))
def test_few_requests_are_placed_as_well_as_any_order_places_them(requests):
    placement = place(requests)
    assert placement.lower_bound_bytes == most_at_once(requests)
    assert placement.arena_bytes == least_by_brute_force(requests)


@settings(deadline=None, derandomize=True)
@given(lists_of_requests(10, 6), st.data())
def test_what_is_asked_to_lie_low_is_not_in_the_upper_half_without_need(requests, data):
    key = data.draw(st.sampled_from(requests)).key
    low, free = place(requests, low=key), place(requests)
    assert overlapping(requests, low.offsets) == []
    assert low.arena_bytes == free.arena_bytes
    assert low.offsets[key] <= free.offsets[key]


def test_the_search_finds_what_no_greedy_order_does():
    requests = [
        Request(key, *numbers)
        for key, numbers in enumerate(
            [(4, 5, 5), (8, 1, 3), (28, 2, 5), (32, 3, 5), (32, 4, 5), (28, 3, 3), (20, 3, 4)]
        )
    ]
    # The greedy orders reach 120.
    assert place(requests).arena_bytes == least_by_brute_force(requests) == 116


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
