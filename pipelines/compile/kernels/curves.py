"""TANH, EXP, LOG, ELU and GELU, in int8 and float32."""

from __future__ import annotations

import math

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.unary import Function, float_step, tabulated_step, value_type
from pipelines.compile.quantize import INT8_MIN

# exp of more is infinite in float32.
_GREATEST_EXPONENT = 88.8


@kernel("TANH")
def tanh(layer: Layer) -> Step:
    """tanh(x). tf.lite tabulates it for int8; TFLite Micro computes in fixed point, and may differ by one."""
    return _lower(layer, "tanh", math.tanh)


@kernel("EXP")
def exp(layer: Layer) -> Step:
    """exp(x)."""
    return _lower(layer, "exp", exp_of)


@kernel("ELU")
def elu(layer: Layer) -> Step:
    """x, and exp(x) - 1 below zero."""
    return _lower(layer, "elu", lambda x: math.expm1(x) if x < 0 else x)


@kernel("LOG")
def log(layer: Layer) -> Step:
    """log(x); in int8, of zero and below, the least output."""
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, "log")
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    least = float(np.float32(INT8_MIN - zero_point) * np.float32(scale))
    return tabulated_step(layer, lambda x: math.log(x) if x > 0 else least)


@kernel("GELU")
def gelu(layer: Layer) -> Step:
    """x (1 + erf(x / sqrt(2))) / 2, or its approximation by tanh where the options ask for it."""
    if bool(layer.options(tflite.GeluOptions).Approximate()):
        return _lower(layer, "gelu_tanh", _gelu_tanh)
    return _lower(layer, "gelu", _gelu)


def _lower(layer: Layer, name: str, function: Function) -> Step:
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, name)
    return tabulated_step(layer, function)


def exp_of(x: float) -> float:
    """exp(x), infinite where it is in float32."""
    return math.exp(x) if x < _GREATEST_EXPONENT else math.inf


def _gelu(x: float) -> float:
    """`GeluTransform` of `kernels/internal/reference/gelu.h`: every step rounds to float32."""
    real = np.float32(x)
    complement = np.float32(math.erfc(float(real * np.float32(-math.sqrt(0.5)))))
    return float(np.float32(0.5) * real * complement)


def _gelu_tanh(x: float) -> float:
    """`GeluTransformApproximate` of the same file."""
    real, factor = np.float32(x), np.float32(math.sqrt(2 / math.pi))
    inner = factor * (real + np.float32(0.044715) * real * real * real)
    return float(np.float32(0.5) * real * (np.float32(1) + np.float32(math.tanh(float(inner)))))
