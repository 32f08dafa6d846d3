"""EXP, LOG and RSQRT of int16 values, by a table of 513 entries with straight lines between.

Source: `LUTPopulateInt16` and `LUTLookup` of `kernels/internal/common.h`, all in float32 arithmetic.
"""

from __future__ import annotations

import math

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Reach, Step, kernel
from pipelines.compile.kernels.curves import exp_of
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.kernels.int16 import INT16_MAX, INT16_MIN, int16_scale, require_int16
from pipelines.compile.kernels.unary import Function
from pipelines.compile.quantize import round_half_away

STEPS = 512
# More than any entry, but few enough that the rounded numbers stay exact.
_LIMIT = 2.0**30


@kernel("EXP", "LOG", "RSQRT", dtype=DType.INT16)
def table_int16(layer: Layer) -> Step:
    """Input and output of one shape."""
    source = layer.input(0)
    require_int16(layer, source)
    layer.require_shape(layer.output, source.shape)
    table = _table(_function(layer), int16_scale(layer, source), int16_scale(layer, layer.output))
    return Step(
        call="table_int16({parameters}, {tile}, {input0}, {table}, {output})",
        source="table_int16.h",
        parameters_type="table_int16_parameters",
        parameters={"channels": pixel_values(source.shape)},
        constants=(Constant("table", "int16_t", np.array(table)),),
        in_place_inputs=(0,),
        reach=Reach(),
    )


def _function(layer: Layer) -> Function:
    scale = np.float32(int16_scale(layer, layer.output))
    least, greatest = float(np.float32(INT16_MIN) * scale), float(np.float32(INT16_MAX) * scale)
    if layer.kind == "EXP":
        return exp_of
    if layer.kind == "LOG":
        return lambda x: math.log(x) if x > 0 else least
    return lambda x: float(np.float32(1) / np.sqrt(np.float32(x))) if x > 0 else greatest


def _table(function: Function, scale_in: float, scale_out: float) -> list[int]:
    """The entries; each is moved by half of what the straight line misses in the middle."""
    first, last = (np.float32(scale_in) * np.float32(end) for end in (INT16_MIN, INT16_MAX))
    least, greatest = (np.float32(scale_out) * np.float32(end) for end in (INT16_MIN, INT16_MAX))
    with np.errstate(all="ignore"):
        step = (last - first) / np.float32(STEPS)
        factor = np.float32(65536) / (greatest - least)

        def scaled(position: np.float32) -> float:
            real = np.float32(np.float32(function(float(position))) * factor)
            return float(np.clip(real, -_LIMIT, _LIMIT))

        entries = []
        for index in range(STEPS):
            here = first + np.float32(index) * step
            value = scaled(here)
            middle = round_half_away(scaled(here + step / np.float32(2)))
            following = scaled(first + np.float32(index + 1) * step)
            sample = round_half_away(value)
            line = round_half_away(float((np.float32(following) + np.float32(sample)) / np.float32(2)))
            entries.append(sample - round_half_away((line - middle) / 2))
        entries.append(round_half_away(scaled(last)))
    return [max(INT16_MIN, min(INT16_MAX, entry)) for entry in entries]
