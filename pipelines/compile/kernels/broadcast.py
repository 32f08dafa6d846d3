"""NumPy broadcasting of two inputs, reduced to at most four nested loops."""

from __future__ import annotations

from pipelines.compile.graph import Shape
from pipelines.compile.kernels.base import Fields, Layer

LOOPS = 4


def broadcast_fields(layer: Layer) -> Fields:
    """The struct `broadcast_loops`: sizes of four loops and, for each input, its strides in elements.

    Neighbouring axes that step through both inputs alike are merged, so that inputs of equal shape
    need one loop.
    """
    shape = layer.output.shape
    layer.require_non_empty(layer.output)
    strides = [broadcast_strides(layer, layer.input(position).shape, shape) for position in (0, 1)]
    merged: list[tuple[int, int, int]] = []
    for size, first, second in zip(shape, *strides, strict=True):
        if size == 1:
            continue
        if merged and merged[-1][1] == first * size and merged[-1][2] == second * size:
            merged[-1] = (merged[-1][0] * size, first, second)
        else:
            merged.append((size, first, second))
    if len(merged) > LOOPS:
        layer.unsupported(f"broadcasts over {len(merged)} axes", "reshape its inputs to at most four axes")
    loops = [(1, 0, 0)] * (LOOPS - len(merged)) + merged
    sizes, first_strides, second_strides = (tuple(column) for column in zip(*loops, strict=True))
    return {"size": sizes, "stride0": first_strides, "stride1": second_strides}


def same_size_inputs(layer: Layer) -> tuple[int, ...]:
    """The computed inputs that are read exactly where the output is written."""
    positions = (0, 1)
    return tuple(
        position
        for position in positions
        if layer.input(position).data is None and layer.input(position).elements == layer.output.elements
    )


def broadcast_strides(layer: Layer, shape: Shape, output: Shape) -> list[int]:
    """How many elements a tensor of `shape` moves at each step along the axes of the output it is broadcast to."""
    if len(shape) > len(output):
        layer.malformed(f"cannot broadcast {list(shape)} to {list(output)}")
    padded = (1,) * (len(output) - len(shape)) + shape
    strides = []
    step = 1
    for size, wanted in zip(reversed(padded), reversed(output), strict=True):
        if size not in (1, wanted):
            layer.malformed(f"cannot broadcast {list(shape)} to {list(output)}")
        strides.append(0 if size == 1 else step)
        step *= size
    return strides[::-1]
