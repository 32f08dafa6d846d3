"""RESIZE_BILINEAR, in int8 (integer arithmetic with 10 fractional bits) and float32.

Source: `ResizeBilinearInteger` and `ResizeBilinear` in `kernels/internal/reference/resize_bilinear.h`.
"""

from __future__ import annotations

import math

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.resize_nearest_neighbor import resized

# (first line of the input, second, how far from the first) of a line of the output.
Line = tuple[int, int, float]
ONE = 1 << 10
MAX_SIZE = 1 << 15


@kernel("RESIZE_BILINEAR")
def resize_bilinear(layer: Layer) -> Step:
    """Input [n, h, w, c] and output [n, h', w', c] of one quantization."""
    source = layer.input(0)
    dtype = layer.require_types(source, layer.output)
    options = layer.options(tflite.ResizeBilinearOptions)
    size = resized(layer)
    if max(*size, *source.shape[1:3]) > MAX_SIZE:
        layer.unsupported(f"has images of {list(source.shape)}", f"use at most {MAX_SIZE} rows and columns")
    corners, half_pixels = bool(options.AlignCorners()), bool(options.HalfPixelCenters())
    if corners and half_pixels:
        layer.malformed("aligns both corners and centres")
    locate = _locate if dtype is DType.INT8 else _locate_real
    rows, columns = (
        [locate(position, before, after, corners, half_pixels) for position in range(after)]
        for before, after in zip(source.shape[1:3], size, strict=True)
    )
    call, constants = _int8_tables(rows, columns) if dtype is DType.INT8 else _float_tables(rows, columns)
    return Step(
        call=f"resize_bilinear_{dtype.value}({{parameters}}, {{input0}}, {call}, {{output}})",
        source=f"resize_bilinear_{dtype.value}.h",
        parameters_type="resize_bilinear_parameters",
        parameters={
            "images": source.shape[0],
            "height": source.shape[1],
            "width": source.shape[2],
            "channels": source.shape[3],
            "output_height": size[0],
            "output_width": size[1],
        },
        constants=constants,
        macs=4 * layer.output.elements,
    )


def _int8_tables(rows: list[Line], columns: list[Line]) -> tuple[str, tuple[Constant, ...]]:
    tables = (Constant("rows", "int16_t", np.array(rows)), Constant("columns", "int16_t", np.array(columns)))
    return "{rows}, {columns}", tables


def _float_tables(rows: list[Line], columns: list[Line]) -> tuple[str, tuple[Constant, ...]]:
    tables = []
    for name, lines in (("rows", rows), ("columns", columns)):
        tables.append(Constant(name, "int16_t", np.array([line[:2] for line in lines])))
    for name, lines in (("row_parts", rows), ("column_parts", columns)):
        tables.append(Constant(name, "float", np.array([line[2] for line in lines], np.float32)))
    return "{rows}, {columns}, {row_parts}, {column_parts}", tuple(tables)


def _locate(position: int, before: int, after: int, corners: bool, half_pixels: bool) -> Line:
    """In steps of 1/1024. A part may be negative, or, on the last line, belong to no other line."""
    scale = (ONE * before + after // 2) // after
    if corners and after > 1:
        scale = (ONE * (before - 1) + (after - 1) // 2) // (after - 1)
    place = position * scale + (scale // 2 - ONE // 2 if half_pixels else 0)
    first = min(max(math.trunc(place / ONE), 0), before - 1)
    second = max(min(math.trunc((place + ONE - 1) / ONE), before - 1), 0)
    return first, second, place - ONE * first


def _locate_real(position: int, before: int, after: int, corners: bool, half_pixels: bool) -> Line:
    """In float32 arithmetic."""
    scale = np.float32(before) / np.float32(after)
    if corners and after > 1:
        scale = np.float32(before - 1) / np.float32(after - 1)
    half = np.float32(0.5)
    place = (np.float32(position) + half) * scale - half if half_pixels else np.float32(position) * scale
    first = min(max(math.floor(place), 0), before - 1)
    second = max(min(math.ceil(place), before - 1), 0)
    return first, second, float(np.float32(place) - np.float32(first))
