"""STRIDED_SLICE with all of its masks, of elements of any type."""

from __future__ import annotations

from dataclasses import dataclass

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.copies import copy_step, element_strides


@dataclass(frozen=True)
class _Masks:
    """One bit for each entry of begin, end and strides."""

    begin: int
    end: int
    ellipsis: int
    new_axis: int
    shrink: int


@kernel("STRIDED_SLICE")
def strided_slice(layer: Layer) -> Step:
    """`input[begin:end:stride, ...]` as in NumPy. Masks: `tf.strided_slice`."""
    options = layer.options(tflite.StridedSliceOptions)
    masks = _Masks(
        options.BeginMask(),
        options.EndMask(),
        options.EllipsisMask(),
        options.NewAxisMask(),
        options.ShrinkAxisMask(),
    )
    begin, end, strides = (
        layer.constant(position, DType.INT32).reshape(-1).tolist() for position in (1, 2, 3)
    )
    if not len(begin) == len(end) == len(strides) or 0 in strides:
        layer.malformed(f"slices from {begin} to {end} by {strides}")
    is_offset = bool(options.Offset()) if hasattr(options, "Offset") else False
    if is_offset:
        end = [first + each for first, each in zip(begin, end, strict=True)]
    return _lower(layer, list(zip(begin, end, strides, strict=True)), masks)


def _lower(layer: Layer, entries: list[tuple[int, int, int]], masks: _Masks) -> Step:
    """Walk through the entries and the input's axes side by side."""
    shape = layer.input(0).shape
    steps = element_strides(shape)
    sizes: list[int] = []
    moves: list[int] = []
    kept: list[int] = []
    offset = axis = 0
    consuming = sum(
        not _bit(masks.ellipsis, entry) and not _bit(masks.new_axis, entry) for entry in range(len(entries))
    )

    def take_whole(count: int) -> None:
        nonlocal axis
        for _ in range(count):
            sizes.append(shape[axis])
            moves.append(steps[axis])
            kept.append(shape[axis])
            axis += 1

    for entry, bounds in enumerate(entries):
        if _bit(masks.ellipsis, entry):
            take_whole(max(len(shape) - consuming, 0))
        elif _bit(masks.new_axis, entry):
            kept.append(1)
        elif axis >= len(shape):
            layer.malformed(f"has {len(entries)} slices for the shape {list(shape)}")
        else:
            shrinks = _bit(masks.shrink, entry)
            open_ends = (_bit(masks.begin, entry), _bit(masks.end, entry))
            chosen = range(shape[axis])[_python_slice(*bounds, open_ends, shrinks)]
            if not chosen:
                layer.malformed(f"has an empty slice of the shape {list(shape)}")
            offset += chosen[0] * steps[axis]
            sizes.append(len(chosen))
            moves.append(chosen.step * steps[axis])
            if not shrinks:
                kept.append(len(chosen))
            axis += 1
    take_whole(len(shape) - axis)
    layer.require_shape(layer.output, tuple(kept))
    return copy_step(layer, sizes, moves, offset)


def _python_slice(begin: int, end: int, stride: int, open_ends: tuple[bool, bool], shrinks: bool) -> slice:
    """Python clamps as TFLite does, but for the one element that a shrinking slice takes."""
    first = None if open_ends[0] else begin
    if shrinks:
        one = begin if not open_ends[0] else (0 if stride > 0 else -1)
        return slice(one, one + 1 if one != -1 else None, 1)
    return slice(first, None if open_ends[1] else end, stride)


def _bit(mask: int, position: int) -> bool:
    return bool(mask >> position & 1)
