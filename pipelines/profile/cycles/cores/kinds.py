"""Kinds of instructions that the cores' timings tell apart."""

from __future__ import annotations

from pipelines.profile.cycles.instructions import Instruction

LOADS = frozenset(
    {"ldr", "ldrb", "ldrh", "ldrsb", "ldrsh", "ldrt", "ldrbt", "ldrht", "ldrsbt", "ldrsht", "ldrex", "vldr"}
)
STORES = frozenset({"str", "strb", "strh", "strt", "strbt", "strht", "strex", "vstr"})
MULTIPLE = ("ldm", "stm", "push", "pop", "ldrd", "strd", "vldm", "vstm", "vpush", "vpop")
BRANCHES = frozenset({"b", "bl", "bx", "blx", "cbz", "cbnz", "tbb", "tbh"})
IMMEDIATE_BRANCHES = frozenset({"b", "bl", "cbz", "cbnz"})
DIVISIONS = frozenset({"sdiv", "udiv"})
FLOAT_MULTIPLY_ADD = frozenset({"vmla", "vmls", "vnmla", "vnmls", "vfma", "vfms", "vfnma", "vfnms"})
FLOAT_LONG = frozenset({"vdiv", "vsqrt"})
FLOAT_ARITHMETIC = FLOAT_MULTIPLY_ADD | FLOAT_LONG | {"vadd", "vsub", "vmul", "vnmul", "vcvt", "vcvtr"}
BARRIERS = frozenset({"dsb", "dmb", "isb"})


def is_load(instruction: Instruction) -> bool:
    return instruction.name in LOADS


def is_store(instruction: Instruction) -> bool:
    return instruction.name in STORES


def is_multiple(instruction: Instruction) -> bool:
    return instruction.name.startswith(MULTIPLE)


def is_it(instruction: Instruction) -> bool:
    return instruction.name.startswith("it")


def computes(instruction: Instruction) -> bool:
    """A data processing instruction on the core's own registers."""
    return not (
        is_load(instruction)
        or is_store(instruction)
        or is_multiple(instruction)
        or instruction.name in BRANCHES
        or instruction.is_floating_point
    )


def feeds(before: Instruction, registers: frozenset[str]) -> bool:
    """Whether an instruction writes one of ``registers`` (flags apart)."""
    return bool((before.writes - {"cpsr", "apsr_nzcv", "fpscr_nzcv", "fpscr"}) & registers)
