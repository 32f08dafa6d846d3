"""ADD, SUB and MUL of int16 values, with broadcasting.

Source: `PrepareGeneralSubOp` in `tensorflow/lite/kernels/sub.cc`, `Prepare` in `add.cc` and `mul.cc`.
"""

from __future__ import annotations

import math

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Fields, Layer, Reach, Step, kernel
from pipelines.compile.kernels.broadcast import broadcast_fields, same_size_inputs
from pipelines.compile.kernels.images import paired_images
from pipelines.compile.kernels.int16 import activation_range_int16, int16_scale, require_int16
from pipelines.compile.quantize import quantize_multiplier

# Bits of headroom that the inputs are shifted up by.
LEFT_SHIFT = 15
_SUM_OPTIONS = {"ADD": tflite.AddOptions, "SUB": tflite.SubOptions}


@kernel("ADD", "SUB", dtype=DType.INT16)
def add_int16(layer: Layer) -> Step:
    """Both inputs are brought to twice the larger scale, added, and brought to the output's scale."""
    options = layer.options(_SUM_OPTIONS[layer.kind])
    scales = [int16_scale(layer, tensor) for tensor in (layer.input(0), layer.input(1), layer.output)]
    if options.PotScaleInt16() and all(math.frexp(scale)[0] == 0.5 for scale in scales):
        layer.unsupported(
            "adds in the arithmetic for scales that are powers of two",
            "convert the model again with a current TFLite converter (pot_scale_int16 = false)",
        )
    common = 2 * max(scales[:2])
    found = [quantize_multiplier(scale / common) for scale in scales[:2]]
    total = quantize_multiplier(common / ((1 << LEFT_SHIFT) * scales[2]))
    if total.shift > 0 and layer.kind == "ADD":
        layer.malformed("has an output scale thousands of times smaller than its inputs'")
    least, greatest = activation_range_int16(layer.activation(options.FusedActivationFunction()), scales[2])
    stage = {
        "multiplier0": found[0].mantissa,
        "shift0": found[0].shift,
        "multiplier1": found[1].mantissa,
        "shift1": found[1].shift,
        "sign": 1 if layer.kind == "ADD" else -1,
        "multiplier": total.mantissa,
        "shift": total.shift,
        "least": least,
        "greatest": greatest,
    }
    return _pairwise(layer, "add", stage)


@kernel("MUL", dtype=DType.INT16)
def mul_int16(layer: Layer) -> Step:
    """The reference forms the product of the scales in float32, as for int8."""
    options = layer.options(tflite.MulOptions)
    scales = [int16_scale(layer, tensor) for tensor in (layer.input(0), layer.input(1), layer.output)]
    with np.errstate(over="ignore"):
        real = float(np.float32(scales[0]) * np.float32(scales[1]) / np.float32(scales[2]))
    multiplier = quantize_multiplier(real)
    least, greatest = activation_range_int16(layer.activation(options.FusedActivationFunction()), scales[2])
    stage = {
        "multiplier": multiplier.mantissa,
        "shift": multiplier.shift,
        "least": least,
        "greatest": greatest,
    }
    return _pairwise(layer, "mul", stage)


def _pairwise(layer: Layer, name: str, stage: Fields) -> Step:
    """Pixel by pixel where the operands meet so, which can be cut into tiles; else by broadcasting loops."""
    require_int16(layer, layer.input(0), layer.input(1))
    loops = broadcast_fields(layer)
    first, first_constants = layer.operand(0)
    second, second_constants = layer.operand(1)
    pair = paired_images(layer)
    source = f"{name}_int16" if pair is None else f"{name}_images_int16"
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
