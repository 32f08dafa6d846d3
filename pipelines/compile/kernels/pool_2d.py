"""AVERAGE_POOL_2D and MAX_POOL_2D in int8 and float32. Padding takes no part in the result."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Fields, Layer, Step, float_limits, kernel
from pipelines.compile.kernels.spatial import output_shape, require_image, window
from pipelines.compile.quantize import activation_range_int8


@kernel("AVERAGE_POOL_2D", "MAX_POOL_2D")
def pool_2d(layer: Layer) -> Step:
    """Input [1, h, w, c], output [1, h', w', c]; int8 input and output have the same quantization."""
    image = layer.input(0)
    require_image(layer, image)
    options = layer.options(tflite.Pool2DOptions)
    size = (int(options.FilterHeight()), int(options.FilterWidth()))
    found = window(layer, image, size, options, (1, 1))
    layer.require_shape(layer.output, output_shape(found, image.shape[3]))
    activation = layer.activation(options.FusedActivationFunction())
    limits: Fields
    dtype = layer.require_types(image, layer.output)
    if dtype is DType.INT8:
        layer.require_same_quantization(image)
        least, greatest = activation_range_int8(activation, *layer.scale_and_zero_point(layer.output))
        limits = {"least": least, "greatest": greatest}
    else:
        least_real, greatest_real = float_limits(activation)
        limits = {"least": least_real, "greatest": greatest_real}
    source = f"{layer.kind.lower()}_{dtype.value}"
    return Step(
        call=f"{source}({{parameters}}, {{tile}}, {{input0}}, {{output}})",
        source=f"{source}.h",
        parameters_type=f"pool_2d_{dtype.value}_parameters",
        parameters={"geometry": found.fields(image), **limits},
        trails=found.trails(image, layer.output, gathers=False),
        reach=found.reach,
    )
