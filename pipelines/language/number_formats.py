"""bfloat16 and float16, the numbers that weights are stored as.

bfloat16 is the upper half of a float32 (sign, 8 bits of exponent, 7 of fraction); NumPy has no type for it, so it
is ``uint16`` here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
UInt16Array = NDArray[np.uint16]


def float32_of_bfloat16(bits: NDArray[np.uint16]) -> Float32Array:
    """The same numbers, exactly."""
    wide = bits.astype(np.uint32)
    np.left_shift(wide, 16, out=wide)
    return wide.view(np.float32)


def bfloat16_of_float32(values: NDArray[np.floating[Any]]) -> UInt16Array:
    """The nearest bfloat16, ties to the even one; a number too large becomes the largest, not infinity.

    Finite numbers only.
    """
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    odd = (bits >> 16) & 1
    rounded = bits + 0x7FFF + odd
    overflowed = (rounded & 0x7F80_0000) == 0x7F80_0000
    return np.where(overflowed, bits >> 16, rounded >> 16).astype(np.uint16)


def round_to_bfloat16(values: Float32Array) -> Float32Array:
    """The values as they are after being stored as bfloat16."""
    return float32_of_bfloat16(bfloat16_of_float32(values))


def float16_of_float32(values: Float32Array) -> NDArray[np.float16] | None:
    """The nearest float16 (little-endian), None where one of the numbers is too large for it.

    Finite numbers only.
    """
    with np.errstate(over="ignore"):
        halves = values.astype("<f2")
    # an exponent of all ones; several times as fast as looking for infinity
    overflowed = halves.size and int((halves.view("<u2") & 0x7FFF).max()) >= 0x7C00
    return None if overflowed else halves
