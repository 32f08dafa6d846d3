"""LOGISTIC and TANH of int16 values, in steps of a table as the reference has it.

Source: `reference_integer_ops::Logistic` and `Tanh` for int16, `SigmoidPrepare` and `TanhPrepare` in
`tensorflow/lite/kernels/activations.cc`.
"""

from __future__ import annotations

import math

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Reach, Step, kernel
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.kernels.int16 import int16_scale, require_int16

# The table has steps of 1 / 24; values come in steps of 1 / (3 * 4096).
TABLE_STEPS_IN_ONE = 24
VALUE_STEPS_IN_ONE = 3 * 4096
# Beyond, the product with an int16 may leave int32.
MAX_MULTIPLIER = 32767


@kernel("LOGISTIC", "TANH", dtype=DType.INT16)
def curve_int16(layer: Layer) -> Step:
    """The output has the scale 2**-15."""
    source = layer.input(0)
    require_int16(layer, source)
    layer.require_shape(layer.output, source.shape)
    if int16_scale(layer, layer.output) != 2.0**-15:
        layer.unsupported(
            "has an output scale other than 1/32768", "quantize again with the TFLite converter"
        )
    multiplier, shift = _to_value_steps(layer)
    return Step(
        call="curve_int16({parameters}, {tile}, {input0}, {table}, {output})",
        source="curve_int16.h",
        parameters_type="curve_int16_parameters",
        parameters={
            "channels": pixel_values(source.shape),
            "multiplier": multiplier,
            "shift": shift,
            "is_tanh": int(layer.kind == "TANH"),
        },
        constants=(Constant("table", "uint16_t", np.array(logistic_table())),),
        in_place_inputs=(0,),
        reach=Reach(),
    )


def logistic_table() -> list[int]:
    """logistic(i / 24) with 16 fractional bits, for i = 0, ..., 255; the last entry stands for saturation.

    Each is moved by half of what a line between two entries misses in the middle: an eighth of how far the value
    is above the mean of its neighbours. This gives every entry of the reference's `sigmoid_table_uint16`.
    """

    def logistic(step: int) -> float:
        return 65536 / (1 + math.exp(-step / TABLE_STEPS_IN_ONE))

    def entry(step: int) -> int:
        bulge = logistic(step) - (logistic(step - 1) + logistic(step + 1)) / 2
        return math.floor(logistic(step) + bulge / 8 + 0.5)

    return [*(entry(step) for step in range(255)), 65535]


def _to_value_steps(layer: Layer) -> tuple[int, int]:
    """Multiplier and right shift that bring the input to steps of 1 / (3 * 4096)."""
    scale = int16_scale(layer, layer.input(0))
    fraction, exponent = math.frexp(scale)
    doublings = exponent - 1 + 12
    if fraction == 0.5 and (doublings == 0 or (doublings == 1 and layer.kind == "TANH")):
        return 3 << doublings, 0
    multiplier, shift = scale * VALUE_STEPS_IN_ONE, 0
    while multiplier <= 32767 / 2 and shift <= 30:
        multiplier *= 2
        shift += 1
    if multiplier > MAX_MULTIPLIER:
        layer.unsupported(f"has the input scale {scale}", "quantize again with the TFLite converter")
    return int(multiplier), shift
