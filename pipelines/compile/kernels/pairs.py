"""Constants of convolutions and dense layers in the order and coding of `native/pairs_int8.h` (DSP instructions)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.quantize import Multiplier

# Sums carry a factor of 256, and must fit into 32 bits when they are complete.
_SUM_LIMIT = 2**23


def weights_fit(weights: npt.NDArray[Any]) -> bool:
    """Whether the coding has room for the weights: -128 does not fit."""
    return bool(weights.min(initial=0) > -128)


def sums_fit(folded: npt.NDArray[Any], weights: npt.NDArray[Any]) -> bool:
    """Whether no complete sum leaves 24 bits; weights are [outputs, products], `folded` the bias of each output."""
    reach = np.abs(folded) + 128 * np.abs(weights.astype(np.int64)).sum(axis=1)
    return bool(reach.max(initial=0) < _SUM_LIMIT)


def coded(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[rows, products] -> words [rows, products / 4], whose 16-bit halves are 256 * odd - even.

    There must be a multiple of four products.
    """
    wide = weights.astype(np.int64)
    return (256 * wide[:, 1::2] - wide[:, 0::2]).astype("<i2").view("<i4")


def in_blocks(words: npt.NDArray[Any], block: int) -> npt.NDArray[Any]:
    """[rows, words] -> [rows / block, words, block], filled up with zeros."""
    filled = np.pad(words, ((0, -words.shape[0] % block), (0, 0)))
    return np.ascontiguousarray(filled.reshape(-1, block, words.shape[1]).transpose(0, 2, 1))


def corrected_bias(folded: npt.NDArray[Any], weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """256 times the bias, less what the coding adds to a sum; int64, of which the kernels use the low 32 bits."""
    even, odd = (weights[:, start::2].astype(np.int64).sum(axis=1) for start in (0, 1))
    bias: npt.NDArray[Any] = 256 * (folded - even - 128 * odd) + 255 * even
    return bias


def channels(
    folded: npt.NDArray[Any], weights: npt.NDArray[Any], found: list[Multiplier]
) -> npt.NDArray[Any]:
    """[outputs / 2, (2 biases, 2 multipliers)]: the low byte of a bias is its shift to the right."""
    each = found if len(found) > 1 else found * len(folded)
    biases = corrected_bias(folded, weights) + [-multiplier.shift for multiplier in each]
    doubled = [2 * multiplier.mantissa for multiplier in each]
    pairs = np.stack([biases, np.array(doubled)])
    pairs = np.pad(pairs, ((0, 0), (0, pairs.shape[1] % 2))).reshape(2, -1, 2).transpose(1, 0, 2)
    return wrapped(pairs)


def wrapped(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The low 32 bits of int64 numbers."""
    return values.astype(np.uint64).astype(np.uint32).view(np.int32)


def as_words(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """int8 as words, filled up with zeros at the end: for arrays whose other forms are words."""
    flat = weights.astype(np.int8).reshape(-1)
    return np.pad(flat, (0, -flat.size % 4)).view("<i4")
