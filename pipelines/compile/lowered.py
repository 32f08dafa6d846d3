"""A model after lowering and planning: all that the emitter needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType, Graph
from pipelines.compile.kernels import Step
from pipelines.compile.memory import MemoryPlan, variables
from pipelines.compile.model import TensorInfo
from pipelines.compile.options import WeightsIn
from pipelines.compile.streaming.segment import Segment


@dataclass(frozen=True)
class LoweredModel:
    """`steps[i]` is what `graph.operators[i]` became."""

    name: str
    graph: Graph
    steps: tuple[Step, ...]
    plan: MemoryPlan
    input: TensorInfo
    output: TensorInfo
    segments: tuple[Segment, ...] = ()
    weights_in: WeightsIn = "flash"

    @property
    def input_offset_bytes(self) -> int:
        return self.plan.tensor_offset(self.graph.input)

    @property
    def output_offset_bytes(self) -> int:
        return self.plan.tensor_offset(self.graph.root(self.graph.output))

    def segment_of(self, step: int) -> Segment | None:
        """The segment in which a step runs row by row; None for a step by itself."""
        return self._segments.get(step)

    @property
    def initial_states(self) -> dict[int, npt.NDArray[Any]]:
        """What each variable is before the first inference, by its tensor."""
        found = {}
        for root in variables(self.graph):
            tensor = self.graph.tensors[root]
            values = tensor.initial
            if values is None:
                zero = tensor.quantization.zero_points[0] if tensor.quantization else 0
                values = np.full(tensor.shape, zero if tensor.dtype is DType.INT8 else 0, tensor.dtype.numpy)
            found[root] = values
        return found

    def variable(self, root: int) -> str:
        """What the C calls a tensor that owns its bytes."""
        if self.graph.tensors[root].variable:
            return f"state_{self._states[root]:02d}"
        if root == self.graph.root(self.graph.output):
            return "output"
        return "input" if root == self.graph.input else f"output_{self.writer(root):02d}"

    def writer(self, root: int) -> int:
        """The step that computes a tensor."""
        return self._writers[root]

    @cached_property
    def _writers(self) -> dict[int, int]:
        return {root: index for index, each in enumerate(self.graph.operators) for root in each.outputs}

    @cached_property
    def _states(self) -> dict[int, int]:
        return {root: number for number, root in enumerate(variables(self.graph))}

    @cached_property
    def _segments(self) -> dict[int, Segment]:
        return {step: segment for segment in self.segments for step in segment.steps}

    def layer_name(self, step: int) -> str:
        """A step's name, which cannot end a C comment or continue a line."""
        name = self.graph.layer_name(self.graph.operators[step])
        return name.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")

    def layer_id(self, step: int) -> str:
        """What the C calls the struct of a step's parameters and constants, like `layer_03_conv_2d`."""
        kind = "".join(
            letter if letter.isalnum() else "_" for letter in self.graph.operators[step].kind.lower()
        )
        return f"layer_{step:02d}_{kind}"
