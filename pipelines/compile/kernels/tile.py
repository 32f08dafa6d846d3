"""TILE and BROADCAST_TO of elements of any type: the input again and again."""

from __future__ import annotations

from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.copies import copy_step, element_strides


@kernel("TILE")
def tile(layer: Layer) -> Step:
    """Input 1 says how often along each axis."""
    shape = layer.input(0).shape
    counts = layer.constant(1, layer.input(1).dtype).reshape(-1).tolist()
    if len(counts) != len(shape) or any(count < 1 for count in counts):
        layer.malformed(f"repeats {list(shape)} {counts} times")
    layer.require_shape(layer.output, tuple(size * count for size, count in zip(shape, counts, strict=True)))
    sizes: list[int] = []
    strides: list[int] = []
    for size, count, stride in zip(shape, counts, element_strides(shape), strict=True):
        sizes += [count, size]
        strides += [0, stride]
    return copy_step(layer, sizes, strides)


@kernel("BROADCAST_TO")
def broadcast_to(layer: Layer) -> Step:
    """Axes of size 1, or that the input lacks at its front, are repeated."""
    shape, target = layer.input(0).shape, layer.output.shape
    missing = len(target) - len(shape)
    if missing < 0 or any(
        size not in (1, wanted) for size, wanted in zip(shape, target[missing:], strict=True)
    ):
        layer.malformed(f"broadcasts {list(shape)} to {list(target)}")
    strides = [stride if size > 1 else 0 for size, stride in zip(shape, element_strides(shape), strict=True)]
    return copy_step(layer, target, [0] * missing + strides)
