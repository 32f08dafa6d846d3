"""Run a compiled model on an emulated Cortex-M4F: its outputs, its instructions, its bytes of flash."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.compile import CompiledModel
from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain, program, runtime_sources
from pipelines.profile.boards import board_of
from pipelines.profile.emulator import Emulator
from pipelines.profile.image import read_image

BOARD = "nano33ble"
PROGRAM = """
#include "firmware.h"
#include "NAME.h"
uint32_t model_arena[(UPPER_ARENA_BYTES + 3) / 4];
int firmware_main(void)
{
    for (int run = 0; run < RUNS; ++run) {
        NAME_invoke(model_arena);
    }
    return 0;
}
"""


@dataclass(frozen=True)
class EmulatedRun:
    """`instructions` are those of the last inference; `code_bytes` leave the model's weights out."""

    outputs: np.ndarray
    instructions: int
    code_bytes: int


def run_on_cortex_m4(
    compiled: CompiledModel, inputs: np.ndarray, toolchain: ArmToolchain | None = None
) -> EmulatedRun:
    """Build at -O3, run each of `inputs` [batch, ...]; raises `ProfileError` where there is no compiler."""
    board, compiler = board_of(BOARD), toolchain or arm_toolchain()
    text = PROGRAM.replace("NAME", compiled.name).replace("UPPER", compiled.name.upper())
    firmware = runtime_sources()["firmware.h"]
    with tempfile.TemporaryDirectory(prefix="thimble-emulated-") as temporary:
        folder = Path(temporary)
        runtime = compiler.compile_runtime(board, folder / "runtime")
        main = {"main.c": text.replace("RUNS", str(len(inputs))), "firmware.h": firmware}
        objects = compiler.compile({**compiled.files, **main}, board, folder / "model")
        empty = compiler.compile(
            {"main.c": program("empty"), "firmware.h": firmware}, board, folder / "empty"
        )
        image = read_image(compiler.link([*runtime, *objects], board, folder / "model.elf"))
        without = read_image(compiler.link([*runtime, *empty], board, folder / "empty.elf"))
        emulator = Emulator(image, board)
        size = compiled.output.elements * np.dtype(compiled.output.dtype).itemsize
        outputs, instructions = [], 0
        for values in inputs:
            emulator.run_to(f"{compiled.name}_invoke")
            emulator.write("model_arena", np.ascontiguousarray(values).tobytes(), compiled.input_offset_bytes)
            instructions = emulator.count_call()
            output = emulator.read("model_arena", size, compiled.output_offset_bytes)
            outputs.append(np.frombuffer(output, compiled.output.dtype))
    code_bytes = image.flash_bytes - without.flash_bytes - compiled.weights_bytes
    return EmulatedRun(
        np.stack(outputs).reshape(len(inputs), *compiled.output.shape), instructions, code_bytes
    )
