"""Compute at compile time what depends on constants only.

Converters store weights as float16 behind a DEQUANTIZE, shapes and vectors behind RESHAPE, EXPAND_DIMS or SQUEEZE,
and compute shapes with a dynamic batch from SHAPE. `constant_results.py` has the arithmetic.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.constant_results import FOLDS, constant_result
from pipelines.compile.errors import CompileError, ModelFormatError
from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.kernels.base import Layer
from pipelines.compile.options import CompileOptions
from pipelines.compile.passes.alias_views import VIEW_KINDS
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import reading


@graph_pass(order=10)
def fold_constants(graph: Graph) -> Graph:
    """Replace foldable operators whose data input is constant by constant tensors."""
    tensors = list(graph.tensors)
    kept = []
    for operator in graph.operators:
        data = _fold(operator, tensors)
        if data is None and operator.kind in FOLDS:
            data = _result(graph, operator, tensors)
        if data is None:
            kept.append(operator)
        else:
            tensors[operator.outputs[0]] = replace(tensors[operator.outputs[0]], data=data)
    return replace(graph, tensors=tuple(tensors), operators=tuple(kept))


def _result(graph: Graph, operator: Operator, tensors: list[Tensor]) -> npt.NDArray[Any] | None:
    """By the operator's own arithmetic; what is broken is for its kernel to explain."""
    constant = [index for index in operator.inputs if index >= 0 and tensors[index].data is not None]
    if operator.kind != "SHAPE" and len(constant) != len(operator.inputs):
        return None
    with suppress(CompileError, ValueError), reading(f"operator {operator.index}"):
        return constant_result(Layer(replace(graph, tensors=tuple(tensors)), operator, CompileOptions()))
    return None


def _fold(operator: Operator, tensors: list[Tensor]) -> npt.NDArray[Any] | None:
    foldable = operator.kind == "DEQUANTIZE" or operator.kind in VIEW_KINDS
    if not foldable or not operator.inputs or operator.inputs[0] < 0:
        return None
    source, target = tensors[operator.inputs[0]], tensors[operator.outputs[0]]
    if source.data is None:
        return None
    if source.elements != target.elements:
        raise ModelFormatError(
            f"operator {operator.index} ({operator.kind}) maps {source.shape} to {target.shape}"
        )
    if operator.kind in VIEW_KINDS:
        return source.data.reshape(target.shape) if source.dtype is target.dtype else None
    if target.dtype is not DType.FLOAT32:
        return None
    if source.dtype is DType.FLOAT16:
        return source.data.astype("<f4").reshape(target.shape)
    quantization = source.quantization
    if source.dtype is DType.INT8 and quantization is not None and len(quantization.scales) == 1:
        centred = source.data.astype(np.float32) - np.float32(quantization.zero_points[0])
        return (centred * np.float32(quantization.scales[0])).astype("<f4").reshape(target.shape)
    return None
