"""A model after lowering and planning: all that the emitter needs."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.model import TensorInfo
from pipelines.compile.plan import ALIGNMENT_BYTES, MemoryPlan


@dataclass(frozen=True)
class LoweredModel:
    """`steps[i]` is what `graph.operators[i]` became."""

    name: str
    graph: Graph
    steps: tuple[Step, ...]
    plan: MemoryPlan
    input: TensorInfo
    output: TensorInfo

    @property
    def arena_bytes(self) -> int:
        """At least one unit of alignment, because C has no arrays of size zero."""
        return max(self.plan.arena_bytes, ALIGNMENT_BYTES)

    def layer_id(self, step: int) -> str:
        """The C prefix of a step's parameters and constants, like `layer_03_conv_2d`."""
        kind = "".join(
            letter if letter.isalnum() else "_" for letter in self.graph.operators[step].kind.lower()
        )
        return f"layer_{step:02d}_{kind}"
