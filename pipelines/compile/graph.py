"""A model as a typed graph: what the reader makes, the passes change and the kernels lower.

All values are immutable; a pass returns a new `Graph`.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

Shape = tuple[int, ...]


class DType(enum.Enum):
    """Element types that a tensor can have. Value: the name shown to people."""

    INT8 = "int8"
    FLOAT32 = "float32"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT16 = "float16"
    INT16 = "int16"
    INT4 = "int4"
    BOOL = "bool"
    OTHER = "unsupported"

    @property
    def c_type(self) -> str:
        return {
            DType.INT8: "int8_t",
            DType.INT16: "int16_t",
            DType.INT32: "int32_t",
            DType.INT64: "int64_t",
            DType.FLOAT32: "float",
            DType.BOOL: "uint8_t",
        }[self]

    @property
    def numpy(self) -> np.dtype[Any]:
        """Element type of the arrays that hold such data; int4 is kept as one int8 each."""
        return np.dtype("int8" if self is DType.INT4 else self.value).newbyteorder("<")


@dataclass(frozen=True)
class Quantization:
    """real = scale * (integer - zero_point), per tensor (one scale) or per slice along `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int


@dataclass(frozen=True)
class Tensor:
    """One value of the graph. `data` is set for constants only and has `shape`.

    A `variable` is state: it keeps its content from one inference to the next. No operator has it as an output; those
    that change it have it among their inputs, and operators that share one run in the order of the file. It begins
    with `initial`, else with zeros (the integers of zero point, where it is int8), as
    `Subgraph::ResetVariableTensors` in TFLite has it.
    """

    index: int
    name: str
    shape: Shape
    dtype: DType
    quantization: Quantization | None = None
    data: npt.NDArray[Any] | None = None
    variable: bool = False
    initial: npt.NDArray[Any] | None = None

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def size_bytes(self) -> int:
        return self.elements * self.dtype.numpy.itemsize


@dataclass(frozen=True)
class Operator:
    """One node. `inputs` holds tensor indices; -1 stands for an optional input that is absent.

    `options` is the flatbuffer table of the op's own attributes (`None` when the file has none),
    which the kernel reads. `padding` is (top, bottom, left, right) once a PAD was fused into it.
    `attributes` are those of an operator that a pass has made, which has no table in the file.
    `intermediates` are tensors that only tell how values inside of the operator are quantized.
    """

    index: int
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any = None
    options_type: int = 0
    padding: tuple[int, int, int, int] | None = None
    attributes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    intermediates: tuple[int, ...] = ()


@dataclass(frozen=True)
class Subgraph:
    """A function that an operator of the model calls: the body of a loop, say. Indices are its own."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """Operators in execution order, with exactly one input and one output.

    `views` maps a tensor to the tensor whose bytes it shares (the output of a RESHAPE to its input).
    `subgraphs` are the file's, the main one at 0 included, for operators that refer to them by number.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    input: int
    output: int
    views: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    subgraphs: tuple[Subgraph, ...] = ()

    def root(self, tensor: int) -> int:
        """The tensor that owns the bytes of `tensor`."""
        while tensor in self.views:
            tensor = self.views[tensor]
        return tensor

    def layer_name(self, operator: Operator) -> str:
        """A short, readable name for a layer, taken from the tensor that it makes."""
        name = self.tensors[operator.outputs[0]].name.split(";")[0]
        parts = [part for part in name.split("/") if part]
        return "/".join(parts[-2:]) or f"{operator.kind.lower()}_{operator.index}"
