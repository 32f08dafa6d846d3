"""SELECT and SELECT_V2 with broadcasting, of elements of any type."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.broadcast import broadcast_strides
from pipelines.compile.kernels.copies import require_copied_types

LOOPS = 4


@kernel("SELECT", "SELECT_V2")
def select(layer: Layer) -> Step:
    """Input 0 is the condition (bool), inputs 1 and 2 are the values where it is true and false."""
    if layer.input(0).dtype is not DType.BOOL:
        layer.malformed(f"has a condition of type {layer.input(0).dtype.value}")
    dtype = require_copied_types(layer, 1)
    require_copied_types(layer, 2)
    shape = layer.output.shape
    if len(shape) > LOOPS:
        layer.unsupported(f"has {len(shape)} axes", f"use at most {LOOPS}")
    size_bytes = dtype.numpy.itemsize
    missing = (0,) * (LOOPS - len(shape))
    strides = [missing + tuple(_strides(layer, position)) for position in range(3)]
    names, constants = [], list[Constant]()
    for position in range(3):
        name, operand_constants = layer.operand(position)
        names.append(name)
        constants += operand_constants
    return Step(
        call=f"select_values({{parameters}}, {', '.join(names)}, {{output}})",
        source="select.h",
        parameters_type="select_parameters",
        parameters={
            "size": (1,) * len(missing) + shape,
            "condition": strides[0],
            "first": tuple(stride * size_bytes for stride in strides[1]),
            "second": tuple(stride * size_bytes for stride in strides[2]),
            "element_bytes": size_bytes,
        },
        constants=tuple(constants),
    )


def _strides(layer: Layer, position: int) -> list[int]:
    shape = layer.input(position).shape
    if layer.kind == "SELECT" and position == 0 and len(shape) == 1 and len(layer.output.shape) > 1:
        # The old operator takes a condition for each row.
        return [1, *[0] * (len(layer.output.shape) - 1)]
    return broadcast_strides(layer, shape, layer.output.shape)
