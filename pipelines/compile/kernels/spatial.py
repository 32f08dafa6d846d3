"""Geometry that convolutions and pools share: output size and padding, as TFLite computes them.

Source: `tensorflow/lite/kernels/padding.h` (`ComputeOutSize`, `ComputePaddingHeightWidth`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tflite

from pipelines.compile.graph import Shape, Tensor
from pipelines.compile.kernels.base import Layer, Reach

# Keeps every coordinate that the C computes far inside int32.
MAX_REACH = 1 << 23
# With more it takes long to find out how far the output may lie in the input.
MAX_TRAIL_PIXELS = 1 << 18


@dataclass(frozen=True)
class Window:
    """A sliding window over an image: kernel, stride, dilation, padding, (vertical, horizontal)."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    pad_before: tuple[int, int]
    output: tuple[int, int]

    @property
    def reach(self) -> Reach:
        extent = [(k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True)]
        return Reach(self.stride, self.pad_before, (extent[0], extent[1]))

    def trails(self, image: Tensor, output: Tensor, gathers: bool) -> dict[int, int]:
        """`Step.trails` of a kernel that goes over the output's pixels row by row, and each row from the left.

        With `gathers` it has read all that a pixel needs before it writes the pixel, otherwise only what the pixels
        before it need. It may be ahead with reading, but not with writing.
        """
        rows, columns = self.output
        if rows * columns > MAX_TRAIL_PIXELS:
            return {}
        width, pixel_bytes = image.shape[2], image.shape[3] * image.dtype.numpy.itemsize
        first_row = np.maximum(np.arange(rows) * self.stride[0] - self.pad_before[0], 0)
        first_column = np.maximum(np.arange(columns) * self.stride[1] - self.pad_before[1], 0)
        # The lowest pixel of the image that an output pixel needs, and that any from it on needs.
        needed = first_row[:, None] * width + np.minimum(first_column, width - 1)
        needed[:-1] = np.minimum(needed[:-1], first_row[1:, None] * width)
        numbers = np.arange(rows * columns)
        written = (numbers if gathers else numbers + 1) * output.shape[3] * output.dtype.numpy.itemsize
        room = (needed.reshape(-1) * pixel_bytes - written)[1 if gathers else 0 :]
        most = int(min(room.min(initial=image.size_bytes), image.size_bytes))
        return {0: most} if most > -output.size_bytes else {}

    def fields(self, image: Tensor) -> dict[str, int]:
        """The fields that every struct of a sliding-window kernel begins with."""
        return {
            "input_height": image.shape[1],
            "input_width": image.shape[2],
            "input_channels": image.shape[3],
            "output_height": self.output[0],
            "output_width": self.output[1],
            "kernel_height": self.kernel[0],
            "kernel_width": self.kernel[1],
            "stride_height": self.stride[0],
            "stride_width": self.stride[1],
            "pad_top": self.pad_before[0],
            "pad_left": self.pad_before[1],
        }


def require_image(layer: Layer, tensor: Tensor) -> None:
    """The tensor must be [1, height, width, channels]."""
    if len(tensor.shape) != 4:
        layer.malformed(
            f"has an input of shape {list(tensor.shape)} where [1, height, width, channels] belongs"
        )
    if tensor.shape[0] != 1:
        layer.unsupported(f"has batch size {tensor.shape[0]}", "export the model with batch size 1")
    layer.require_non_empty(tensor)


def window(
    layer: Layer, image: Tensor, kernel: tuple[int, int], options: Any, dilation: tuple[int, int]
) -> Window:
    """The window of a layer whose options have strides and padding; checks them."""
    stride = (int(options.StrideH()), int(options.StrideW()))
    if min(stride) < 1 or min(dilation) < 1 or min(kernel) < 1:
        layer.malformed(f"has kernel {kernel}, stride {stride}, dilation {dilation}")
    size = image.shape[1:3]
    reach = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    if max(*stride, *reach) > MAX_REACH:
        layer.malformed(f"has kernel {kernel}, stride {stride}, dilation {dilation}")
    if layer.operator.padding is not None:
        top, bottom, left, right = layer.operator.padding
        before, after = (top, left), (bottom, right)
    elif options.Padding() == tflite.Padding.SAME:
        needed = [max((-(-n // s) - 1) * s + r - n, 0) for n, s, r in zip(size, stride, reach, strict=True)]
        before = (needed[0] // 2, needed[1] // 2)
        after = (needed[0] - before[0], needed[1] - before[1])
    elif options.Padding() == tflite.Padding.VALID:
        before = after = (0, 0)
    else:
        layer.malformed(f"has padding {options.Padding()}")
    output = [
        (n + b + a - r) // s + 1 for n, b, a, r, s in zip(size, before, after, reach, stride, strict=True)
    ]
    if min(output) < 1:
        layer.malformed(f"has a window of {reach} on an image of {size}")
    return Window(kernel, stride, dilation, before, (output[0], output[1]))


def output_shape(found: Window, channels: int) -> Shape:
    return (1, *found.output, channels)
