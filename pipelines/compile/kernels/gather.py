"""GATHER along one axis, of elements of any type; also what Keras' Embedding becomes."""

from __future__ import annotations

import math

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.copies import require_copied_types


@kernel("GATHER")
def gather(layer: Layer) -> Step:
    """Input [batches..., outer..., axis, inner...], positions [batches..., positions...] as constants or computed."""
    source, positions = layer.input(0), layer.input(1)
    options = layer.options(tflite.GatherOptions)
    rank = len(source.shape)
    axis = int(options.Axis())
    if not -rank <= axis < rank:
        layer.malformed(f"gathers along axis {axis} of {rank}")
    axis %= rank
    batch_axes = int(options.BatchDims()) if hasattr(options, "BatchDims") else 0
    batch_axes += len(positions.shape) if batch_axes < 0 else 0
    if not 0 <= batch_axes <= min(axis, len(positions.shape)):
        layer.malformed(f"has {batch_axes} batch axes")
    dtype = require_copied_types(layer)
    layer.require_non_empty(positions)
    batches = source.shape[:batch_axes]
    if positions.shape[:batch_axes] != batches:
        layer.malformed(f"gathers {list(positions.shape)} from {list(source.shape)}")
    picked = positions.shape[batch_axes:]
    layer.require_shape(layer.output, (*source.shape[:axis], *picked, *source.shape[axis + 1 :]))
    name, constants = _positions(layer, source.shape[axis])
    table, table_constants = layer.operand(0)
    return Step(
        call=f"gather({{parameters}}, {table}, {name}, {{output}})",
        source="gather.h",
        parameters_type="gather_parameters",
        parameters={
            "batches": math.prod(batches),
            "outer": math.prod(source.shape[batch_axes:axis]),
            "positions": math.prod(picked),
            "axis_size": source.shape[axis],
            "block_bytes": math.prod(source.shape[axis + 1 :]) * dtype.numpy.itemsize,
        },
        constants=(*table_constants, *constants),
    )


def _positions(layer: Layer, size: int) -> tuple[str, tuple[Constant, ...]]:
    """How the call refers to the positions, as int32."""
    positions = layer.input(1)
    if positions.dtype not in (DType.INT32, DType.INT64) or (
        positions.data is None and positions.dtype is DType.INT64
    ):
        layer.unsupported(
            f"has positions of type {positions.dtype.value}", "compute them as int32, or make them constant"
        )
    if positions.data is None:
        return "{input1}", ()
    if positions.data.min() < 0 or positions.data.max() >= size:
        layer.malformed(f"gathers beyond the {size} entries of its axis")
    return "{positions}", (Constant("positions", "int32_t", positions.data.astype(np.int32)),)
