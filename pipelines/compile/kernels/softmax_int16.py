"""SOFTMAX of int16 values over the last axis, by two tables as the reference has them.

Source: `reference_ops::SoftmaxInt16`, `LUTPopulate` in `tensorflow/lite/kernels/internal/common.h` and
`SoftmaxPrepare` in `activations.cc`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.int16 import INT16_MAX, INT16_MIN, int16_scale, require_int16
from pipelines.compile.quantize import quantize_multiplier, round_half_away

# The least argument of exp in the table.
LEAST_EXPONENT = -10.0
STEPS = 512
RANGE = INT16_MAX - INT16_MIN
# Beyond these a sum of Q15 values, or a difference shifted to the left, leaves int32.
MAX_CLASSES, MAX_LEFT_SHIFT = 65_000, 14


@kernel("SOFTMAX", dtype=DType.INT16)
def softmax_int16(layer: Layer) -> Step:
    """Input and output [..., classes]; the output has the scale 2**-15."""
    source = layer.input(0)
    require_int16(layer, source)
    layer.require_non_empty(source)
    layer.require_shape(layer.output, source.shape)
    if not source.shape:
        layer.malformed("has a scalar input")
    beta = float(layer.options(tflite.SoftmaxOptions).Beta())
    if not (math.isfinite(beta) and beta > 0):
        layer.malformed(f"has beta {beta}")
    if abs(int16_scale(layer, layer.output) * 2**15 - 1) > 1e-3:
        layer.unsupported(
            "has an output scale other than 1/32768", "quantize again with the TFLite converter"
        )
    classes = source.shape[-1]
    if classes > MAX_CLASSES:
        layer.unsupported(f"has {classes} classes", f"use at most {MAX_CLASSES}, or drop the layer")
    with np.errstate(over="ignore"):
        scaled = float(np.float32(int16_scale(layer, source)) * np.float32(beta))
    multiplier = quantize_multiplier(scaled / (-LEAST_EXPONENT / RANGE))
    if multiplier.shift > MAX_LEFT_SHIFT:
        layer.malformed(f"has the input scale {int16_scale(layer, source)}")
    return Step(
        call="softmax_int16({parameters}, {input0}, {exp_table}, {reciprocal_table}, {output})",
        source="softmax_int16.h",
        parameters_type="softmax_int16_parameters",
        parameters={
            "rows": source.elements // classes,
            "classes": classes,
            "multiplier": multiplier.mantissa,
            "shift": multiplier.shift,
        },
        constants=(
            Constant("exp_table", "int16_t", _table(math.exp, LEAST_EXPONENT, 0.0)),
            Constant("reciprocal_table", "int16_t", _table(lambda x: 1.0 / (1.0 + x), 0.0, 1.0)),
        ),
        in_place_inputs=(0,),
    )


def _table(function: Callable[[float], float], least: float, greatest: float) -> npt.NDArray[np.int64]:
    """A function in 513 points with 15 fractional bits, moved by half of what a line misses between two points."""
    scale = (greatest - least) / RANGE
    zero_point = INT16_MAX if greatest == 0.0 else INT16_MIN
    first, last = scale * (INT16_MIN - zero_point), scale * (INT16_MAX - zero_point)
    step = (last - first) / STEPS
    unit = (RANGE + 1) / (2.0 / RANGE * INT16_MAX - 2.0 / RANGE * INT16_MIN)
    values = []
    for index in range(STEPS):
        here = function(first + index * step)
        between = function(first + index * step + step / 2)
        beyond = function(first + (index + 1) * step)
        sample = round_half_away(here * unit)
        middle = round_half_away((beyond * unit + sample) / 2)
        values.append(sample - round_half_away((middle - round_half_away(between * unit)) / 2))
    values.append(round_half_away(function(last) * unit))
    return np.clip(values, INT16_MIN, INT16_MAX)
