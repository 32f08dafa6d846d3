"""What operators that only move elements have in common: one strided copy of bytes, of any type.

The output lies together; the input is walked through with a step for each of the output's axes, which may be
0 (repeat) or negative (backwards).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType, Shape
from pipelines.compile.kernels.base import Layer, Step

LOOPS = 5
_OFFSET = re.compile(r"\{(?:input0|operand0)\} \+ (\d+)")
_COPIED = {DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.FLOAT32, DType.BOOL}


def element_strides(shape: Shape) -> tuple[int, ...]:
    """How many elements one step along each axis of a whole tensor is."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def require_copied_types(layer: Layer, position: int = 0) -> DType:
    """The type of an input, which must be that of the output."""
    source, output = layer.input(position), layer.output
    if source.dtype is not output.dtype:
        layer.malformed(f"makes {output.dtype.value} of {source.dtype.value}")
    if source.dtype not in _COPIED:
        layer.unsupported(f"moves elements of type {source.dtype.value}", "use int8 or float32")
    layer.require_non_empty(source, output)
    return source.dtype


def copy_step(layer: Layer, sizes: Sequence[int], strides: Sequence[int], offset: int = 0) -> Step:
    """Fill the output, seen as of shape `sizes`, from input 0.

    `strides` are steps in the input for each of those axes, `offset` is where it begins, in elements.
    """
    dtype = require_copied_types(layer)
    if math.prod(sizes) != layer.output.elements:
        layer.malformed(f"makes a tensor of shape {list(layer.output.shape)} where {list(sizes)} belongs")
    loops = _merged(sizes, strides)
    element_bytes = dtype.numpy.itemsize
    run = 1
    if loops and loops[-1][1:] == (1, 1):
        run = loops.pop()[0]
    source = f"{{input0}} + {offset}" if offset else "{input0}"
    if not loops:
        return Step(
            call=f"copy_whole({run * element_bytes}, {source}, {{output}})",
            source="copy_whole.h",
        )
    if len(loops) > LOOPS:
        layer.unsupported(f"moves elements along {len(loops)} axes", f"use at most {LOOPS}")
    filled = [(1, 0, 0)] * (LOOPS - len(loops)) + loops
    size, source_steps, target_steps = (tuple(column) for column in zip(*filled, strict=True))
    return Step(
        call=f"copy_strided({{parameters}}, {source}, {{output}})",
        source="copy_strided.h",
        parameters_type="copy_strided_parameters",
        parameters={
            "size": size,
            "from": tuple(step * element_bytes for step in source_steps),
            "to": tuple(step * element_bytes for step in target_steps),
            "run_bytes": run * element_bytes,
        },
    )


def copied(step: Step, data: npt.NDArray[Any], shape: Shape) -> npt.NDArray[Any]:
    """What a step of `copy_step` makes of an array: the output, of this shape, when compiling."""
    found = _OFFSET.search(step.call)
    offset = int(found[1]) if found else 0
    flat = np.ascontiguousarray(data).reshape(-1)[offset:]
    item_bytes = data.dtype.itemsize
    if step.call.startswith("copy_whole("):
        return flat[: math.prod(shape)].reshape(shape)
    sizes, steps = (cast("tuple[int, ...]", step.parameters[name]) for name in ("size", "from"))
    run_bytes = cast(int, step.parameters["run_bytes"])
    view = np.lib.stride_tricks.as_strided(flat, (*sizes, run_bytes // item_bytes), (*steps, item_bytes))
    return np.ascontiguousarray(view).reshape(shape)


def _merged(sizes: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int, int]]:
    """Loops (size, step in the input, step in the output); neighbours that step alike are one loop."""
    merged: list[tuple[int, int, int]] = []
    for size, source, target in zip(sizes, strides, element_strides(tuple(sizes)), strict=True):
        if size == 1:
            continue
        if merged and merged[-1][1:] == (source * size, target * size):
            merged[-1] = (merged[-1][0] * size, source, target)
        else:
            merged.append((size, source, target))
    return merged
