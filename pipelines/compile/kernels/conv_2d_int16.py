"""CONV_2D with int16 activations and int8 weights.

The values need no widening: the patches of four pixels are gathered and multiplied as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.int16 import narrow_weights, output_stage, require_int16
from pipelines.compile.kernels.spatial import Window, output_shape, require_image, window

PATCHES = 4
# Where SXTB16 finds the weights of a group: the even bytes first, then the odd ones.
DSP_ORDER = [0, 2, 1, 3]


@kernel("CONV_2D", dtype=DType.INT16)
def conv_2d_int16(layer: Layer) -> Step:
    """Input [1, h, w, c]; filters [outputs, kernel h, kernel w, c / groups]; bias [outputs], int64 or int32."""
    image, filters = layer.input(0), layer.input(1)
    require_int16(layer, image)
    require_image(layer, image)
    if len(filters.shape) != 4:
        layer.malformed(f"has filters of shape {list(filters.shape)}")
    layer.require_non_empty(filters)
    outputs, kernel_height, kernel_width, group_channels = filters.shape
    options = layer.options(tflite.Conv2DOptions)
    dilation = (int(options.DilationHFactor()), int(options.DilationWFactor()))
    found = window(layer, image, (kernel_height, kernel_width), options, dilation)
    layer.require_shape(layer.output, output_shape(found, outputs))
    if image.shape[3] % group_channels or outputs % (image.shape[3] // group_channels):
        layer.malformed(f"has {image.shape[3]} channels and filters of shape {list(filters.shape)}")
    weights = narrow_weights(layer).reshape(outputs, -1)
    activation = layer.activation(options.FusedActivationFunction())
    return lower_convolution_int16(layer, found, weights, group_channels, activation)


def lower_convolution_int16(
    layer: Layer, found: Window, weights: npt.NDArray[Any], group_channels: int, activation: str
) -> Step:
    """The step of a convolution whose filters are the rows of `weights`."""
    image = layer.input(0)
    outputs = weights.shape[0]
    groups = image.shape[3] // group_channels
    stage = output_stage(layer, weights, layer.input(1), activation)
    rows = in_groups_of_four(weights)
    source = "conv_2d_int16" if stage.fast else "general_conv_2d_int16"
    shift = "" if stage.fast else "{shift}, "
    return Step(
        call=f"{source}({{parameters}}, {{tile}}, {{input0}}, {{weights}}, {{bias}}, {{multiplier}}, {shift}"
        "{scratch}, {output})",
        source=f"{source}.h",
        parameters_type="conv_2d_int16_parameters",
        parameters={
            "geometry": {
                **found.fields(image),
                "dilation_height": found.dilation[0],
                "dilation_width": found.dilation[1],
                "groups": groups,
                "group_channels": group_channels,
                "output_channels": outputs,
            },
            "matrix": {
                "rows": outputs // groups,
                "length": rows.values.shape[1],
                "chunk": stage.chunk,
                "stage": stage.fields,
            },
        },
        constants=(rows, *stage.constants),
        macs=found.output[0] * found.output[1] * weights.size,
        scratch_bytes=PATCHES * rows.values.shape[1] * 2,
        scratch_type="int16_t",
        trails=found.trails(image, layer.output, gathers=True) if groups == 1 else {},
        reach=found.reach,
    )


def in_groups_of_four(weights: npt.NDArray[Any]) -> Constant:
    """[outputs, products] -> the same, filled up with zeros to whole groups of four products."""
    padded = np.pad(weights, ((0, 0), (0, -weights.shape[1] % 4)))
    paired = padded.reshape(len(padded), -1, 4)[:, :, DSP_ORDER].reshape(padded.shape)
    return Constant("weights", "int8_t", padded, flavours={"dsp": paired})
