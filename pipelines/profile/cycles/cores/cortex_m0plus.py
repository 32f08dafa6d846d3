"""Cycles of the Cortex-M0+, with the fast multiplier.

Source: Cortex-M0+ Technical Reference Manual r0p1 (Arm DDI 0484), table 3-1, for memory without wait states. The core
has a pipeline of two stages, so every taken branch costs the same; what the table leaves open is only the multiplier (1
cycle here: the RP2040 has the fast one) and accesses to the single-cycle port, which are counted as ordinary ones.
"""

from __future__ import annotations

from pipelines.profile.cycles.band import NONE, Cycles, exactly
from pipelines.profile.cycles.cores import kinds
from pipelines.profile.cycles.instructions import Instruction


class CortexM0Plus:
    source = "Arm Cortex-M0+ TRM r0p1 (DDI 0484), table 3-1"
    over_manual = Cycles(1.0, 1.0, 1.03)

    def cost(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        if kinds.is_multiple(instruction):
            return exactly(1 + instruction.registers)
        if kinds.is_load(instruction) or kinds.is_store(instruction):
            return exactly(2)
        if instruction.name in ("mrs", "msr") or instruction.name in kinds.BARRIERS:
            return exactly(3)
        return exactly(1)

    def jump(self, instruction: Instruction) -> Cycles:
        """B, BX, BLX and MOV to the program counter take two cycles, BL three, POP with it 3+N."""
        return exactly(2) if instruction.name in ("bl", "pop") else exactly(1)

    def entry(self, target: Instruction) -> Cycles:
        return NONE

    def skipped(self, instruction: Instruction) -> Cycles:
        return NONE

    def misaligned(self) -> Cycles:
        """The core has no misaligned accesses."""
        return NONE
