"""FULLY_CONNECTED in int8."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType
from pipelines.compile.kernels import mve, output_stage, pairs
from pipelines.compile.kernels.base import Constant, Layer, Step

# As in `native/dense_int8.h`: values that are multiplied at a time.
CHUNK = 128


def lower_int8(layer: Layer, weights: npt.NDArray[Any], sizes: dict[str, int], activation: str) -> Step:
    """By groups of four inputs and four outputs where that is possible, else by the general kernel."""
    vector = layer.input(0)
    _, zero_point = layer.scale_and_zero_point(vector)
    bias = output_stage.bias_values(layer, 2, weights.shape[0], DType.INT32)
    folded = output_stage.folded_bias(layer, bias, weights, zero_point)
    found = output_stage.multipliers(layer, vector, layer.input(1), single_precision=True)
    folded, found = output_stage.with_plain_constants(layer, folded, weights, found)
    stage = output_stage.fields(layer, activation, per_channel=len(found) > 1)
    fast = pairs.weights_fit(weights) and output_stage.shifts_right(folded, weights, found)
    is_long = not pairs.sums_fit(folded, weights)
    source = "dense_int8" if fast else "fully_connected_int8"
    constants = output_stage.constants(folded, found)
    if fast:
        dsp = {"weights": _blocks(weights), "bias": _biases(folded, weights, is_long)}
        plain = Constant("weights", "int32_t", pairs.as_words(weights))
        constants = tuple(
            replace(each, flavours={"dsp": dsp[each.name]}) if each.name in dsp else each
            for each in (plain, *constants)
        )
    else:
        constants = (Constant("weights", "int8_t", weights), *constants)
    step = Step(
        call=f"{source}({{parameters}}, {{input0}}, {{weights}}, {{bias}}, {{multiplier}}, {{shift}}, {{output}})",
        source=f"{source}.h",
        parameters_type="fully_connected_int8_parameters",
        parameters={**sizes, "is_long": int(is_long), "stage": stage},
        constants=constants,
        macs=sizes["rows"] * weights.size,
    )
    if not fast:
        return step
    return mve.with_arrays(step, {"weights": mve.matrix(weights), **mve.stage(folded, found)})


def _blocks(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[outputs / 4, inputs / 4, 4 outputs]: coded words."""
    return pairs.in_blocks(pairs.coded(_filled(weights)), 4)


def _biases(folded: npt.NDArray[Any], weights: npt.NDArray[Any], is_long: bool) -> npt.NDArray[Any]:
    """[outputs], or one such row for each chunk of the inputs; both filled up to a multiple of four outputs."""
    chunks = np.split(weights, range(CHUNK, weights.shape[1], CHUNK), axis=1) if is_long else [weights]
    rows = [
        pairs.corrected_bias(folded if number == 0 else np.zeros_like(folded), _filled(chunk))
        for number, chunk in enumerate(chunks)
    ]
    return pairs.wrapped(np.pad(np.stack(rows), ((0, 0), (0, -len(folded) % 4))))


def _filled(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """With zeros up to a multiple of four inputs."""
    return np.pad(weights, ((0, 0), (0, -weights.shape[1] % 4)))
