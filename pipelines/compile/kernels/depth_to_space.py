"""DEPTH_TO_SPACE and SPACE_TO_DEPTH of elements of any type: blocks of pixels to channels and back."""

from __future__ import annotations

import tflite

from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.copies import copy_step, element_strides


@kernel("DEPTH_TO_SPACE")
def depth_to_space(layer: Layer) -> Step:
    """[n, h, w, block * block * c] to [n, h * block, w * block, c]."""
    shape = layer.input(0).shape
    block = int(layer.options(tflite.DepthToSpaceOptions).BlockSize())
    if len(shape) != 4 or block < 1 or shape[3] % (block * block):
        layer.malformed(f"spreads {list(shape)} over blocks of {block}")
    count, height, width, depth = shape
    channels = depth // (block * block)
    layer.require_shape(layer.output, (count, height * block, width * block, channels))
    image, row, pixel, block_row, block_column, channel = element_strides(
        (count, height, width, block, block, channels)
    )
    return copy_step(
        layer,
        (count, height, block, width, block, channels),
        (image, row, block_row, pixel, block_column, channel),
    )


@kernel("SPACE_TO_DEPTH")
def space_to_depth(layer: Layer) -> Step:
    """[n, h * block, w * block, c] to [n, h, w, block * block * c]."""
    shape = layer.input(0).shape
    block = int(layer.options(tflite.SpaceToDepthOptions).BlockSize())
    if len(shape) != 4 or block < 1 or shape[1] % block or shape[2] % block:
        layer.malformed(f"gathers blocks of {block} from {list(shape)}")
    count, height, width, channels = shape[0], shape[1] // block, shape[2] // block, shape[3]
    layer.require_shape(layer.output, (count, height, width, channels * block * block))
    image, row, block_row, pixel, block_column, channel = element_strides(
        (count, height, block, width, block, channels)
    )
    return copy_step(
        layer,
        (count, height, width, block, block, channels),
        (image, row, pixel, block_row, block_column, channel),
    )
