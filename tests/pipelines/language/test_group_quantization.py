from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipelines.language.group_quantization import (
    dequantize_groups,
    groups_a_row,
    quantize_groups,
    words_a_row,
)

finite = st.floats(-1e4, 1e4, width=32, allow_subnormal=False)


def codes_of(words: np.ndarray, inputs: int) -> list[list[int]]:
    return [[(int(row[i // 8]) >> (4 * (i % 8))) & 15 for i in range(inputs)] for row in words]


@given(arrays.arrays(np.float32, (3, 64), elements=finite))
def test_float32_scales_and_codes_are_those_of_the_formula(rows: np.ndarray) -> None:
    words, scales = quantize_groups(rows, "bfloat16")
    codes = codes_of(words, 64)
    for row in range(3):
        for group in range(2):
            weights = rows[row, 32 * group : 32 * group + 32]
            scale = np.abs(weights).max() / np.float32(7)
            expected = np.clip(np.rint(weights / (scale or np.float32(1)) + np.float32(7)), 0, 14)
            assert codes[row][32 * group : 32 * group + 32] == expected.astype(int).tolist()
            assert scales[row, group] == pytest.approx(scale or 1, rel=2**-8)


@given(arrays.arrays(np.float32, (2, 96), elements=finite), st.sampled_from(["float16", "bfloat16"]))
def test_every_weight_comes_back_within_half_a_step(rows: np.ndarray, scale_type: str) -> None:
    words, scales = quantize_groups(rows, scale_type)  # type: ignore[arg-type]
    back = dequantize_groups(words, scales, 96)
    step = np.repeat(scales, 32, axis=1)
    # the scale is rounded as well, by 1/256 at most: seven steps of it
    assert (np.abs(back - rows) <= step * (0.5 + 7 / 256) + 1e-6).all()


def test_eight_codes_are_a_word_with_the_first_one_lowest() -> None:
    rows = np.zeros((1, 32), np.float32)
    rows[0, :8] = [-7, -5, -3, -1, 1, 3, 5, 7]
    words, scales = quantize_groups(rows, "float16")
    assert scales.tolist() == [[1.0]]
    assert hex(words[0, 0]) == "0xeca86420"
    assert hex(words[0, 1]) == "0x77777777"


def test_a_group_of_zeros_has_scale_one_and_comes_back_as_zeros() -> None:
    words, scales = quantize_groups(np.zeros((2, 32), np.float32), "float16")
    assert scales.tolist() == [[1.0], [1.0]]
    assert not dequantize_groups(words, scales, 32).any()


def test_weights_too_small_for_a_float16_scale_become_zeros() -> None:
    words, scales = quantize_groups(np.full((1, 32), 1e-9, np.float32), "float16")
    assert scales.tolist() == [[1.0]]
    assert not dequantize_groups(words, scales, 32).any()


def test_a_row_that_ends_within_a_group_is_filled_up() -> None:
    rows = np.linspace(-1, 1, 2 * 40, dtype=np.float32).reshape(2, 40)
    words, scales = quantize_groups(rows, "float16")
    assert words.shape == (2, words_a_row(40)) == (2, 8)
    assert scales.shape == (2, groups_a_row(40)) == (2, 2)
    assert not words[:, 5:].any()
    assert np.abs(dequantize_groups(words, scales, 40) - rows).max() < 0.09
