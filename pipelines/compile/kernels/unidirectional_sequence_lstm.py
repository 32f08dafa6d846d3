"""UNIDIRECTIONAL_SEQUENCE_LSTM in int8 (with 16-bit cells) and float32, as the converter fuses Keras's LSTM.

Sources: `EvalFloat` and `EvalInteger8x8_16` in `tensorflow/lite/kernels/lstm_eval.cc`, and how
`unidirectional_sequence_lstm.cc` makes multipliers of scales, in float32.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType, Tensor
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.quantize import INT32_MAX, Multiplier, quantize_multiplier

# Positions among the operator's 24 inputs; the gates are input, forget, cell, output everywhere.
_INPUT_WEIGHTS = (1, 2, 3, 4)
_RECURRENT_WEIGHTS = (5, 6, 7, 8)
_PEEPHOLES = (9, 10, 11)
_BIASES = (12, 13, 14, 15)
_PROJECTION = (16, 17)
_OUTPUT_STATE, _CELL_STATE = 18, 19
_NORMALISATION = (20, 21, 22, 23)
_HIDDEN = 4  # among the intermediates
_TANH = tflite.ActivationFunctionType.TANH
# The gates' activations take numbers with three integer bits.
_GATE_SCALE = np.float32(2.0**-12)


@kernel("UNIDIRECTIONAL_SEQUENCE_LSTM")
def unidirectional_sequence_lstm(layer: Layer) -> Step:
    """Input [1, steps, inputs] (or time first); output [1, steps, cells]. Both states outlive the inference."""
    options = layer.options(tflite.UnidirectionalSequenceLSTMOptions)
    if options.FusedActivationFunction() != _TANH:
        _plain_only(layer, f"has activation {options.FusedActivationFunction()}")
    for positions, what in (
        (_PEEPHOLES, "peephole connections"),
        (_PROJECTION, "a projection"),
        (_NORMALISATION, "layer normalisation"),
    ):
        if any(layer.optional_input(position) is not None for position in positions):
            _plain_only(layer, f"has {what}")
    if layer.optional_input(_INPUT_WEIGHTS[0]) is None:
        _plain_only(layer, "couples its input and forget gates")
    sequence, states = layer.input(0), (layer.input(_OUTPUT_STATE), layer.input(_CELL_STATE))
    if len(sequence.shape) != 3:
        layer.malformed(f"has an input of shape {list(sequence.shape)}")
    batch_axis = 1 if options.TimeMajor() else 0
    if sequence.shape[batch_axis] != 1:
        layer.unsupported(
            f"has batch size {sequence.shape[batch_axis]}", "export the model with batch size 1"
        )
    steps, inputs = sequence.shape[1 - batch_axis], sequence.shape[2]
    cells = layer.input(_RECURRENT_WEIGHTS[0]).shape[0] if layer.input(_RECURRENT_WEIGHTS[0]).shape else 0
    if min(steps, inputs, cells) < 1:
        layer.malformed(f"maps {list(sequence.shape)} to {cells} cells")
    layer.require_shape(layer.output, (*sequence.shape[:2], cells))
    for state in states:
        layer.require_shape(state, (1, cells))
        if not state.variable:
            layer.malformed("has a state that is not a variable")
    dtype = layer.require_types(sequence, layer.output)
    sizes = {"steps": steps, "inputs": inputs, "cells": cells}
    weights = _stacked(layer, _INPUT_WEIGHTS, (cells, inputs), dtype)
    recurrent = _stacked(layer, _RECURRENT_WEIGHTS, (cells, cells), dtype)
    limit = float(options.CellClip())
    if not 0.0 <= limit < math.inf:
        layer.malformed(f"limits its cells to {limit}")
    macs = steps * (weights.size + recurrent.size)
    if dtype is DType.FLOAT32:
        return _float32(layer, sizes, weights, recurrent, limit, macs)
    return _int8(layer, sizes, weights, recurrent, limit, macs)


def _plain_only(layer: Layer, what: str) -> NoReturn:
    layer.unsupported(what, "use Keras's LSTM with its default activations")


def _stacked(
    layer: Layer, positions: tuple[int, ...], shape: tuple[int, ...], dtype: DType
) -> npt.NDArray[Any]:
    """Four constants of `shape` [cells, ...] as [cells, gate, ...]."""
    for position in positions:
        layer.require_shape(layer.input(position), shape)
    return np.stack([layer.constant(position, dtype) for position in positions], axis=1)


def _float32(
    layer: Layer,
    sizes: dict[str, int],
    weights: npt.NDArray[Any],
    recurrent: npt.NDArray[Any],
    limit: float,
    macs: int,
) -> Step:
    for position in (_OUTPUT_STATE, _CELL_STATE):
        layer.require_types(layer.input(position), layer.output)
    return Step(
        call=f"lstm_float32({{parameters}}, {{input0}}, {{input_weights}}, {{recurrent_weights}}, {{bias}}, "
        f"{{input{_OUTPUT_STATE}}}, {{input{_CELL_STATE}}}, {{output}})",
        source="lstm_float32.h",
        parameters_type="lstm_float32_parameters",
        parameters={**sizes, "cell_limit": limit},
        constants=(
            Constant("input_weights", "float", weights),
            Constant("recurrent_weights", "float", recurrent),
            Constant("bias", "float", _stacked(layer, _BIASES, (sizes["cells"],), DType.FLOAT32)),
        ),
        macs=macs,
    )


def _int8(
    layer: Layer,
    sizes: dict[str, int],
    weights: npt.NDArray[Any],
    recurrent: npt.NDArray[Any],
    limit: float,
    macs: int,
) -> Step:
    output_state, cell_state = layer.input(_OUTPUT_STATE), layer.input(_CELL_STATE)
    if (output_state.dtype, cell_state.dtype) != (DType.INT8, DType.INT16):
        layer.unsupported(
            "has states of other types than int8 and int16", "convert it with full int8 quantization"
        )
    input_scale, input_zero = layer.scale_and_zero_point(layer.input(0))
    state_scale, state_zero = layer.scale_and_zero_point(output_state)
    cell_scale = layer.quantization(cell_state).scales[0]
    mantissa, exponent = math.frexp(cell_scale)
    cell_bits = 15 + exponent - 1
    if mantissa != 0.5 or not 0 <= cell_bits <= 6:
        layer.malformed(f"has cells of scale {cell_scale:g}, which is no power of two from 2^-15 to 2^-9")
    hidden_scale, hidden_zero = layer.scale_and_zero_point(_hidden(layer))
    hidden = quantize_multiplier(float(np.float32(2.0**-15 / hidden_scale * 2.0**-15)))
    by_input = [_effective(layer, position, input_scale) for position in _INPUT_WEIGHTS]
    by_state = [_effective(layer, position, state_scale) for position in _RECURRENT_WEIGHTS]
    bias = _stacked(layer, _BIASES, (sizes["cells"],), DType.INT32).astype(np.int64)
    return Step(
        call="lstm_int8({parameters}, {input0}, {input_weights}, {input_bias}, {recurrent_weights}, "
        f"{{recurrent_bias}}, {{input{_OUTPUT_STATE}}}, {{input{_CELL_STATE}}}, {{output}})",
        source="lstm_int8.h",
        parameters_type="lstm_int8_parameters",
        parameters={
            **sizes,
            "cell_bits": cell_bits,
            "cell_limit": int(min(max(limit / cell_scale, -32768.0), 32767.0)),
            "input_multiplier": tuple(each.mantissa for each in by_input),
            "input_shift": tuple(each.shift for each in by_input),
            "recurrent_multiplier": tuple(each.mantissa for each in by_state),
            "recurrent_shift": tuple(each.shift for each in by_state),
            "hidden_multiplier": hidden.mantissa,
            "hidden_shift": hidden.shift,
            "hidden_zero_point": hidden_zero,
        },
        constants=(
            Constant("input_weights", "int8_t", weights),
            Constant("input_bias", "int32_t", _folded(layer, bias, weights, input_zero)),
            Constant("recurrent_weights", "int8_t", recurrent),
            Constant("recurrent_bias", "int32_t", _folded(layer, 0 * bias, recurrent, state_zero)),
        ),
        macs=macs,
    )


def _hidden(layer: Layer) -> Tensor:
    intermediates = layer.operator.intermediates
    if len(intermediates) <= _HIDDEN:
        layer.malformed(f"has {len(intermediates)} intermediate tensors where 5 belong")
    return layer.graph.tensors[intermediates[_HIDDEN]]


def _effective(layer: Layer, position: int, scale: float) -> Multiplier:
    """From a product of weights and values to the gates' fixed point; all in float32, as the reference."""
    weights_scale, zero_point = layer.scale_and_zero_point(layer.input(position))
    if zero_point:
        layer.unsupported(
            "has asymmetric weights", "quantize weights symmetrically, as the TFLite converter does"
        )
    with np.errstate(over="ignore"):
        return quantize_multiplier(float(np.float32(weights_scale) * np.float32(scale) / _GATE_SCALE))


def _folded(
    layer: Layer, bias: npt.NDArray[Any], weights: npt.NDArray[Any], zero_point: int
) -> npt.NDArray[Any]:
    """bias - zero_point * sum(weights), [cells, gate]; proves that no sum leaves int32."""
    wide = weights.astype(np.int64)
    folded: npt.NDArray[Any] = bias - zero_point * wide.sum(axis=2)
    if (np.abs(folded) + 128 * np.abs(wide).sum(axis=2)).max(initial=0) > INT32_MAX:
        layer.malformed("has weights or a bias so large that a 32-bit sum overflows")
    return folded
