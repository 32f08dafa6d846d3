"""SLICE, and the parts of SPLIT, SPLIT_V and UNPACK: a box cut out of a tensor of any type."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.copies import copy_step, element_strides


@kernel("SLICE")
def slice_layer(layer: Layer) -> Step:
    """The box from `begin` on of shape `size`, where -1 means up to the end."""
    shape = layer.input(0).shape
    begin, size = (_indices(layer, position) for position in (1, 2))
    if not len(begin) == len(size) == len(shape):
        layer.malformed(f"cuts {size} at {begin} out of {list(shape)}")
    size = [
        whole - first if each == -1 else each for whole, first, each in zip(shape, begin, size, strict=True)
    ]
    layer.require_shape(layer.output, tuple(size))
    return box_step(layer, begin, size)


@kernel("SPLIT", "SPLIT_V", "UNPACK")
def part(layer: Layer) -> Step:
    """One of the parts; the pass `single_outputs` has made an operator of each, with the attributes begin and size."""
    attributes = layer.operator.attributes
    if not {"begin", "size"} <= attributes.keys():
        layer.unsupported("has parts that are not known", "export the model with constant sizes and axes")
    return box_step(layer, attributes["begin"], attributes["size"])


def box_step(layer: Layer, begin: Sequence[int], size: Sequence[int]) -> Step:
    """Copy the box of shape `size` at `begin` of input 0."""
    shape = layer.input(0).shape
    for whole, first, each in zip(shape, begin, size, strict=True):
        if not 0 <= first <= first + each <= whole or each < 1:
            layer.malformed(f"cuts {list(size)} at {list(begin)} out of {list(shape)}")
    strides = element_strides(shape)
    offset = sum(first * stride for first, stride in zip(begin, strides, strict=True))
    return copy_step(layer, size, strides, offset)


def _indices(layer: Layer, position: int) -> list[int]:
    dtype = layer.input(position).dtype
    values: list[int] = layer.constant(
        position, DType.INT64 if dtype is DType.INT64 else DType.INT32
    ).tolist()
    return values
