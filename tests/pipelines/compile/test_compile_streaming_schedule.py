"""Turns and rings of a segment: every row is there when it is read, and no ring is a row too large."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile.streaming.regions import AxisReach
from pipelines.compile.streaming.schedule import Part, make_schedule

THREE = AxisReach(1, 1, 3)
SAME = AxisReach(1, 0, 1)


def missing_rows(parts, schedule, rows_of_ring=None):
    """Run the ticks over rings of tagged rows; what a step reads that is not there."""
    rows_of_ring = rows_of_ring or schedule.ring_rows
    last = len(parts) - 1
    memory = {k: {} for k in range(last + 1)}
    missing = []
    done = [0] * len(parts)
    for tick in range(schedule.ticks):
        for k, (part, turns) in enumerate(zip(parts, schedule.turns, strict=True)):
            row = turns.row_at(tick)
            if row == turns.rows or turns.tick_of(row) != tick:
                continue
            assert row == done[k]
            done[k] += 1
            for source in part.sources:
                size = schedule.turns[source].rows
                first, end = part.reach.oldest(row), part.reach.until(row + 1, parts[source].rows)
                assert end <= size, "a row that is never computed"
                ring = schedule.ring_of[source]
                for each in range(first, end):
                    if memory[ring].get(each % rows_of_ring[ring]) != (source, each):
                        missing.append((k, row, source, each))
            ring = schedule.ring_of[k]
            memory[ring][row % rows_of_ring[ring]] = (k, row)
    assert done == [turns.rows for turns in schedule.turns]
    assert done[last] == parts[last].rows
    return missing


def assert_right_and_tight(parts):
    schedule = make_schedule(parts)
    assert missing_rows(parts, schedule) == []
    for k in range(len(parts) - 1):
        if schedule.ring_of[k] == k and schedule.ring_rows[k] > 1:
            fewer = list(schedule.ring_rows)
            fewer[k] -= 1
            assert missing_rows(parts, schedule, fewer), f"ring {k} of {fewer[k]} rows would do"
    return schedule


def chain(*reaches, rows=16):
    parts = [Part(rows, 10, SAME, ())]
    for position, reach in enumerate(reaches):
        size = -(-parts[-1].rows // reach.stride)
        parts.append(Part(size, 10, reach, (position,)))
    return parts


def test_a_chain_of_three_by_three_windows_keeps_three_rows_of_each():
    schedule = assert_right_and_tight(chain(THREE, THREE, THREE, THREE))
    assert schedule.ring_rows[:-1] == (3, 3, 3, 3)


def test_a_layer_of_stride_two_has_a_turn_every_second_tick():
    schedule = assert_right_and_tight(chain(AxisReach(2, 0, 3), THREE, AxisReach(2, 0, 3), SAME, rows=32))
    assert [turns.period for turns in schedule.turns] == [1, 2, 2, 4, 4]
    assert schedule.ring_rows[:-1] == (3, 3, 3, 1)


def test_a_residual_block_keeps_what_the_addition_waits_for():
    parts = [
        Part(16, 10, SAME, ()),
        Part(16, 10, THREE, (0,)),
        Part(16, 10, THREE, (1,)),
        Part(16, 10, SAME, (0, 2), takes_over=2),
    ]
    schedule = assert_right_and_tight(parts)
    assert schedule.ring_rows[:-1] == (3, 3, 1), "the last layer's output is whole: it takes over no ring"


def test_an_element_wise_layer_takes_over_the_ring_of_its_input():
    parts = [*chain(THREE), Part(16, 10, SAME, (1,), takes_over=1), Part(16, 10, THREE, (2,))]
    schedule = assert_right_and_tight(parts)
    assert schedule.ring_of == (0, 1, 1, 3)
    assert schedule.ring_rows[1] == 3


def test_a_shorter_branch_starts_later_when_its_rows_are_larger_than_its_inputs():
    longer = [Part(16, 4, SAME, ()), Part(16, 4, THREE, (0,)), Part(16, 4, THREE, (1,))]
    parts = [*longer, Part(16, 400, SAME, (0,)), Part(16, 400, SAME, (2, 3))]
    assert assert_right_and_tight(parts).ring_rows[3] == 1


def test_rows_that_nothing_reads_are_not_computed():
    parts = [Part(17, 10, SAME, ()), Part(4, 10, AxisReach(4, 0, 2), (0,))]
    assert assert_right_and_tight(parts).turns[0].rows == 14


@st.composite
def graphs(draw):
    """Chains with side branches: sizes that fit together, or that disagree about the pace."""
    parts = [Part(draw(st.integers(1, 20)), draw(st.integers(1, 50)), SAME, ())]
    for _ in range(draw(st.integers(1, 7))):
        before = len(parts)
        kind = draw(st.sampled_from(("window", "window", "add", "other")))
        if kind == "add":
            partners = [k for k in range(before) if parts[k].rows == parts[-1].rows]
            partner = draw(st.sampled_from(partners))
            over = draw(st.sampled_from((None, before - 1)))
            if over is not None and parts[over].row_bytes != parts[-1].row_bytes:
                over = None
            parts.append(Part(parts[-1].rows, parts[-1].row_bytes, SAME, (partner, before - 1), over))
            continue
        source = before - 1 if kind == "window" else draw(st.integers(0, before - 1))
        stride, extent = draw(st.integers(1, 4)), draw(st.integers(1, 5))
        above, below = draw(st.integers(0, extent)), draw(st.integers(0, extent))
        size = max((parts[source].rows + above + below - extent) // stride + 1, 1)
        parts.append(Part(size, draw(st.integers(1, 50)), AxisReach(stride, above, extent), (source,)))
    # What nothing reads is read by a last part, so that the segment has one output.
    read = {source for part in parts for source in part.sources}
    loose = [k for k in range(len(parts)) if k not in read]
    if len(loose) > 1:
        rows = min(parts[k].rows for k in loose)
        parts.append(Part(rows, 1, SAME, tuple(loose)))
    return parts


@settings(max_examples=300, deadline=None, derandomize=True)
@given(graphs())
def test_rings_of_any_segment_hold_what_is_read_and_no_row_more(parts):
    schedule = make_schedule(parts)
    assert missing_rows(parts, schedule) == []
    for k in range(len(parts) - 1):
        if schedule.ring_of[k] == k and schedule.ring_rows[k] > 1:
            fewer = list(schedule.ring_rows)
            fewer[k] -= 1
            assert missing_rows(parts, schedule, fewer)


@pytest.mark.parametrize("start", [0, 3])
def test_turns_know_their_row_at_a_tick(start):
    turns = replace(make_schedule(chain(AxisReach(2, 0, 3))).turns[1], start=start)
    ticks = {turns.tick_of(row): row for row in range(turns.rows)}
    for tick in range(40):
        following = min((each for each in ticks if each >= tick), default=None)
        assert turns.row_at(tick) == (turns.rows if following is None else ticks[following])
