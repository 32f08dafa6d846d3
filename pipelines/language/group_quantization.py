"""Four-bit numbers in groups that share a scale: MLC's ``q4f16_1`` and ``q4f32_1``.

Source: MLC LLM, ``group_quantization.py``: groups of 32 along the inputs of a layer; ``scale = max|w| / 7``; ``code =
clamp(round(w / scale + 7), 0, 14)``, ties to the even one; eight codes in a ``uint32``, the first one in its lowest bits;
``w = (code - 7) * scale``; a group of zeros has scale 1. As MLC does, ``q4f16_1`` rounds the scale to float16 before the codes
are made, and ``q4f32_1`` makes them for a float32 scale, which is rounded to bfloat16 when it is stored.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.language.number_formats import Float32Array, round_to_bfloat16

GROUP = 32
CODES_A_WORD = 8
ZERO_CODE = 7
"""The code that stands for 0; codes reach from 0 to twice that."""

ScaleType = Literal["float16", "bfloat16"]
"""How scales are stored. MLC keeps them as float32 in ``q4f32_1``, and stores those as bfloat16."""


def words_a_row(inputs: int) -> int:
    """How many ``uint32`` hold a row of so many weights; the last group is filled up."""
    return groups_a_row(inputs) * (GROUP // CODES_A_WORD)


def groups_a_row(inputs: int) -> int:
    """How many scales a row of so many weights has."""
    return -(-inputs // GROUP)


def quantize_groups(rows: Float32Array, scale_type: ScaleType) -> tuple[NDArray[np.uint32], Float32Array]:
    """Codes and scales of weights.

    Args:
        rows: ``float32[rows, inputs]``, finite.

    Returns:
        ``uint32[rows, words]`` and ``float32[rows, groups]``; the scales are rounded as ``scale_type`` says, and infinite
        where they are too large for it.
    """
    count, inputs = rows.shape
    padding = -inputs % GROUP
    if padding:
        rows = np.pad(rows, ((0, 0), (0, padding)))
    groups = rows.reshape(count, -1, GROUP)
    scales = np.abs(groups).max(axis=2) / np.float32(ZERO_CODE)
    if scale_type == "float16":
        with np.errstate(over="ignore"):
            scales = scales.astype(np.float16).astype(np.float32)
    # float16 also rounds a scale to 0 where weights are too small for it
    scales[scales == 0] = 1
    scaled = groups / scales[:, :, None]
    scaled += np.float32(ZERO_CODE)
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, 2 * ZERO_CODE, out=scaled)
    codes = scaled.astype(np.uint8).reshape(count, -1)
    if padding:
        codes[:, inputs:] = 0
    return _packed(codes), scales if scale_type == "float16" else round_to_bfloat16(scales)


def dequantize_groups(
    words: NDArray[np.uint32], scales: NDArray[np.floating[Any]], inputs: int
) -> Float32Array:
    """The weights ``float32[rows, inputs]`` that codes and scales stand for."""
    shifts = np.arange(0, 32, 32 // CODES_A_WORD, dtype=np.uint32)
    codes = ((words[:, :, None] >> shifts) & 0xF).reshape(len(words), -1, GROUP)
    values = (codes.astype(np.float32) - ZERO_CODE) * scales.astype(np.float32)[:, :, None]
    return np.asarray(values.reshape(len(words), -1)[:, :inputs], np.float32)


def _packed(codes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Codes of 4 bits, eight to a word: bytes of a ``uint64`` are pushed together in three steps."""
    wide: NDArray[np.uint64] = codes.view("<u8").astype(np.uint64, copy=False)
    for shift, mask in ((4, 0x00FF_00FF_00FF_00FF), (8, 0x0000_FFFF_0000_FFFF), (16, 0xFFFF_FFFF)):
        wide = (wide | wide >> np.uint64(shift)) & np.uint64(mask)
    return wide.astype(np.uint32)
