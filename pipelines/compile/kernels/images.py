"""How kernels see tensors as images of pixels, so that they can work on tiles of them (`native/tile.h`)."""

from __future__ import annotations

import math

from pipelines.compile.graph import Shape
from pipelines.compile.kernels.base import Fields, Layer


def is_image(shape: Shape) -> bool:
    """Whether the shape is [1, height, width, channels]."""
    return len(shape) == 4 and shape[0] == 1


def image_size(shape: Shape) -> tuple[int, int]:
    """Rows and columns; a tensor of any other shape counts as an image of one pixel."""
    return (shape[1], shape[2]) if is_image(shape) else (1, 1)


def pixel_values(shape: Shape) -> int:
    """Values of a pixel: the channels; all of a tensor that is no image."""
    return shape[3] if is_image(shape) else math.prod(shape)


def paired_images(layer: Layer) -> Fields | None:
    """The struct `image_pair` of two operands that meet pixel by pixel, or None where they broadcast otherwise.

    Each operand is computed and has the output's shape, or is a constant of one value, or of one for each channel.
    """
    shape = layer.output.shape
    values = pixel_values(shape)
    kinds = [_operand_kind(layer, position, values) for position in (0, 1)]
    if None in kinds or kinds.count("image") == 0:
        return None
    return {
        "channels": values,
        "by_pixel": int("channels" in kinds and is_image(shape)),
        "moves": tuple(int(kind == "image") for kind in kinds),
        "stride": tuple(int(kind != "value") for kind in kinds),
    }


def _operand_kind(layer: Layer, position: int, values: int) -> str | None:
    operand = layer.input(position)
    if operand.data is None:
        return "image" if operand.shape == layer.output.shape else None
    if operand.elements == 1:
        return "value"
    return "channels" if operand.elements == values == operand.shape[-1] else None
