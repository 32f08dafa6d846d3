"""Accuracy by part of the test split, and its intervals."""

import numpy as np
import pytest

from pipelines.evaluate import slices_of, wilson_interval
from pipelines.evaluate.slices import MAX_SLICES


@pytest.mark.parametrize("count", [1, 5, 40, 1000])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.97, 1.0])
def test_the_interval_is_wilsons(share, count):
    scipy_stats = pytest.importorskip("scipy.stats")
    right = round(share * count)
    expected = scipy_stats.binomtest(right, count).proportion_ci(0.95, method="wilson")
    low, high = wilson_interval(right / count, count)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_nothing_seen_tells_nothing():
    assert wilson_interval(0.0, 0) == (0.0, 1.0)


def test_every_label_and_group_is_a_slice_counted_by_recordings():
    right = np.array([1, 1, 0, 1, 0, 0, 1, 1], bool)
    label = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    recording = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    slices = slices_of(right, label, recording, ["shake", "still"], ["ann", "bob", "ann", "bob"])
    found = {(one.by, one.name): (one.windows, one.recordings, one.accuracy) for one in slices}
    assert found == {
        ("all", ""): (8, 4, 0.625),
        ("label", "shake"): (4, 2, 0.75),
        ("label", "still"): (4, 2, 0.5),
        ("group", "ann"): (4, 2, 0.5),
        ("group", "bob"): (4, 2, 0.75),
    }
    assert slices[0].low == wilson_interval(0.625, 4)[0]


def test_without_groups_there_are_no_slices_by_group():
    slices = slices_of(np.ones(4, bool), np.zeros(4, int), np.arange(4), ["a", "b"], ["", "", "", ""])
    assert [one.by for one in slices] == ["all", "label"]


def test_of_very_many_groups_the_worst_are_kept():
    count = MAX_SLICES + 50
    right = np.arange(count) >= 60
    groups = [f"g{number:03}" for number in range(count)]
    slices = slices_of(right, np.zeros(count, int), np.arange(count), ["a"], groups)
    kept = [one for one in slices if one.by == "group"]
    assert len(kept) == MAX_SLICES
    assert sum(one.accuracy == 0 for one in kept) == 60
