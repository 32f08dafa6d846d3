"""What functions of one value have in common: their step in float32, and their table of 256 results in int8."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Fields, Layer, Reach, Step
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.quantize import INT32_MAX, INT32_MIN, round_half_away

# Of a float32 number, rounded to float32.
Function = Callable[[float], float]


def value_type(layer: Layer) -> DType:
    """The type, int8 or float32, of the input and the output, which have one shape."""
    source = layer.input(0)
    layer.require_non_empty(source)
    layer.require_shape(layer.output, source.shape)
    return layer.require_types(source, layer.output)


def float_step(layer: Layer, name: str, fields: Fields | None = None) -> Step:
    """Call `{name}_layer_float32`, whose parameters are the channels and `fields`, on a tile."""
    source = f"{name}_layer_float32"
    return Step(
        call=f"{source}({{parameters}}, {{tile}}, {{input0}}, {{output}})",
        source=f"{source}.h",
        parameters_type=f"{source}_parameters",
        parameters={"channels": pixel_values(layer.output.shape), **(fields or {})},
        in_place_inputs=(0,),
        reach=Reach(),
    )


def tabulated_step(layer: Layer, function: Function) -> Step:
    """The int8 table of a real function, computed in float32 as `LUTPopulate` of `kernels/internal/common.h` does.

    A result beyond int32, of which the reference leaves the conversion to the processor, saturates here.
    """
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore"):
        inverse = np.float32(1) / np.float32(scale_out)

    def value(raw: int) -> int:
        with np.errstate(all="ignore"):
            real = np.float32(scale_in) * np.float32(raw - zero_in)
            scaled = float(np.float32(function(float(real))) * inverse)
        return round_half_away(max(INT32_MIN, min(INT32_MAX, scaled))) + zero_out

    return lookup_step(layer, value)
