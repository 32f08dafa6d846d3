"""The geometry that every kernel of CONV_2D takes."""

from __future__ import annotations

from pipelines.compile.graph import Tensor
from pipelines.compile.kernels.base import Fields
from pipelines.compile.kernels.spatial import Window


def conv_2d_geometry(found: Window, image: Tensor, group_channels: int, outputs: int) -> Fields:
    """The nested struct `conv_2d_geometry`."""
    return {
        **found.fields(image),
        "dilation_height": found.dilation[0],
        "dilation_width": found.dilation[1],
        "groups": image.shape[3] // group_channels,
        "group_channels": group_channels,
        "output_channels": outputs,
    }
