"""The instructions that a trace counted, taken apart as far as their timing needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import capstone
import numpy as np
import numpy.typing as npt
from capstone import arm

from pipelines.profile.cycles.trace import Trace

_IT = re.compile(r"it[te]{0,3}")
_CONDITION = re.compile(r"(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)$")
_BRANCHES = ("b", "bl", "bx", "blx", "cbz", "cbnz", "tbb", "tbh")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction.

    Args:
        name: the mnemonic without width and without a branch's condition: ``ldr``, ``b``, ``vmla``; data types stay off.
        reads, writes: names of registers.
        address_reads: of ``reads``, those that make a memory address.
        registers: how many of them a load or store of several moves; 32-bit ones, a double counts as two.
        has_register_offset: a memory address with an index register.
        reads_literal: a load relative to the program counter.
        writes_pc: it always jumps, like ``pop {pc}``.
    """

    address: int
    size_bytes: int
    name: str
    reads: frozenset[str]
    writes: frozenset[str]
    address_reads: frozenset[str]
    registers: int
    has_register_offset: bool
    reads_literal: bool
    writes_pc: bool

    @property
    def is_floating_point(self) -> bool:
        return self.name.startswith("v")


@dataclass(frozen=True, slots=True)
class Counted:
    """An instruction with its counts, one for each layer.

    ``before`` is the instruction in front of it, from which it is reached without a jump; None where that never ran.
    ``skipped``: how often its condition, given by an IT instruction, failed.
    """

    instruction: Instruction
    before: Instruction | None
    executed: npt.NDArray[np.int64]
    entered: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    skipped: npt.NDArray[np.int64]


def counted_instructions(trace: Trace) -> list[Counted]:
    """Every instruction that ran or was skipped, in the order of its address."""
    executed = trace.executed.astype(np.int64)
    skipped = np.zeros_like(executed)
    places = {int(place) for place in np.flatnonzero(executed.any(axis=0))}
    found: dict[int, Instruction] = {}
    for place in sorted(places):
        if place not in found:
            found[place] = _decoded(trace, place)
        if _IT.fullmatch(found[place].name):
            at = place + 1
            for _ in range(len(found[place].name) - 1):
                found[at] = _decoded(trace, at)
                skipped[:, at] = np.maximum(executed[:, place] - executed[:, at], 0)
                at += found[at].size_bytes // 2
    result = []
    ends = {place + each.size_bytes // 2: each for place, each in found.items()}
    for place in sorted(found):
        result.append(
            Counted(
                found[place],
                ends.get(place),
                executed[:, place],
                trace.entered[:, place].astype(np.int64),
                trace.left[:, place].astype(np.int64),
                skipped[:, place],
            )
        )
    return result


def instructions_of(counted: list[Counted], layers: int) -> npt.NDArray[np.int64]:
    """Instructions of each layer; skipped ones count, as the core spends a cycle on each."""
    total = np.zeros(layers, np.int64)
    for each in counted:
        total += each.executed + each.skipped
    return total


@cache
def _disassembler() -> Any:
    engine = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)
    engine.detail = True
    return engine


def _decoded(trace: Trace, place: int) -> Instruction:
    address = trace.code_start + 2 * place
    content = trace.code[2 * place : 2 * place + 4]
    decoded = next(_disassembler().disasm(content, address, 1), None)
    if decoded is None:
        # What the disassembler does not know: its size is in its first five bits (Armv7-M ARM, A5.1).
        size_bytes = 4 if content[1] >> 3 >= 0b11101 else 2
        nothing: frozenset[str] = frozenset()
        return Instruction(address, size_bytes, "unknown", nothing, nothing, nothing, 0, False, False, False)
    reads, writes = decoded.regs_access()
    memory = [operand.mem for operand in decoded.operands if operand.type == arm.ARM_OP_MEM]
    bases = {each.base for each in memory} | {each.index for each in memory if each.index}
    name = _name(decoded.mnemonic)
    written = frozenset(decoded.reg_name(each) for each in writes)
    return Instruction(
        address=address,
        size_bytes=decoded.size,
        name=name,
        reads=frozenset(decoded.reg_name(each) for each in reads),
        writes=written,
        address_reads=frozenset(decoded.reg_name(each) for each in bases),
        registers=_registers_moved(decoded, name),
        has_register_offset=any(each.index for each in memory),
        reads_literal=any(each.base == arm.ARM_REG_PC for each in memory),
        writes_pc="pc" in written and name not in _BRANCHES,
    )


def _name(mnemonic: str) -> str:
    name = mnemonic.split(".", maxsplit=1)[0]
    if _IT.fullmatch(name):
        return name
    if name.startswith("b") and (rest := _CONDITION.sub("", name)) == "b":
        return rest
    return name


def _registers_moved(decoded: Any, name: str) -> int:
    if name in ("ldrd", "strd"):
        return 2
    registers = [decoded.reg_name(each.reg) for each in decoded.operands if each.type == arm.ARM_OP_REG]
    if name.startswith(("ldm", "stm", "vldm", "vstm")):
        registers = registers[1:]
    return sum(2 if each.startswith("d") else 1 for each in registers)
