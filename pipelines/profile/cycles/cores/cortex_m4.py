"""Cycles of the Cortex-M4 with its FPU.

Source: Cortex-M4 Technical Reference Manual r0p1 (Arm DDI 0439 / 100166): table 3-1 (instructions), section 3.3.3 (load
and store timings), table 7-1 (floating point), all for memory without wait states. The band is made of what the manual
leaves open: a pipeline refill takes 1 to 3 cycles, a division 2 to 12, an IT instruction may be folded away, a load
relative to the program counter may meet an instruction fetch.
"""

from __future__ import annotations

from pipelines.profile.cycles.band import NONE, Cycles, exactly
from pipelines.profile.cycles.cores import kinds
from pipelines.profile.cycles.instructions import Instruction

_LONG_FLOAT = 14


class CortexM4:
    source = "Arm Cortex-M4 TRM r0p1 (DDI 0439), tables 3-1 and 7-1, section 3.3.3"
    # Six measured programs of ML-KEM took 3.2 to 4.5 % more than the manual's figures.
    over_manual = Cycles(1.0, 1.035, 1.07)

    def cost(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        if kinds.is_multiple(instruction):
            return exactly(1 + instruction.registers)
        if kinds.is_load(instruction) or kinds.is_store(instruction):
            return self._access(instruction, before) + self._address(instruction, before)
        if kinds.is_it(instruction):
            can_fold = before is not None and before.size_bytes == 2
            return Cycles(0, 0, 1) if can_fold else exactly(1)
        if instruction.name in kinds.DIVISIONS:
            return Cycles(2, 7, 12)
        if instruction.name in ("tbb", "tbh"):
            return exactly(3)
        if instruction.is_floating_point:
            return self._floating_point(instruction, before)
        if instruction.name in ("mrs", "msr"):
            return Cycles(1, 2, 2)
        if instruction.name in kinds.BARRIERS:
            return Cycles(1, 2, 4)
        return exactly(1)

    def jump(self, instruction: Instruction) -> Cycles:
        """The refill: short where the target is known while the branch is decoded, long where it is loaded."""
        if instruction.name in kinds.IMMEDIATE_BRANCHES:
            return Cycles(1, 1, 3)
        if instruction.name in ("bx", "blx"):
            return Cycles(1, 2, 3)
        return exactly(3)

    def entry(self, target: Instruction) -> Cycles:
        """A wide instruction across two words has to be fetched twice before it can be decoded."""
        return Cycles(0, 1, 1) if target.size_bytes == 4 and target.address % 4 else NONE

    def skipped(self, instruction: Instruction) -> Cycles:
        return exactly(1)

    def misaligned(self) -> Cycles:
        return exactly(1)

    def _access(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        """A load takes two cycles, or one behind a load that does not make its address."""
        words = 2 if any(each.startswith("d") for each in instruction.writes) else 1
        if words == 2:
            return exactly(3)
        follows = (
            before is not None
            and kinds.is_load(before)
            and not kinds.feeds(before, instruction.address_reads)
            and not instruction.writes_pc
        )
        if kinds.is_store(instruction) and not instruction.has_register_offset:
            return exactly(1)
        if follows:
            return exactly(1)
        if kinds.is_store(instruction):
            return Cycles(1, 2, 2)
        return Cycles(2, 2, 3) if instruction.reads_literal else exactly(2)

    def _address(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        """An address from the data processing instruction right in front stalls one cycle."""
        waits = (
            before is not None
            and kinds.computes(before)
            and kinds.feeds(before, instruction.address_reads - {"pc"})
        )
        return Cycles(0, 1, 1) if waits else NONE

    def _floating_point(self, instruction: Instruction, before: Instruction | None) -> Cycles:
        if instruction.name in kinds.FLOAT_LONG:
            own = _LONG_FLOAT
        elif instruction.name in kinds.FLOAT_MULTIPLY_ADD:
            own = 3
        elif instruction.name == "vmov" and len(instruction.writes | instruction.reads) > 2:
            own = 2
        else:
            own = 1
        waits = before is not None and before.name in kinds.FLOAT_ARITHMETIC
        waits = waits and before is not None and kinds.feeds(before, _operands(instruction))
        return exactly(own + (1 if waits else 0))


def _operands(instruction: Instruction) -> frozenset[str]:
    """What it needs in its first cycle: a multiply-accumulate needs the addend one cycle later."""
    if instruction.name in kinds.FLOAT_MULTIPLY_ADD:
        return instruction.reads - instruction.writes
    return instruction.reads
