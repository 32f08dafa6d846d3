"""A model after lowering and planning: all that the emitter needs."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.memory import MemoryPlan
from pipelines.compile.model import TensorInfo
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

    @property
    def input_offset_bytes(self) -> int:
        return self.plan.tensor_offset(self.graph.input)

    @property
    def output_offset_bytes(self) -> int:
        return self.plan.tensor_offset(self.graph.root(self.graph.output))

    def segment_of(self, step: int) -> Segment | None:
        """The segment in which a step runs row by row; None for a step by itself."""
        return next((segment for segment in self.segments if step in segment.steps), None)

    def layer_id(self, step: int) -> str:
        """The C prefix of a step's parameters and constants, like `layer_03_conv_2d`."""
        kind = "".join(
            letter if letter.isalnum() else "_" for letter in self.graph.operators[step].kind.lower()
        )
        return f"layer_{step:02d}_{kind}"
