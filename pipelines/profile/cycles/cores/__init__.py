"""The timing of each core, one file each: what an instruction costs, given the one in front of it."""

from __future__ import annotations

from typing import Protocol

from pipelines.profile.cycles.band import Cycles
from pipelines.profile.cycles.cores.cortex_m0plus import CortexM0Plus
from pipelines.profile.cycles.cores.cortex_m4 import CortexM4
from pipelines.profile.cycles.cores.cortex_m33 import CortexM33
from pipelines.profile.cycles.instructions import Instruction


class CoreTiming(Protocol):
    """Cycles of an in-order core that waits for no memory."""

    source: str
    # What boards take over the sum of the manual's figures (docs/cycles.md): least, typical, most.
    over_manual: Cycles

    def cost(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        """Of one execution without a jump; ``before`` is what ran right in front of it, None after a jump."""

    def jump(self, instruction: Instruction) -> Cycles:
        """What it costs more when it jumps."""

    def entry(self, target: Instruction) -> Cycles:
        """What a jump to this instruction costs more."""

    def skipped(self, instruction: Instruction) -> Cycles:
        """Of an instruction whose condition, given by an IT instruction, fails."""

    def misaligned(self) -> Cycles:
        """Of each further access that a misaligned one is made of."""


CORES: dict[str, CoreTiming] = {
    "Cortex-M0+": CortexM0Plus(),
    "Cortex-M4F": CortexM4(),
    "Cortex-M33": CortexM33(),
}
