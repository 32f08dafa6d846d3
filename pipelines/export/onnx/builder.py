"""The nodes of an ONNX graph, and where the values of a TFLite graph are found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import DType, Graph, Quantization, Tensor

Layout = str
ROWS_FIRST: Layout = "NHWC"
"""As TFLite has its images; and tensors of any other rank."""
CHANNELS_FIRST: Layout = "NCHW"
"""As ONNX has its images."""

_TO = {CHANNELS_FIRST: [0, 3, 1, 2], ROWS_FIRST: [0, 2, 3, 1]}


class OnnxBuilder:
    """Nodes and constants in the order in which they are made, their names counted.

    A tensor is stored as the model has it (int8 or float32), in one layout or both; a layout that is missing is made
    once, by a Transpose. Operators work on its real numbers.
    """

    def __init__(self, graph: Graph, exact: bool = True) -> None:
        """``exact``: integers are rounded as TFLite does, see :mod:`pipelines.export.onnx.rounding`."""
        self.graph = graph
        self.exact = exact
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._stored: dict[tuple[int, Layout], str] = {}
        self._real: dict[tuple[int, Layout], str] = {}

    def node(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """Add an operator with one output; returns the output's name."""
        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(kind, list(inputs), [name], name=f"{kind}_{len(self.nodes)}", **attributes)
        )
        return name

    def constant(self, values: NDArray[Any] | np.generic) -> str:
        """The name of a constant; equal constants are one."""
        values = np.asarray(values, order="C")
        key = (values.dtype.str, values.shape, values.tobytes())
        if key not in self._constants:
            name = f"constant_{len(self._constants)}"
            self._constants[key] = name
            self.initializers.append(numpy_helper.from_array(values, name))
        return self._constants[key]

    def layouts(self, tensor: Tensor) -> set[Layout]:
        """Those in which it is stored already."""
        return {layout for index, layout in self._stored if index == tensor.index}

    def store(self, tensor: Tensor, name: str, layout: Layout) -> None:
        """A value, of the tensor's own type, is this tensor's."""
        self._stored[tensor.index, layout] = name

    def stored(self, tensor: Tensor, layout: Layout = ROWS_FIRST) -> str:
        """The name of a tensor in a layout, of the tensor's own type."""
        if tensor.data is not None and (tensor.index, ROWS_FIRST) not in self._stored:
            self.store(tensor, self.constant(tensor.data), ROWS_FIRST)
        if (tensor.index, layout) not in self._stored:
            other = ROWS_FIRST if layout == CHANNELS_FIRST else CHANNELS_FIRST
            name = self.node("Transpose", [self._stored[tensor.index, other]], perm=_TO[layout])
            self._stored[tensor.index, layout] = name
        return self._stored[tensor.index, layout]

    def real(self, tensor: Tensor, layout: Layout = ROWS_FIRST) -> str:
        """The name of a tensor's real numbers, float32."""
        if tensor.dtype is DType.FLOAT32:
            return self.stored(tensor, layout)
        if (tensor.index, layout) not in self._real:
            self._real[tensor.index, layout] = self.dequantised(
                self.stored(tensor, layout), quantization_of(tensor), 0
            )
        return self._real[tensor.index, layout]

    def dequantised(self, name: str, quantization: Quantization, axis: int, dtype: Any = np.int8) -> str:
        """``scale * (value - zero_point)``, per tensor or along an axis."""
        scales = np.array(quantization.scales, np.float32)
        points = np.array(quantization.zero_points, dtype)
        if scales.size == 1:
            inputs = [name, self.constant(scales[0]), self.constant(points[0])]
            return self.node("DequantizeLinear", inputs)
        return self.node("DequantizeLinear", [name, self.constant(scales), self.constant(points)], axis=axis)

    def write(self, tensor: Tensor, real: str, layout: Layout = ROWS_FIRST, activation: str = "NONE") -> None:
        """Real numbers, float32, become a tensor, after an activation."""
        limits = _limits(activation)
        if tensor.dtype is DType.FLOAT32:
            self.store(tensor, self._limited(real, limits), layout)
            return
        quantization = quantization_of(tensor)
        scale, zero_point = quantization.scales[0], quantization.zero_points[0]
        # Where the integers end there anyway, the limit needs no operator.
        least = limits[0] if limits[0] is not None and limits[0] > scale * (-128 - zero_point) else None
        greatest = limits[1] if limits[1] is not None and limits[1] < scale * (127 - zero_point) else None
        real = self._limited(real, (least, greatest))
        steps = [self.constant(np.float32(scale)), self.constant(np.int8(zero_point))]
        self.store(tensor, self.node("QuantizeLinear", [real, *steps]), layout)

    def _limited(self, name: str, limits: tuple[float | None, float | None]) -> str:
        least, greatest = limits
        if least is None and greatest is None:
            return name
        if least == 0 and greatest is None:
            return self.node("Relu", [name])
        ends = ["" if end is None else self.constant(np.float32(end)) for end in (least, greatest)]
        return self.node("Clip", [name, *ends] if ends[1] else [name, ends[0]])


def quantization_of(tensor: Tensor) -> Quantization:
    """How the integers of a tensor are to be read.

    Raises:
        CompileError: it is no int8 tensor with scales.
    """
    if tensor.dtype not in (DType.INT8, DType.INT32) or tensor.quantization is None:
        raise CompileError(
            f"tensor {tensor.name!r} is {tensor.dtype.value} without a scale; ONNX takes int8 or float32 models"
        )
    return tensor.quantization


def _limits(activation: str) -> tuple[float | None, float | None]:
    return {
        "NONE": (None, None),
        "RELU": (0.0, None),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }[activation]
