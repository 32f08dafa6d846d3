"""Run compiled models on QEMU's Cortex-M55, which has Helium: their outputs, and their instructions.

Starting QEMU and linking cost more than running small graphs, so one image holds any number of models. What
`emulated.py` writes into the emulated memory is here part of the image, and outputs are printed: QEMU is another
process. SysTick counts instructions, see `pipelines/profile/qemu.py`.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.compile import CompiledModel
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain, runtime_sources
from pipelines.profile.boards import board_of
from pipelines.profile.qemu import nanoseconds_per_tick, run_on_qemu

BOARD = "cortex-m55"
PROGRAM = """
#include "firmware.h"
INCLUDES
#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018u)

static uint64_t words[ARENA_BYTES / 8 + 1];
static uint8_t *const arena = (uint8_t *)words;

static void put(const uint8_t *input, uint32_t offset, uint32_t size)
{
    for (uint32_t i = 0; i < sizeof words; ++i) {
        arena[i] = (uint8_t)(i * 7u);
    }
    for (uint32_t i = 0; i < size; ++i) {
        arena[offset + i] = input[i];
    }
}

static void print_output(uint32_t offset, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 4) {
        uint32_t word = 0;
        for (uint32_t k = 0; k < 4 && i + k < size; ++k) {
            word |= (uint32_t)arena[offset + i + k] << 8 * k;
        }
        firmware_print_hex(word);
        firmware_print("\\n");
    }
}

static void start(void)
{
    SYSTICK_CONTROL = 0;
    SYSTICK_RELOAD = 0xFFFFFFu;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = 5u;
    while (SYSTICK_VALUE == 0) {
    }
}

static void print_ticks(uint32_t began)
{
    const uint32_t ended = SYSTICK_VALUE;
    firmware_print_hex((SYSTICK_CONTROL & (1u << 16)) ? 0xFFFFFFFFu : began - ended);
    firmware_print("\\n");
}

INPUTS
int firmware_main(void)
{
CALLS
    return 0;
}
"""
CALL = """    for (int run = 0; run < RUNS; ++run) {
        uint32_t began;
        put((const uint8_t *)NAME_inputs[run], INPUT_OFFSET, sizeof NAME_inputs[run]);
        start();
        began = SYSTICK_VALUE;
        NAME_invoke(arena);
        print_ticks(began);
        print_output(OUTPUT_OFFSET, OUTPUT_BYTES);
    }
"""
_C_TYPES = {"int8": "int8_t", "int16": "int16_t", "float32": "float"}


@dataclass(frozen=True)
class M55Run:
    """`instructions` are those of the last inference, to about 30 (one tick of the timer)."""

    outputs: np.ndarray
    instructions: int


def run_on_cortex_m55(
    models: Sequence[tuple[CompiledModel, np.ndarray]], toolchain: ArmToolchain | None = None
) -> list[M55Run]:
    """Build at -O3 and run each model, all of different names, on each of its inputs [batch, ...].

    Raises `ProfileError` where there is no compiler or no QEMU.
    """
    board, compiler = board_of(BOARD), toolchain or arm_toolchain()
    with tempfile.TemporaryDirectory(prefix="thimble-emulated-") as temporary:
        folder = Path(temporary)
        objects = compiler.compile_runtime(board, folder / "runtime")
        sources = {"main.c": _program(models), "firmware.h": runtime_sources()["firmware.h"]}
        for compiled, _ in models:
            sources.update(compiled.files)
        objects += compiler.compile(sources, board, folder / "models")
        run = run_on_qemu(compiler.link(objects, board, folder / "models.elf"), board)
    if run.exit_status != 0:
        raise ProfileError(f"the firmware ended with status {run.exit_status}: {run.text[:400]}")
    words = np.array([int(line, 16) for line in run.text.split()], np.uint32)
    runs = []
    for compiled, inputs in models:
        each = 1 + -(-_output_bytes(compiled) // 4)
        found, words = words[: each * len(inputs)].reshape(len(inputs), each), words[each * len(inputs) :]
        ticks = int(found[-1, 0])
        outputs = np.ascontiguousarray(found[:, 1:]).view(compiled.output.dtype)
        outputs = outputs[:, : compiled.output.elements].reshape(len(inputs), *compiled.output.shape)
        runs.append(M55Run(outputs, round(ticks * nanoseconds_per_tick(board))))
    return runs


def _program(models: Sequence[tuple[CompiledModel, np.ndarray]]) -> str:
    calls = [
        CALL.replace("RUNS", str(len(inputs)))
        .replace("INPUT_OFFSET", str(compiled.input_offset_bytes))
        .replace("OUTPUT_OFFSET", str(compiled.output_offset_bytes))
        .replace("OUTPUT_BYTES", str(_output_bytes(compiled)))
        .replace("NAME", compiled.name)
        for compiled, inputs in models
    ]
    values = {
        "INCLUDES": "\n".join(f'#include "{compiled.name}.h"' for compiled, _ in models),
        "ARENA_BYTES": str(max(compiled.arena_bytes for compiled, _ in models)),
        "INPUTS": "\n".join(_inputs(compiled, inputs) for compiled, inputs in models),
        "CALLS": "".join(calls),
    }
    text = PROGRAM
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _inputs(compiled: CompiledModel, inputs: np.ndarray) -> str:
    c_type = _C_TYPES[compiled.input.dtype]
    rows = [
        "{" + ", ".join(float(v).hex() if c_type == "float" else str(v) for v in row.reshape(-1)) + "}"
        for row in inputs
    ]
    size = compiled.input.elements
    return (
        f"static const {c_type} {compiled.name}_inputs[{len(inputs)}][{size}] = {{\n"
        + ",\n".join(rows)
        + "\n};"
    )


def _output_bytes(compiled: CompiledModel) -> int:
    return compiled.output.elements * np.dtype(compiled.output.dtype).itemsize
