"""ADD with broadcasting, in int8 and float32."""

from __future__ import annotations

from typing import Any

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Reach, Step, float_limits, kernel
from pipelines.compile.kernels.broadcast import broadcast_fields, same_size_inputs
from pipelines.compile.kernels.images import paired_images
from pipelines.compile.quantize import INT8_MIN, Multiplier, activation_range_int8, quantize_multiplier

# Bits of headroom that the int8 inputs are shifted up by (`tensorflow/lite/kernels/add.cc`).
LEFT_SHIFT = 20
# One half, as a mantissa and a shift.
_HALF = (2**30, 0)


@kernel("ADD")
def add(layer: Layer) -> Step:
    """Two inputs that broadcast to the output's shape."""
    loops = broadcast_fields(layer)
    first, first_constants = layer.operand(0)
    second, second_constants = layer.operand(1)
    activation = layer.activation(layer.options(tflite.AddOptions).FusedActivationFunction())
    dtype = layer.require_types(layer.input(0), layer.input(1), layer.output)
    stage: dict[str, Any]
    if dtype is DType.INT8:
        stage = _int8_fields(layer, activation)
    else:
        least_real, greatest_real = float_limits(activation)
        stage = {"least": least_real, "greatest": greatest_real}
    pair = paired_images(layer)
    source = f"add_{dtype.value}" if pair is None else f"add_images_{dtype.value}"
    if pair is not None and dtype is DType.INT8 and (fast := _fast_fields(stage)) is not None:
        source, stage = "fast_add_images_int8", fast
    tile = "" if pair is None else "{tile}, "
    return Step(
        call=f"{source}({{parameters}}, {tile}{first}, {second}, {{output}})",
        source=f"{source}.h",
        parameters_type=f"{source}_parameters",
        parameters={"loops": loops, "stage": stage} if pair is None else {"pair": pair, "stage": stage},
        constants=(*first_constants, *second_constants),
        in_place_inputs=same_size_inputs(layer),
        reach=None if pair is None else Reach(),
    )


def _int8_fields(layer: Layer, activation: str) -> dict[str, int]:
    """Both inputs are brought to twice the larger scale, added, and brought to the output's scale."""
    (scale0, zero0), (scale1, zero1) = (
        layer.scale_and_zero_point(layer.input(position)) for position in (0, 1)
    )
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    common = 2 * max(scale0, scale1)
    found = [
        quantize_multiplier(scale0 / common),
        quantize_multiplier(scale1 / common),
        quantize_multiplier(common / ((1 << LEFT_SHIFT) * scale)),
    ]
    _require_below_one(layer, found)
    least, greatest = activation_range_int8(activation, scale, zero_point)
    return {
        "zero_point0": zero0,
        "multiplier0": found[0].mantissa,
        "shift0": found[0].shift,
        "zero_point1": zero1,
        "multiplier1": found[1].mantissa,
        "shift1": found[1].shift,
        "multiplier": found[2].mantissa,
        "shift": found[2].shift,
        "zero_point": zero_point,
        "least": least,
        "greatest": greatest,
    }


def _fast_fields(stage: dict[str, int]) -> dict[str, int] | None:
    """The struct `fast_add_stage_int8`, or None where the last shift is not one to the right by less than 23 bits.

    The operand with the larger scale is halved, exactly (shift 0 of the mantissa 2**30): the coarse one. Where the
    scales are equal so is the other one: it is made positive, which needs no rounding.
    """
    if not -22 <= stage["shift"] <= -1:
        return None
    fine = 1 if (stage["multiplier0"], stage["shift0"]) == _HALF else 0
    coarse = 1 - fine
    if (stage[f"multiplier{coarse}"], stage[f"shift{coarse}"]) != _HALF:
        return None
    right = -stage[f"shift{fine}"]
    fine_zero_point = stage[f"zero_point{fine}"] if right > 0 else INT8_MIN
    zero = -stage[f"zero_point{coarse}"] + fine_zero_point - stage[f"zero_point{fine}"]
    return {
        "fine": fine,
        "fine_zero_point": fine_zero_point * 2**21,
        "fine_multiplier": stage[f"multiplier{fine}"],
        "fine_half": 2**right // 2,
        "fine_right": right,
        "zero": zero * 2**19,
        "multiplier": 2 * stage["multiplier"] - 2**32,
        "offset": (2 * stage["zero_point"] + 1) * 2 ** (-stage["shift"] - 1),
        "right": -stage["shift"],
        "least": stage["least"],
        "greatest": stage["greatest"],
    }


def _require_below_one(layer: Layer, found: list[Multiplier]) -> None:
    if any(multiplier.shift > 0 for multiplier in found):
        layer.malformed("has an output scale a million times smaller than its inputs'")
