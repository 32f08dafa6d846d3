"""What every kernel works with: the layer that it lowers and the step that it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.errors import ModelFormatError, UnsupportedOpError
from pipelines.compile.graph import DType, Graph, Operator, Quantization, Shape, Tensor
from pipelines.compile.options import CompileOptions
from pipelines.compile.reader import reading

# A C struct initialiser: field name -> number, array or nested struct, in the order of the struct.
Fields = Mapping[str, "int | float | tuple[int, ...] | Fields"]


# Instruction sets that a kernel may have a form for; `native/flavours.h` says when the C compiler takes which.
Flavour = Literal["dsp", "mve"]
FLAVOURS: tuple[Flavour, ...] = ("mve", "dsp")
_BYTES = {"int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4, "int64_t": 8, "float": 4}


@dataclass(frozen=True)
class Constant:
    """A const array of the model. `name` is what the call's text refers to.

    `values` is the array in the order that portable C reads; `flavours` has it in the order (and maybe of another
    length) that the kernel's form for an instruction set reads. The C compiler picks one: that of MVE where the
    core has it and the array too, else that of DSP, else the portable one. `same_as` is the step and the name of an
    equal array that stands for this one (`share_constants`).
    """

    name: str
    c_type: str
    values: npt.NDArray[Any]
    flavours: Mapping[Flavour, npt.NDArray[Any]] = field(default_factory=dict)
    same_as: tuple[int, str] | None = None

    @property
    def item_bytes(self) -> int:
        return _BYTES[self.c_type]

    @property
    def size_bytes(self) -> int:
        """Bytes of the portable array; none where another stands for it."""
        return 0 if self.same_as else self.values.size * self.item_bytes

    def size_bytes_for(self, dsp: bool, mve: bool) -> int:
        """Bytes of the array that a core with these extensions gets."""
        for flavour, has in zip(FLAVOURS, (mve, dsp), strict=True):
            if has and flavour in self.flavours and not self.same_as:
                return self.flavours[flavour].size * _BYTES[self.c_type]
        return self.size_bytes


@dataclass(frozen=True)
class Reach:
    """Which part of its image inputs an output pixel of a step needs, (vertical, horizontal).

    Output row y needs the input rows from `y * stride - before` to that plus `extent`, less those outside of the
    image; the same for columns. Element-wise steps have (1, 1), (0, 0), (1, 1).
    """

    stride: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)
    extent: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Step:
    """One lowered operator: a C call and what it needs.

    `call` is a format string with `{output}`, `{input0}`, `{input1}`, ..., `{parameters}` (address
    of the struct of `parameters`), `{scratch}` and the names of `constants`.
    `source` is the file in `native/` that defines the function. `scratch_bytes` of the arena are
    the step's own while it runs, as an array of `scratch_type`. The output may begin at the first byte of each of
    `in_place_inputs` that is not smaller than it. With `trails[p]` it may begin anywhere up to so many bytes after
    the first byte of input p (in front of it, where negative): the step has read by then what it overwrites.
    A step with a `reach` takes `{tile}`, the address of a `tile` (`native/tile.h`), and computes the part of its
    output that the tile names, from inputs and to an output of which the tile says which part is in memory. For a
    tile of one row it needs `row_scratch_bytes` of scratch, where that is less.
    """

    call: str
    source: str
    parameters_type: str = ""
    parameters: Fields = field(default_factory=dict)
    constants: tuple[Constant, ...] = ()
    macs: int = 0
    scratch_bytes: int = 0
    scratch_type: str = "int8_t"
    in_place_inputs: tuple[int, ...] = ()
    trails: Mapping[int, int] = field(default_factory=dict)
    reach: Reach | None = None
    row_scratch_bytes: int | None = None

    def scratch_bytes_for(self, by_rows: bool) -> int:
        """Bytes of scratch for the whole output at once, or row by row."""
        return (
            self.row_scratch_bytes if by_rows and self.row_scratch_bytes is not None else self.scratch_bytes
        )


Kernel = Callable[["Layer"], Step]
KERNELS: dict[tuple[str, DType | None], Kernel] = {}


def kernel(*kinds: str, dtype: DType | None = None) -> Callable[[Kernel], Kernel]:
    """Register a function as the kernel of these operators; with `dtype`, where the output is of that type only."""

    def register(function: Kernel) -> Kernel:
        for kind in kinds:
            KERNELS[kind, dtype] = function
        return function

    return register


_ACTIVATIONS = {
    tflite.ActivationFunctionType.NONE: "NONE",
    tflite.ActivationFunctionType.RELU: "RELU",
    tflite.ActivationFunctionType.RELU6: "RELU6",
    tflite.ActivationFunctionType.RELU_N1_TO_1: "RELU_N1_TO_1",
}


@dataclass(frozen=True)
class Layer:
    """An operator in its graph, with checked access to what a kernel wants to know."""

    graph: Graph
    operator: Operator
    choices: CompileOptions

    @property
    def name(self) -> str:
        return self.graph.layer_name(self.operator)

    @property
    def kind(self) -> str:
        return self.operator.kind

    @property
    def output(self) -> Tensor:
        return self.graph.tensors[self.operator.outputs[0]]

    def input(self, position: int) -> Tensor:
        tensor = self.optional_input(position)
        if tensor is None:
            self.malformed(f"has no input {position}")
        return tensor

    def optional_input(self, position: int) -> Tensor | None:
        inputs = self.operator.inputs
        if position >= len(inputs) or inputs[position] < 0:
            return None
        return self.graph.tensors[inputs[position]]

    def constant(self, position: int, dtype: DType) -> npt.NDArray[Any]:
        """The data of a constant input; the layer is unsupported when it is computed instead."""
        tensor = self.input(position)
        if tensor.data is None:
            self.unsupported(f"has a computed input {position}", "export the model with constant weights")
        if tensor.dtype is not dtype:
            self.malformed(f"has a constant of type {tensor.dtype.value} where {dtype.value} belongs")
        return tensor.data

    def operand(self, position: int) -> tuple[str, tuple[Constant, ...]]:
        """How the call refers to an input that may be a constant, and that constant."""
        tensor = self.input(position)
        if tensor.data is None:
            return f"{{input{position}}}", ()
        name = f"operand{position}"
        return f"{{{name}}}", (Constant(name, tensor.dtype.c_type, tensor.data),)

    def options(self, table: Any) -> Any:
        """The operator's options as a `tflite` table class; its defaults when the file has none."""
        expected = getattr(tflite.BuiltinOptions, table.__name__)
        if self.operator.options is None:
            self.malformed("lacks its options")
        if self.operator.options_type != expected:
            self.malformed(f"has options of type {self.operator.options_type} instead of {table.__name__}")
        options = table()
        options.Init(self.operator.options.Bytes, self.operator.options.Pos)
        return options

    def activation(self, code: int) -> str:
        if code not in _ACTIVATIONS:
            self.unsupported(f"has fused activation {code}", "use relu, relu6 or none")
        return _ACTIVATIONS[code]

    def quantization(self, tensor: Tensor) -> Quantization:
        if tensor.quantization is None:
            self.malformed(f"reads or writes tensor {tensor.index}, which is int8 without a scale")
        return tensor.quantization

    def scale_and_zero_point(self, tensor: Tensor) -> tuple[float, int]:
        """The scale (a float32 value) and the zero point of a tensor with one of each."""
        quantization = self.quantization(tensor)
        if len(quantization.scales) != 1:
            self.unsupported("has activations quantized per channel", "quantize activations per tensor")
        if not -128 <= quantization.zero_points[0] <= 127:
            self.malformed(f"has the zero point {quantization.zero_points[0]}")
        return quantization.scales[0], quantization.zero_points[0]

    def require_same_quantization(self, *tensors: Tensor) -> None:
        if any(self.quantization(tensor) != self.quantization(self.output) for tensor in tensors):
            self.unsupported(
                "needs the same scale and zero point for input and output",
                "quantize again with the TFLite converter",
            )

    def require_types(self, *tensors: Tensor, int16: bool = False) -> DType:
        """The common type of `tensors`, which must be int8 or float32, or with `int16` that."""
        types = {tensor.dtype for tensor in tensors}
        supported = {DType.INT8, DType.FLOAT32} | ({DType.INT16} if int16 else set())
        if len(types) == 1 and types <= supported:
            return types.pop()
        names = " and ".join(sorted(dtype.value for dtype in types))
        self.unsupported(
            f"has operands of type {names}",
            "convert the model with full int8 quantization, or without any (float32)",
        )

    def require_shape(self, tensor: Tensor, shape: Shape) -> None:
        if tensor.shape != shape:
            self.malformed(f"has a tensor of shape {list(tensor.shape)} where {list(shape)} belongs")

    def require_non_empty(self, *tensors: Tensor) -> None:
        for tensor in tensors:
            if tensor.elements == 0:
                self.malformed(f"has an empty tensor of shape {list(tensor.shape)}")

    def unsupported(self, reason: str, cure: str) -> NoReturn:
        raise UnsupportedOpError(self.kind, self.name, reason, cure)

    def malformed(self, reason: str) -> NoReturn:
        raise ModelFormatError(f"layer {self.name!r} ({self.kind}) {reason}; export the model again")


def lower(graph: Graph, operator: Operator, choices: CompileOptions) -> Step:
    """Lower one operator with its kernel.

    Raises `UnsupportedOpError` when there is none, `ModelFormatError` when the operator is broken.
    """
    layer = Layer(graph, operator, choices)
    function = KERNELS.get((operator.kind, layer.output.dtype)) or KERNELS.get((operator.kind, None))
    if function is None:
        layer.unsupported(
            "is not supported",
            "replace the layer, or remove it from the exported model; supported are "
            + ", ".join(sorted({kind for kind, _ in KERNELS})),
        )
    with reading(f"layer {layer.name!r} ({operator.kind})"):
        step = function(layer)
    for position in range(len(operator.inputs)):
        if f"{{input{position}}}" in step.call and layer.input(position).data is not None:
            step = _with_constant_input(layer, step, position)
    return step


def _with_constant_input(layer: Layer, step: Step, position: int) -> Step:
    """The step with an input that the kernel takes for a computed one, but the model has as a constant."""
    expression, constants = layer.operand(position)
    return replace(
        step,
        call=step.call.replace(f"{{input{position}}}", expression),
        constants=(*step.constants, *constants),
        in_place_inputs=tuple(each for each in step.in_place_inputs if each != position),
        trails={each: most for each, most in step.trails.items() if each != position},
    )


def float_limits(activation: str) -> tuple[float, float]:
    """Least and greatest float32 output of a fused activation."""
    greatest = float(np.finfo(np.float32).max)
    return {
        "NONE": (-greatest, greatest),
        "RELU": (0.0, greatest),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }[activation]
