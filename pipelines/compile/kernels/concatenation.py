"""CONCATENATION along one axis, in int8, int16 and float32."""

from __future__ import annotations

import math

import tflite

from pipelines.compile.graph import DType, Tensor
from pipelines.compile.kernels.base import Constant, Layer, Reach, Step, kernel
from pipelines.compile.kernels.images import is_image


@kernel("CONCATENATION")
def concatenation(layer: Layer) -> Step:
    """One strided copy for each input; integer inputs have the quantization of the output."""
    inputs = [layer.input(position) for position in range(len(layer.operator.inputs))]
    output = layer.output
    if not inputs or not output.shape:
        layer.malformed("has nothing to concatenate")
    options = layer.options(tflite.ConcatenationOptions)
    rank = len(output.shape)
    axis = int(options.Axis())
    if not -rank <= axis < rank:
        layer.malformed(f"concatenates along axis {axis} of {rank}")
    axis %= rank
    if layer.activation(options.FusedActivationFunction()) != "NONE":
        layer.unsupported("has a fused activation", "make the activation a layer of its own")
    dtype = layer.require_types(*inputs, output, int16=True)
    if dtype is not DType.FLOAT32:
        layer.require_same_quantization(*inputs)
    for tensor in inputs:
        if len(tensor.shape) != rank:
            layer.malformed(f"concatenates {list(tensor.shape)} into {list(output.shape)}")
        layer.require_shape(tensor, (*output.shape[:axis], tensor.shape[axis], *output.shape[axis + 1 :]))
    layer.require_shape(
        output,
        (*output.shape[:axis], sum(tensor.shape[axis] for tensor in inputs), *output.shape[axis + 1 :]),
    )

    if (
        axis == 3
        and is_image(output.shape)
        and len(inputs) <= 2
        and all(each.data is None for each in inputs)
    ):
        return _by_channels(inputs, output)
    rows = math.prod(output.shape[:axis])
    row_size = math.prod(output.shape[axis:])
    calls = []
    constants: list[Constant] = []
    start = 0
    for position, tensor in enumerate(inputs):
        name, operand_constants = layer.operand(position)
        constants += operand_constants
        size = math.prod(tensor.shape[axis:])
        calls.append(f"copy_rows_{dtype.value}({rows}, {size}, {row_size}, {name}, {{output}} + {start})")
        start += size
    return Step(call=";\n    ".join(calls), source=f"copy_rows_{dtype.value}.h", constants=tuple(constants))


def _by_channels(inputs: list[Tensor], output: Tensor) -> Step:
    """Images next to each other, tile by tile; a tile knows of two."""
    source = f"copy_channels_{output.dtype.value}"
    calls = []
    start = 0
    for position, tensor in enumerate(inputs):
        sizes = f"{position}, {tensor.shape[3]}, {output.shape[3]}"
        calls.append(f"{source}({{tile}}, {sizes}, {{input{position}}}, {{output}} + {start})")
        start += tensor.shape[3]
    return Step(call=";\n    ".join(calls), source=f"{source}.h", reach=Reach())
