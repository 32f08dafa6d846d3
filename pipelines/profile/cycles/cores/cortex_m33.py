"""Cycles of the Cortex-M33 with its FPU: a pipeline of three stages that can issue some pairs at once.

Arm publishes no table of this core's timings. This model follows its description (Cortex-M33 TRM, 100230: branches are
resolved, and addresses made, in the second stage; limited dual issue of 16-bit instructions): a load takes one cycle and
one more where the next instruction uses what it loads, a taken branch two cycles. The low end lets every pair of 16-bit
instructions without a dependence issue together, the high end none.
"""

from __future__ import annotations

from pipelines.profile.cycles.band import NONE, Cycles, exactly
from pipelines.profile.cycles.cores import kinds
from pipelines.profile.cycles.instructions import Instruction


class CortexM33:
    source = "Arm Cortex-M33 TRM (100230), description of the pipeline; no table of timings is published"
    over_manual = Cycles(0.95, 1.0, 1.1)

    def cost(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        return self._own(instruction, before) + self._wait(instruction, before)

    def jump(self, instruction: Instruction) -> Cycles:
        if instruction.name in kinds.IMMEDIATE_BRANCHES:
            return Cycles(1, 1, 2)
        return Cycles(1, 2, 3)

    def entry(self, target: Instruction) -> Cycles:
        return Cycles(0, 1, 1) if target.size_bytes == 4 and target.address % 4 else NONE

    def skipped(self, instruction: Instruction) -> Cycles:
        return exactly(1)

    def misaligned(self) -> Cycles:
        return exactly(1)

    def _own(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        if kinds.is_multiple(instruction):
            words = instruction.registers
            return Cycles(words, words, words + 1)
        if kinds.is_it(instruction):
            return Cycles(0, 0, 1)
        if instruction.name in kinds.DIVISIONS:
            return Cycles(2, 6, 11)
        if instruction.name in kinds.FLOAT_LONG:
            return exactly(14)
        if instruction.name in kinds.FLOAT_MULTIPLY_ADD:
            return Cycles(1, 3, 3)
        if instruction.name in ("tbb", "tbh"):
            return Cycles(2, 3, 3)
        pairs = (
            before is not None
            and before.size_bytes == instruction.size_bytes == 2
            and not kinds.feeds(before, instruction.reads)
            and not (kinds.is_load(instruction) or kinds.is_store(instruction))
            and kinds.computes(before) != kinds.computes(instruction)
        )
        return Cycles(0, 0.5, 1) if pairs else exactly(1)

    def _wait(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        """The result of a load, and of a floating-point operation, is there one cycle late."""
        if before is None or not kinds.feeds(before, instruction.reads):
            return NONE
        if kinds.is_load(before) or before.name in kinds.FLOAT_ARITHMETIC:
            return exactly(1)
        return NONE
