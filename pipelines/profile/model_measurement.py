"""Measure a compiled model on a board: what it answers, what it takes, and each layer's share.

One image calls the model, another is empty. Code is what the first takes more, less the weights. In a third one, the
model's source has a marker at the beginning of each layer: a label, which adds no instruction, though the C compiler
moves none across it. An emulator that sees every instruction knows from the last marker passed which layer it belongs
to. Where Unicorn lacks the core, QEMU runs another image, whose markers read the core's timer. The layers' figures are
shares of the unmarked image's.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile import CompiledModel
from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain, program, runtime_sources
from pipelines.profile.boards import Board
from pipelines.profile.cycles.band import Cycles
from pipelines.profile.cycles.estimate import (
    LayerCycles,
    cycles_of_instructions,
    estimate_layers,
    shares,
    total_of,
)
from pipelines.profile.cycles.trace import Tracer
from pipelines.profile.emulator import Emulator
from pipelines.profile.errors import ProfileError
from pipelines.profile.image import Image, read_image
from pipelines.profile.qemu import nanoseconds_per_tick, run_on_qemu

_MARKER = re.compile(r"thimble_layer_(\d+)_at_\d+")
_LABEL = """#define {NAME}_ENTER_LAYER(index) __asm__ volatile("thimble_layer_" #index "_at_%=:" : : :)
"""
_CALL = """void firmware_enter_layer(int layer);
#define {NAME}_ENTER_LAYER(index) firmware_enter_layer(index)
"""


@dataclass(frozen=True, slots=True)
class ModelMeasurement:
    """What a model takes on a board.

    Args:
        outputs: ``[runs, *output shape]``, what the emulated core answered.
        instructions: of the last run.
        cycles: of the last run: an estimate with its band.
        code_bytes: code and tables of the layers, C library functions that they pull in included, weights left out.
        stack_bytes: how far the stack grew below the caller's.
        layers: each layer's share, in the order of ``CompiledModel.layers``; what belongs to none (the call itself)
            is with the first. Empty where it was not asked for.
        toolchain, emulator: what built it and what ran it.
    """

    outputs: npt.NDArray[Any]
    instructions: int
    cycles: Cycles
    code_bytes: int
    stack_bytes: int
    layers: tuple[LayerCycles, ...]
    toolchain: str
    emulator: str


@dataclass(frozen=True, slots=True)
class _Execution:
    """What running one image has shown; one element of ``layers`` where it has no markers."""

    outputs: list[npt.NDArray[Any]]
    stack_bytes: int
    layers: list[LayerCycles]


def measure_model(
    compiled: CompiledModel,
    board: Board,
    inputs: npt.NDArray[Any],
    toolchain: ArmToolchain | None = None,
    optimisation: str | None = None,
    by_layer: bool = False,
) -> ModelMeasurement:
    """Build a model for a board and run each of ``inputs`` ``[runs, ...]``, of the model's own type, on its core.

    What a model keeps from one input to the next is reset before each.

    Args:
        optimisation: the C compiler's, like ``-Os``; the toolchain's own by default.
        by_layer: build and run another image to learn each layer's share.

    Raises:
        ProfileError: there is no toolchain or emulator, the code does not build, or it crashed or ran too long.
    """
    if not len(inputs):
        raise ProfileError("no input to run the model on", field="inputs")
    compiler = toolchain or arm_toolchain()
    on_unicorn = board.emulator.unicorn is not None
    with tempfile.TemporaryDirectory(prefix="thimble-model-") as temporary:
        images = _Images(compiled, board, compiler, optimisation or compiler.optimisation, Path(temporary))
        image = images.plain()
        code_bytes = image.flash_bytes - images.empty().flash_bytes
        code_bytes -= compiled.weights_bytes_for(board.dsp, board.mve)
        if on_unicorn:
            execution = _run_on_unicorn(compiled, board, image, inputs)
        else:
            execution = _run_on_qemu(compiled, board, images.timed(inputs, by_layer=False), inputs)
        total = total_of(execution.layers)
        layers: list[LayerCycles] = []
        if by_layer and on_unicorn:
            layers = _run_on_unicorn(compiled, board, images.marked(), inputs[-1:]).layers
        elif by_layer:
            layers = _run_on_qemu(
                compiled, board, images.timed(inputs[-1:], by_layer=True), inputs[-1:]
            ).layers
    return ModelMeasurement(
        outputs=np.stack(execution.outputs).reshape(len(inputs), *compiled.output.shape),
        instructions=total.instructions,
        cycles=total.total,
        code_bytes=code_bytes,
        stack_bytes=execution.stack_bytes,
        layers=tuple(shares(layers, total)),
        toolchain=f"{compiler.title} {images.optimisation}",
        emulator="Unicorn" if on_unicorn else f"QEMU {board.emulator.qemu_machine}",
    )


@dataclass(slots=True)
class _Images:
    """The images that are linked for one measurement."""

    compiled: CompiledModel
    board: Board
    compiler: ArmToolchain
    optimisation: str
    folder: Path

    def empty(self) -> Image:
        return self._link("empty", {}, program("empty"))

    def plain(self) -> Image:
        return self._link("plain", self.compiled.files, program("model", **self._names()))

    def marked(self) -> Image:
        return self._link("marked", self._with(_LABEL), program("model", **self._names()))

    def timed(self, inputs: npt.NDArray[Any], by_layer: bool) -> Image:
        rows = [np.ascontiguousarray(values).tobytes() for values in inputs]
        text = program(
            "model_timed",
            layers=str(len(self.compiled.layers)),
            runs=str(len(rows)),
            input_bytes=str(len(rows[0])),
            output_bytes=str(_output_bytes(self.compiled)),
            inputs="".join(f"    {{{','.join(map(str, row))}}},\n" for row in rows),
            **self._names(),
        )
        return self._link("timed", self._with(_CALL) if by_layer else self.compiled.files, text)

    def _names(self) -> dict[str, str]:
        return {"name": self.compiled.name, "NAME": self.compiled.name.upper()}

    def _with(self, marker: str) -> dict[str, str]:
        files, source = self.compiled.files, f"{self.compiled.name}.c"
        return {**files, source: marker.replace("{NAME}", self.compiled.name.upper()) + files[source]}

    def _link(self, name: str, sources: dict[str, str], main: str) -> Image:
        folder = self.folder / name
        objects = self.compiler.compile_runtime(self.board, folder / "runtime")
        sources = {**sources, "firmware.h": runtime_sources()["firmware.h"], "firmware_main.c": main}
        objects += self.compiler.compile(sources, self.board, folder, self.optimisation)
        return read_image(self.compiler.link(objects, self.board, self.folder / f"{name}.elf"))


def _output_bytes(compiled: CompiledModel) -> int:
    return compiled.output.elements * np.dtype(compiled.output.dtype).itemsize


def _run_on_unicorn(
    compiled: CompiledModel, board: Board, image: Image, inputs: npt.NDArray[Any]
) -> _Execution:
    emulator = Emulator(image, board)
    markers = {
        address: int(found[1])
        for symbol, address in image.symbols.items()
        if (found := _MARKER.fullmatch(symbol)) is not None
    }
    outputs = []

    def run(values: npt.NDArray[Any]) -> None:
        emulator.write("firmware_arena", np.ascontiguousarray(values).tobytes(), compiled.input_offset_bytes)
        emulator.run_to_return()
        answer = emulator.read("firmware_arena", _output_bytes(compiled), compiled.output_offset_bytes)
        outputs.append(np.frombuffer(answer, compiled.output.dtype))

    for values in inputs[:-1]:
        emulator.run_to(f"{compiled.name}_invoke")
        run(values)
    emulator.run_to(f"{compiled.name}_invoke")
    emulator.paint_stack()
    tracer = Tracer(emulator, markers, len(compiled.layers))
    run(inputs[-1])
    trace, stack_bytes = tracer.finish(), emulator.stack_used_bytes()
    return _Execution(outputs, stack_bytes, estimate_layers(trace, board))


def _run_on_qemu(compiled: CompiledModel, board: Board, timed: Image, inputs: npt.NDArray[Any]) -> _Execution:
    run = run_on_qemu(timed.path, board)
    if run.exit_status != 0:
        raise ProfileError(f"the firmware ended with status {run.exit_status}: {run.text.strip()[:400]}")
    found: dict[str, list[int]] = defaultdict(list)
    for line in run.text.splitlines():
        what, _, value = line.partition(" ")
        found[what].append(int(value, 16))
    if found["ticks"] == [0xFFFFFFFF]:
        raise ProfileError(f"one run takes longer than the timer of QEMU's {board.emulator.qemu_machine}")
    words = np.array(found["output"], np.uint32).reshape(len(inputs), -1)
    outputs = [row.tobytes()[: _output_bytes(compiled)] for row in words]
    layers = []
    for ticks in found["layer"]:
        instructions = round(ticks * nanoseconds_per_tick(board))
        cycles = cycles_of_instructions(instructions, board)
        layers.append(LayerCycles(instructions, cycles, cycles, None))
    return _Execution(
        [np.frombuffer(each, compiled.output.dtype) for each in outputs], found["stack"][0], layers
    )
