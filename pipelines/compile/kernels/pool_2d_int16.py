"""AVERAGE_POOL_2D and MAX_POOL_2D of int16 values."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.int16 import (
    activation_range_int16,
    int16_scale,
    require_int16,
    require_same_scale,
)
from pipelines.compile.kernels.spatial import output_shape, require_image, window

# 2**15 values of 16 bits sum to less than 2**31.
MAX_WINDOW = 1 << 15


@kernel("AVERAGE_POOL_2D", "MAX_POOL_2D", dtype=DType.INT16)
def pool_2d_int16(layer: Layer) -> Step:
    """Input [1, h, w, c], output [1, h', w', c] of the same scale."""
    image = layer.input(0)
    require_int16(layer, image)
    require_image(layer, image)
    require_same_scale(layer, image)
    options = layer.options(tflite.Pool2DOptions)
    size = (int(options.FilterHeight()), int(options.FilterWidth()))
    found = window(layer, image, size, options, (1, 1))
    layer.require_shape(layer.output, output_shape(found, image.shape[3]))
    if size[0] * size[1] > MAX_WINDOW:
        layer.unsupported(f"has a window of {size}, whose sum may overflow", "use a smaller window")
    least, greatest = activation_range_int16(
        layer.activation(options.FusedActivationFunction()), int16_scale(layer, layer.output)
    )
    source = f"{layer.kind.lower()}_int16"
    return Step(
        call=f"{source}({{parameters}}, {{tile}}, {{input0}}, {{output}})",
        source=f"{source}.h",
        parameters_type="pool_2d_int16_parameters",
        parameters={"geometry": found.fields(image), "least": least, "greatest": greatest},
        trails=found.trails(image, layer.output, gathers=False),
        reach=found.reach,
    )
