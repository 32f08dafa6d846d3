"""Arrays that several steps have alike are kept once: a loop's turns, say, read the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipelines.compile.kernels.base import Constant, Step

# Below this, reading on is worth more than the bytes.
_WORTH_BYTES = 16


def share_constants(steps: Sequence[Step]) -> list[Step]:
    """The steps, in their final order, where every array like an earlier one is `same_as` that."""
    owners: dict[object, tuple[int, str]] = {}
    return [
        replace(step, constants=tuple(_shared(constant, index, owners) for constant in step.constants))
        for index, step in enumerate(steps)
    ]


def _shared(constant: Constant, index: int, owners: dict[object, tuple[int, str]]) -> Constant:
    if constant.size_bytes < _WORTH_BYTES:
        return constant
    flavours = tuple((flavour, _content(values)) for flavour, values in sorted(constant.flavours.items()))
    key = (constant.c_type, _content(constant.values), flavours)
    owner = owners.setdefault(key, (index, constant.name))
    return constant if owner == (index, constant.name) else replace(constant, same_as=owner)


def _content(values: npt.NDArray[np.generic]) -> tuple[str, bytes]:
    return values.dtype.str, np.ascontiguousarray(values).tobytes()
