"""RESIZE_NEAREST_NEIGHBOR and MIRROR_PAD: images that are made of the pixels of others, of any type."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.copies import require_copied_types


@kernel("RESIZE_NEAREST_NEIGHBOR")
def resize_nearest_neighbor(layer: Layer) -> Step:
    """Input [n, h, w, c]. Source: `GetNearestNeighbor` in `kernels/internal/reference/resize_nearest_neighbor.h`."""
    source = layer.input(0)
    options = layer.options(tflite.ResizeNearestNeighborOptions)
    size = resized(layer)
    lines = [
        [_nearest(i, before, after, options.AlignCorners(), options.HalfPixelCenters()) for i in range(after)]
        for before, after in zip(source.shape[1:3], size, strict=True)
    ]
    return pick_step(layer, source.shape[:1], source.shape[1:3], source.shape[3:], lines)


@kernel("MIRROR_PAD")
def mirror_pad(layer: Layer) -> Step:
    """An image that goes on mirrored beyond its edges, which are repeated (symmetric) or not (reflect)."""
    shape = layer.input(0).shape
    amounts = layer.constant(1, layer.input(1).dtype).tolist()
    if len(amounts) != len(shape) or any(len(each) != 2 for each in amounts):
        layer.malformed(f"pads {list(shape)} by {amounts}")
    mode = layer.options(tflite.MirrorPadOptions).Mode()
    edge = 1 if mode == tflite.MirrorPadMode.SYMMETRIC else 0
    if any(
        not 0 <= each <= size - 1 + edge for size, pair in zip(shape, amounts, strict=True) for each in pair
    ):
        layer.malformed(f"pads {list(shape)} by {amounts}")
    layer.require_shape(
        layer.output, tuple(size + sum(pair) for size, pair in zip(shape, amounts, strict=True))
    )
    padded = [axis for axis, pair in enumerate(amounts) if any(pair)] or [0]
    first = padded[0]
    if padded[-1] > first + 1:
        layer.unsupported(f"pads the axes {padded}", "pad at most two neighbouring axes")
    if not shape:
        layer.malformed("pads a scalar")
    axes = [*range(first, min(first + 2, len(shape)))]
    lines = [_mirrored(shape[axis], amounts[axis], edge) for axis in axes] + [[0]] * (2 - len(axes))
    sizes = (*(shape[axis] for axis in axes), *(1,) * (2 - len(axes)))
    return pick_step(layer, shape[:first], sizes, shape[first + 2 :], lines)


def resized(layer: Layer) -> tuple[int, int]:
    """(height, width) that input 1 asks for; checks the shapes of an image and of the output."""
    source = layer.input(0)
    size = layer.constant(1, DType.INT32).reshape(-1).tolist()
    if len(source.shape) != 4 or len(size) != 2 or min(size) < 1:
        layer.malformed(f"resizes {list(source.shape)} to {size}")
    layer.require_non_empty(source)
    layer.require_shape(layer.output, (source.shape[0], *size, source.shape[3]))
    return size[0], size[1]


def pick_step(
    layer: Layer,
    images: Sequence[int],
    size: Sequence[int],
    pixel: Sequence[int],
    lines: Sequence[Sequence[int]],
) -> Step:
    """Pick rows `lines[0]` and columns `lines[1]` of the input, seen as `images` of `size` with pixels of shape `pixel`."""
    element_bytes = require_copied_types(layer).numpy.itemsize
    if max(size) > 1 << 16:
        layer.unsupported(f"has an image of {list(size)}", "use at most 65536 rows and columns")
    return Step(
        call="pick_pixels({parameters}, {input0}, {rows}, {columns}, {output})",
        source="pick_pixels.h",
        parameters_type="pick_pixels_parameters",
        parameters={
            "images": math.prod(images),
            "height": size[0],
            "width": size[1],
            "output_height": len(lines[0]),
            "output_width": len(lines[1]),
            "pixel_bytes": math.prod(pixel) * element_bytes,
        },
        constants=(
            Constant("rows", "uint16_t", np.array(lines[0])),
            Constant("columns", "uint16_t", np.array(lines[1])),
        ),
    )


def _nearest(position: int, before: int, after: int, align_corners: bool, half_pixel_centers: bool) -> int:
    """In float32 arithmetic."""
    corners = align_corners and after > 1
    scale = (
        np.float32(before - 1) / np.float32(after - 1) if corners else np.float32(before) / np.float32(after)
    )
    real = float((np.float32(position) + np.float32(0.5 if half_pixel_centers else 0)) * scale)
    found = math.floor(real + 0.5) if align_corners else math.floor(real)
    return max(0, min(found, before - 1))


def _mirrored(size: int, amounts: Sequence[int], edge: int) -> list[int]:
    head = [position - edge for position in range(amounts[0], 0, -1)]
    tail = [size - 2 + edge - position for position in range(amounts[1])]
    return [*head, *range(size), *tail]
