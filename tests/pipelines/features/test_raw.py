"""Raw samples as features."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from pipelines.blocks import BlockError, WindowShape
from pipelines.features.raw import Raw, RawParams

CHANNELS = ("ax", "ay", "az")
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(values=arrays(np.float32, (2, 5, 3), elements=finite), scale=st.floats(-1e6, 1e6))
def test_features_are_the_scaled_samples_and_always_finite(values, scale):
    block = Raw(RawParams(scale=scale), WindowShape(5, CHANNELS, 100))
    limit = np.finfo(np.float32).max
    with np.errstate(over="ignore"):
        expected = np.clip(values * np.float32(scale), -limit, limit)
    np.testing.assert_array_equal(block.extract(values), expected)


def test_the_chosen_channels_come_in_the_chosen_order():
    values = np.arange(30, dtype=np.float32).reshape(2, 5, 3)
    block = Raw(RawParams(), WindowShape(5, CHANNELS, 100), ("az", "ax"))
    assert block.output_shape == (5, 2)
    np.testing.assert_array_equal(block.extract(values), values[:, :, [2, 0]])


def test_a_window_that_is_not_contiguous_or_not_float32_gives_the_same(tmp_path):
    values = np.random.default_rng(0).normal(size=(600, 5, 3)).astype(np.float32)
    block = Raw(RawParams(scale=2), WindowShape(5, CHANNELS, 100))
    expected = block.extract(values)
    np.testing.assert_array_equal(block.extract(np.asfortranarray(values)), expected)
    np.testing.assert_array_equal(block.extract(values.astype(np.float64)), expected)
    np.save(tmp_path / "windows.npy", values)
    np.testing.assert_array_equal(block.extract(np.load(tmp_path / "windows.npy", mmap_mode="r")), expected)


def test_no_windows_give_no_features():
    block = Raw(RawParams(), WindowShape(5, CHANNELS, 100))
    assert block.extract(np.zeros((0, 5, 3), np.float32)).shape == (0, 5, 3)


def test_windows_of_another_shape_are_refused_in_words():
    block = Raw(RawParams(), WindowShape(5, CHANNELS, 100))
    with pytest.raises(BlockError, match=r"windows: expected shape \[batch, 5, 3\]"):
        block.extract(np.zeros((2, 6, 3), np.float32))


def test_an_unknown_channel_is_refused_in_words():
    with pytest.raises(BlockError, match="channels: the input has no gx; it has ax, ay, az"):
        Raw(RawParams(), WindowShape(5, CHANNELS, 100), ("gx",))


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 1e7])
def test_a_scale_that_is_no_sensible_number_is_refused(scale):
    with pytest.raises(ValidationError):
        RawParams(scale=scale)


def test_the_picture_is_a_line_a_channel_over_milliseconds():
    block = Raw(RawParams(), WindowShape(4, CHANNELS, 50), ("ay", "az"))
    picture = block.picture(np.arange(8, dtype=np.float32).reshape(4, 2))
    assert (picture.kind, picture.series, picture.x) == ("line", ("ay", "az"), (0, 20, 40, 60))
    np.testing.assert_array_equal(picture.values, [[0, 2, 4, 6], [1, 3, 5, 7]])
