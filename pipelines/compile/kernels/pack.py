"""PACK: tensors of the same shape side by side along a new axis, of elements of any type."""

from __future__ import annotations

import math

import tflite

from pipelines.compile.kernels.base import Constant, Layer, Step, kernel
from pipelines.compile.kernels.copies import require_copied_types


@kernel("PACK")
def pack(layer: Layer) -> Step:
    """One copy for each input."""
    inputs = [layer.input(position) for position in range(len(layer.operator.inputs))]
    options = layer.options(tflite.PackOptions)
    rank = len(layer.output.shape)
    axis = int(options.Axis())
    if not inputs or int(options.ValuesCount()) != len(inputs) or not -rank <= axis < rank:
        layer.malformed(f"packs {len(inputs)} tensors along axis {axis} of {rank}")
    axis %= rank
    shape = inputs[0].shape
    layer.require_shape(layer.output, (*shape[:axis], len(inputs), *shape[axis:]))
    calls = []
    constants: list[Constant] = []
    for position, tensor in enumerate(inputs):
        item_bytes = require_copied_types(layer, position).numpy.itemsize
        layer.require_shape(tensor, shape)
        block = math.prod(shape[axis:])
        name, operand_constants = layer.operand(position)
        constants += operand_constants
        target = f"{{output}} + {position * block}" if position else "{output}"
        calls.append(
            f"copy_blocks({math.prod(shape[:axis])}, {block * item_bytes}, {len(inputs) * block * item_bytes}, "
            f"{name}, {target})"
        )
    return Step(call=";\n    ".join(calls), source="copy_blocks.h", constants=tuple(constants))
