"""What every kernel works with: the layer that it lowers and the step that it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.errors import ModelFormatError, UnsupportedOpError
from pipelines.compile.graph import DType, Graph, Operator, Quantization, Shape, Tensor
from pipelines.compile.reader import reading

# A C struct initialiser: field name -> number, array or nested struct, in the order of the struct.
Fields = Mapping[str, "int | float | tuple[int, ...] | Fields"]


@dataclass(frozen=True)
class Constant:
    """A const array of the weights file. `name` is what the call's text refers to."""

    name: str
    c_type: str
    values: npt.NDArray[Any]

    @property
    def size_bytes(self) -> int:
        return self.values.size * {"int8_t": 1, "int32_t": 4, "float": 4}[self.c_type]


@dataclass(frozen=True)
class Step:
    """One lowered operator: a C call and what it needs.

    `call` is a format string with `{output}`, `{input0}`, `{input1}`, ..., `{parameters}` (address
    of the struct of `parameters`), `{scratch}` and the names of `constants`.
    `source` is the file in `native/` that defines the function. `scratch_bytes` of the arena are
    the step's own while it runs, as an array of `scratch_type`. `in_place_inputs` may share their bytes with the output.
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


Kernel = Callable[["Layer"], Step]
KERNELS: dict[str, Kernel] = {}


def kernel(*kinds: str) -> Callable[[Kernel], Kernel]:
    """Register a function as the kernel of these operators."""

    def register(function: Kernel) -> Kernel:
        for kind in kinds:
            KERNELS[kind] = function
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

    def require_types(self, *tensors: Tensor) -> DType:
        """The common type of `tensors`, which must be int8 or float32."""
        types = {tensor.dtype for tensor in tensors}
        if len(types) == 1 and types <= {DType.INT8, DType.FLOAT32}:
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


def lower(graph: Graph, operator: Operator) -> Step:
    """Lower one operator with its kernel.

    Raises `UnsupportedOpError` when there is none, `ModelFormatError` when the operator is broken.
    """
    layer = Layer(graph, operator)
    function = KERNELS.get(operator.kind)
    if function is None:
        layer.unsupported(
            "is not supported",
            "replace the layer, or remove it from the exported model; supported are "
            + ", ".join(sorted(KERNELS)),
        )
    with reading(f"layer {layer.name!r} ({operator.kind})"):
        step = function(layer)
    for position in range(len(operator.inputs)):
        if f"{{input{position}}}" in step.call and layer.input(position).data is not None:
            layer.unsupported(
                f"computes on a constant (input {position})", "replace it by its result in the model"
            )
    return step


def float_limits(activation: str) -> tuple[float, float]:
    """Least and greatest float32 output of a fused activation."""
    greatest = float(np.finfo(np.float32).max)
    return {
        "NONE": (-greatest, greatest),
        "RELU": (0.0, greatest),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }[activation]
