"""TRANSPOSE of elements of any type."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.copies import copy_step, element_strides


@kernel("TRANSPOSE")
def transpose(layer: Layer) -> Step:
    """Axis i of the output is axis `permutation[i]` of the input."""
    source = layer.input(0)
    permutation = layer.constant(1, DType.INT32).reshape(-1).tolist()
    rank = len(source.shape)
    axes = [axis % rank if rank else axis for axis in permutation]
    if sorted(axes) != list(range(rank)) or any(not -rank <= axis < rank for axis in permutation):
        layer.malformed(f"permutes the axes of {list(source.shape)} as {permutation}")
    strides = element_strides(source.shape)
    layer.require_shape(layer.output, tuple(source.shape[axis] for axis in axes))
    return copy_step(layer, layer.output.shape, [strides[axis] for axis in axes])
