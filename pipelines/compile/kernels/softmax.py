"""SOFTMAX over the last axis, in int8 and float32."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.fixed_point import exp_of_negative
from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.quantize import doubling_high_multiply, quantize_multiplier

INTEGER_BITS = 5
# A row's sum of exps, each at most 1, has 12 integer bits. From 512 on, which takes as many classes that are nearly
# equal, the reference stops with an error; here all results are 0, which they are to the nearest 1/256.
MAX_CLASSES_INT8 = 4095


@kernel("SOFTMAX")
def softmax(layer: Layer) -> Step:
    """Input and output [..., classes]; the int8 output has scale 1 / 256 and zero point -128."""
    source = layer.input(0)
    layer.require_non_empty(source)
    layer.require_shape(layer.output, source.shape)
    if not source.shape:
        layer.malformed("has a scalar input")
    classes = source.shape[-1]
    beta = float(layer.options(tflite.SoftmaxOptions).Beta())
    if not (math.isfinite(beta) and beta > 0):
        layer.malformed(f"has beta {beta}")
    dtype = layer.require_types(source, layer.output)
    sizes = {"rows": source.elements // classes, "classes": classes}
    if dtype is DType.FLOAT32:
        return Step(
            call="softmax_float32({parameters}, {input0}, {output})",
            source="softmax_float32.h",
            parameters_type="softmax_float32_parameters",
            parameters={**sizes, "beta": beta},
            in_place_inputs=(0,),
        )
    if layer.scale_and_zero_point(layer.output) != (1 / 256, -128):
        layer.unsupported("has an output scale other than 1/256", "quantize again with the TFLite converter")
    if classes > MAX_CLASSES_INT8:
        layer.unsupported(f"has {classes} classes", f"use at most {MAX_CLASSES_INT8}, or drop the layer")
    table = _exp_table(layer, beta)
    return Step(
        call="softmax_int8({parameters}, {input0}, {exp_table}, {output})",
        source="softmax_int8.h",
        parameters_type="softmax_int8_parameters",
        parameters={**sizes, "table_size": len(table)},
        constants=(Constant("exp_table", "int32_t", table),),
        in_place_inputs=(0,),
    )


def _exp_table(layer: Layer, beta: float) -> npt.NDArray[np.int64]:
    """exp(-beta * scale * d) in Q0 for d = 0, 1, ..., up to where the reference takes it as zero.

    Source: `PreprocessSoftmaxScaling`, `CalculateInputRadius` and `reference_ops::Softmax`. Both
    interpreters compute so: 60,000 random outputs at scales from 0.001 to 30 are equal.
    """
    scale, _ = layer.scale_and_zero_point(layer.input(0))
    fractional_bits = 31 - INTEGER_BITS
    real = min(beta * scale * 2**fractional_bits, 2**31 - 1.0)
    if real <= 1.0:
        layer.malformed(f"has the input scale {scale}")
    multiplier = quantize_multiplier(real, limit=2.0**31)
    radius = math.floor((2**INTEGER_BITS - 1) * 2**fractional_bits / 2**multiplier.shift)
    exps = [
        exp_of_negative(
            doubling_high_multiply(-difference << multiplier.shift, multiplier.mantissa), INTEGER_BITS
        )
        for difference in range(min(radius, 255) + 1)
    ]
    return np.array(exps)
