"""Cycles of each layer of a traced run: the core's own, and those in which it waits for its flash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.profile.boards import Board, FlashTiming
from pipelines.profile.cycles.band import NONE, Cycles
from pipelines.profile.cycles.cores import CORES, CoreTiming
from pipelines.profile.cycles.instructions import Counted, counted_instructions, instructions_of
from pipelines.profile.cycles.trace import MemoryTraffic, Trace

# Cycles an instruction where a core's timing depends on too much that is not published: (low, typical, high).
CYCLES_AN_INSTRUCTION = {
    "Cortex-M7": Cycles(0.6, 0.9, 1.2),
    "Cortex-M55": Cycles(1.0, 1.4, 2.0),
}


@dataclass(frozen=True, slots=True)
class LayerCycles:
    """What a layer cost. ``core`` is without waiting for the flash, ``total`` with it.

    ``traffic`` is None where the emulator does not tell of it.
    """

    instructions: int
    core: Cycles
    total: Cycles
    traffic: MemoryTraffic | None


def estimate_layers(trace: Trace, board: Board) -> list[LayerCycles]:
    """Instructions and cycles of each layer of ``trace``, which ran on ``board``."""
    counted = counted_instructions(trace)
    layers = trace.executed.shape[0]
    instructions = instructions_of(counted, layers)
    timing = CORES.get(board.core)
    cores = _core_cycles(counted, layers, timing) if timing else None
    result = []
    for layer in range(layers):
        traffic = trace.traffic[layer]
        if cores is None or timing is None:
            core = total = cycles_of_instructions(int(instructions[layer]), board)
        else:
            core = cores[layer] + timing.misaligned() * traffic.misaligned
            core = core.scaled(timing.over_manual)
            total = core + _waiting(traffic, board.flash)
        result.append(LayerCycles(int(instructions[layer]), core, total, traffic))
    return result


def cycles_are(board: Board) -> str:
    """How the cycles of a board's core are come by, in words that continue «the time is»."""
    if board.core in CORES:
        waits = " and waiting for its flash" if board.flash.wait_states else ""
        return f"estimated from the instructions run, the timings of the {board.core}{waits}"
    each = _cycles_an_instruction(board)
    return f"estimated from the number of instructions, at {each.low:g} to {each.high:g} cycles each"


def _cycles_an_instruction(board: Board) -> Cycles:
    return CYCLES_AN_INSTRUCTION.get(board.core, Cycles(1, 1.3, 2))


def cycles_of_instructions(instructions: int, board: Board) -> Cycles:
    """From the number of instructions alone, with a wide band: for cores without a timing of their own."""
    return _cycles_an_instruction(board) * instructions


def _core_cycles(counted: list[Counted], layers: int, timing: CoreTiming) -> list[Cycles]:
    total = np.zeros((3, layers))
    for each in counted:
        instruction = each.instruction
        straight = each.executed - each.entered
        for counts, cycles in (
            (straight, timing.cost(instruction, each.before)),
            (each.entered, timing.cost(instruction, None) + timing.entry(instruction)),
            (each.left, timing.jump(instruction)),
            (each.skipped, timing.skipped(instruction)),
        ):
            total += np.outer((cycles.low, cycles.typical, cycles.high), counts)
    return [Cycles(*(float(value) for value in total[:, layer])) for layer in range(layers)]


def _waiting(traffic: MemoryTraffic, flash: FlashTiming) -> Cycles:
    """Low: everything is at hand. High: each miss waits in full. A line that is read ahead is expected half-way."""
    if flash.wait_states == 0:
        return NONE
    apart = traffic.fetch_misses_apart + traffic.data_misses
    ahead = traffic.fetch_misses_ahead
    typical = apart + (0.5 if flash.prefetch else 1.0) * ahead
    return Cycles(0, typical * flash.wait_states, (apart + ahead) * (flash.wait_states + 1))


def total_of(layers: list[LayerCycles]) -> LayerCycles:
    """All layers together."""
    core = total = NONE
    for each in layers:
        core, total = core + each.core, total + each.total
    return LayerCycles(sum(each.instructions for each in layers), core, total, None)


def shares(layers: list[LayerCycles], whole: LayerCycles) -> list[LayerCycles]:
    """``layers`` of a run that took nearly as much as ``whole``, scaled so that they add up to it."""
    if not layers:
        return []
    found = total_of(layers)
    ends = np.round(
        np.cumsum([each.instructions for each in layers]) * (whole.instructions / found.instructions)
    )
    counts = np.diff(ends, prepend=0).astype(int)
    return [
        LayerCycles(
            int(count),
            _scaled(each.core, whole.core, found.core),
            _scaled(each.total, whole.total, found.total),
            each.traffic,
        )
        for count, each in zip(counts, layers, strict=True)
    ]


def _scaled(part: Cycles, whole: Cycles, found: Cycles) -> Cycles:
    return Cycles(
        part.low * whole.low / found.low,
        part.typical * whole.typical / found.typical,
        part.high * whole.high / found.high,
    )
