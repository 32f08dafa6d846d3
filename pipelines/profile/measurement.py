"""Measure a library on a board: flash and RAM from linked images, instructions from running one.

Three images are linked from the same objects: an empty application, one that uses the whole library, and one that
calls its two halves. Flash and variables are what the second takes more than the first, C library functions that it
pulls in included. Instructions and the depth of the stack come from running them on a real window, and cycles from what
each of these instructions takes on the core; see :mod:`pipelines.profile.cycles`.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.compile.library import Library
from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain, program, runtime_sources
from pipelines.profile.boards import Board
from pipelines.profile.cycles.estimate import (
    LayerCycles,
    cycles_are,
    cycles_of_instructions,
    estimate_layers,
)
from pipelines.profile.cycles.trace import Tracer
from pipelines.profile.emulator import Emulator
from pipelines.profile.errors import ProfileError
from pipelines.profile.image import Image, read_image
from pipelines.profile.qemu import find_qemu, nanoseconds_per_tick, run_on_qemu
from pipelines.signals import FloatArray


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What the figures are made of. What was not measured is None.

    ``ram_bytes`` of the profile is the sum of workspace, window, decision, other variables and stack.
    """

    features_instructions: int | None
    model_instructions: int | None
    features_cycles: int | None
    model_cycles: int | None
    workspace_bytes: int
    window_bytes: int
    variables_bytes: int
    stack_bytes: int | None


@dataclass(frozen=True, slots=True)
class Execution:
    """What running one window on the emulated core has shown."""

    whole: LayerCycles
    features: LayerCycles
    model: LayerCycles
    stack_bytes: int
    probabilities: FloatArray


@dataclass(frozen=True, slots=True)
class Profile:
    """What a library takes on a board.

    Args:
        flash_bytes: code, constants and initial values.
        ram_bytes: workspace, one window of samples, all other variables, and the stack where it was measured.
        instructions: executed to classify one window; None where no emulator of the core is at hand.
        cycles: what ``instructions`` take on the core: an estimate, unlike the other figures, and its band.
        latency_ms: ``cycles`` at the board's clock, and its band; ``latency_is`` says in words where it is from.
        fits: flash and RAM are within the board's; ``problems`` says in words where they are not.
        emulator: what counted the instructions, or why nothing did.
        probabilities: what the emulated core answered for the window.
    """

    board: str
    flash_bytes: int
    ram_bytes: int
    instructions: int | None
    cycles: int | None
    cycles_low: int | None
    cycles_high: int | None
    latency_ms: float | None
    latency_low_ms: float | None
    latency_high_ms: float | None
    latency_is: str
    fits: bool
    problems: tuple[str, ...]
    toolchain: str
    emulator: str
    breakdown: Breakdown
    probabilities: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(
    library: Library, board: Board, window: FloatArray, toolchain: ArmToolchain | None = None
) -> Profile:
    """Build a library for a board and run it on one window, ``float32[length, channels]``.

    Raises:
        ProfileError: there is no toolchain, the library does not build, or it crashed or ran too long.
    """
    if window.shape != (library.window_length, len(library.channels)):
        raise ProfileError(f"the window has shape {window.shape}, not that of the library", field="window")
    compiler = toolchain or arm_toolchain()
    with tempfile.TemporaryDirectory(prefix="thimble-profile-") as temporary:
        images = _Images(library, board, compiler, Path(temporary))
        empty, whole = images.link("empty"), images.link("whole")
        execution: Execution | None = None
        if board.emulator.unicorn is not None:
            emulator = "Unicorn"
            execution = _run_on_unicorn(library, board, whole, images.link("halves"), window)
        elif find_qemu() is not None:
            emulator = f"QEMU {board.emulator.qemu_machine}"
            execution = _run_on_qemu(board, images.link("timed", samples=_sample_lines(window)))
        else:
            emulator = f"not run: {board.core} needs Debian's qemu-system-arm"
    return _profile(library, board, compiler, empty, whole, execution, emulator)


@dataclass(slots=True)
class _Images:
    """The library's objects, compiled once, and images linked from them."""

    library: Library
    board: Board
    compiler: ArmToolchain
    folder: Path
    _objects: list[Path] | None = None

    def link(self, name: str, **values: str) -> Image:
        if self._objects is None:
            self._objects = self.compiler.compile_runtime(self.board, self.folder / "runtime")
            self._objects += self.compiler.compile(self.library.files, self.board, self.folder / "library")
        library = self.library
        text = program(name, name=library.name, NAME=library.name.upper(), **values)
        headers = {file: content for file, content in library.files.items() if file.endswith(".h")}
        sources = {**headers, "firmware.h": runtime_sources()["firmware.h"], "main.c": text}
        main = self.compiler.compile(sources, self.board, self.folder / name)
        return read_image(
            self.compiler.link([*self._objects, *main], self.board, self.folder / f"{name}.elf")
        )


def _run_on_unicorn(
    library: Library, board: Board, whole: Image, halves: Image, window: FloatArray
) -> Execution:
    samples = np.ascontiguousarray(window, dtype=np.float32).tobytes()
    emulator = Emulator(whole, board)
    emulator.run_to(f"{library.name}_classify")
    emulator.write("firmware_samples", samples)
    emulator.paint_stack()
    all_of_it = _traced_call(emulator)
    stack_bytes = emulator.stack_used_bytes()
    answer = np.frombuffer(emulator.read("firmware_probabilities", 4 * len(library.labels)), np.float32)
    emulator.run_to_exit()

    emulator = Emulator(halves, board)
    emulator.run_to(f"{library.name}_extract")
    emulator.write("firmware_samples", samples)
    features = _traced_call(emulator)
    emulator.run_to(f"{library.name}_classify_features")
    model = _traced_call(emulator)
    return Execution(all_of_it, features, model, stack_bytes, answer)


def _traced_call(emulator: Emulator) -> LayerCycles:
    """Instructions and cycles from the first instruction of a function until it has returned."""
    tracer = Tracer(emulator)
    emulator.run_to_return()
    return estimate_layers(tracer.finish(), emulator.board)[0]


def _run_on_qemu(board: Board, timed: Image) -> Execution:
    run = run_on_qemu(timed.path, board)
    if run.exit_status != 0:
        raise ProfileError(f"the firmware ended with status {run.exit_status}: {run.text.strip()[:400]}")
    found: dict[str, list[int]] = {}
    for line in run.text.splitlines():
        what, _, value = line.partition(" ")
        found.setdefault(what, []).append(int(value, 16))
    if 0xFFFFFFFF in found["classify"]:
        raise ProfileError(
            f"one window takes longer than the timer of QEMU's {board.emulator.qemu_machine} runs"
        )
    whole, features, model = (
        _of_instructions(round(found[what][0] * nanoseconds_per_tick(board)), board)
        for what in ("classify", "extract", "classify_features")
    )
    return Execution(
        whole=whole,
        features=features,
        model=model,
        stack_bytes=found["stack"][0],
        probabilities=np.array(found["probability"], np.uint32).view(np.float32),
    )


def _of_instructions(instructions: int, board: Board) -> LayerCycles:
    cycles = cycles_of_instructions(instructions, board)
    return LayerCycles(instructions, cycles, cycles, None)


def _sample_lines(window: FloatArray) -> str:
    return "".join(
        "    " + "".join(f"{float(value):.9e}f, " for value in row).rstrip() + "\n" for row in window
    )


def _profile(
    library: Library,
    board: Board,
    compiler: ArmToolchain,
    empty: Image,
    whole: Image,
    execution: Execution | None,
    emulator: str,
) -> Profile:
    flash_bytes = whole.flash_bytes - empty.flash_bytes
    static_bytes = whole.ram_bytes - empty.ram_bytes
    stack_bytes = execution.stack_bytes if execution else None
    cycles = execution.whole.total if execution else None
    ram_bytes = static_bytes + (stack_bytes or 0)
    window_bytes = 4 * library.window_floats
    problems = tuple(
        f"needs {needed:,} bytes of {what}; {board.title} has {there:,}"
        for what, needed, there in (
            ("flash", flash_bytes, board.flash_bytes),
            ("RAM", ram_bytes, board.ram_bytes),
        )
        if needed > there
    )
    return Profile(
        board=board.id,
        flash_bytes=flash_bytes,
        ram_bytes=ram_bytes,
        instructions=execution.whole.instructions if execution else None,
        cycles=round(cycles.typical) if cycles else None,
        cycles_low=round(cycles.low) if cycles else None,
        cycles_high=round(cycles.high) if cycles else None,
        latency_ms=cycles.typical * 1000 / board.clock_hz if cycles else None,
        latency_low_ms=cycles.low * 1000 / board.clock_hz if cycles else None,
        latency_high_ms=cycles.high * 1000 / board.clock_hz if cycles else None,
        latency_is=cycles_are(board),
        fits=not problems,
        problems=problems,
        toolchain=f"{compiler.title} {compiler.optimisation}",
        emulator=emulator,
        breakdown=Breakdown(
            features_instructions=execution.features.instructions if execution else None,
            model_instructions=execution.model.instructions if execution else None,
            features_cycles=round(execution.features.total.typical) if execution else None,
            model_cycles=round(execution.model.total.typical) if execution else None,
            workspace_bytes=library.workspace_bytes,
            window_bytes=window_bytes,
            variables_bytes=static_bytes - library.workspace_bytes - window_bytes,
            stack_bytes=stack_bytes,
        ),
        probabilities=tuple(float(value) for value in execution.probabilities) if execution else (),
    )
