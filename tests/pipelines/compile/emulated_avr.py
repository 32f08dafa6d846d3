"""Run a compiled model on an emulated ATmega1284P: an int has 16 bits there, and constants lie in flash."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import numpy as np

from pipelines.compile import CompiledModel

MCU = "atmega1284p"
COMMAND = ("avr-gcc", f"-mmcu={MCU}", "-std=gnu99", "-Os", "-ffp-contract=off", "-ffunction-sections")
WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Werror", "-Wl,--gc-sections")
IN_FLASH = ("-DTHIMBLE_CONST=const __flash", "-Waddr-space-convert", "-Wno-error=addr-space-convert")
LOST_ADDRESS = "address space '__flash' to address space 'generic'"

_PROGRAM = """
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <string.h>

#include "model.h"

#define COUNT @COUNT@
#define BYTES (MODEL_INPUT_SIZE * (int)sizeof(@INPUT@))

static const __flash uint8_t inputs[COUNT][BYTES] = {@VALUES@};
static uint64_t arena[(MODEL_ARENA_BYTES + 7) / 8];

static void put(char character)
{
    while (!(UCSR0A & _BV(UDRE0))) {
    }
    UDR0 = (uint8_t)character;
}

int main(void)
{
    int window;
    int i;
    UCSR0B = _BV(TXEN0);
    for (window = 0; window < COUNT; window++) {
        uint8_t *input = (uint8_t *)model_input(arena);
        const uint8_t *output = (const uint8_t *)model_output(arena);
        for (i = 0; i < BYTES; i++) {
            input[i] = inputs[window][i];
        }
        model_invoke(arena);
        for (i = 0; i < MODEL_OUTPUT_SIZE * (int)sizeof(@OUTPUT@); i++) {
            put("0123456789abcdef"[output[i] >> 4]);
            put("0123456789abcdef"[output[i] & 15]);
            if (i % 16 == 15) {
                put('\\n');
            }
        }
        put('\\n');
    }
    put('e');
    put('\\n');
    cli();
    sleep_enable();
    sleep_cpu();
    return 0;
}
"""


def run_on_avr(compiled: CompiledModel, inputs: np.ndarray, folder: Path, flags=()) -> np.ndarray:
    """Outputs of a model called ``model`` for each of ``inputs``, in the model's own type.

    Raises:
        AssertionError: the compiler refused the code or had a warning, a kernel would read RAM at an address in flash,
            or the program did not end.
    """
    info = compiled.input, compiled.output
    contiguous = np.ascontiguousarray(inputs, info[0].dtype)
    text = _PROGRAM.replace("@COUNT@", str(len(inputs)))
    text = text.replace("@INPUT@", info[0].c_type).replace("@OUTPUT@", info[1].c_type)
    rows = ["{" + ",".join(map(str, row.reshape(-1).view(np.uint8))) + "}" for row in contiguous]
    for name, content in {**compiled.files, "main.c": text.replace("@VALUES@", ",\n".join(rows))}.items():
        (folder / name).write_text(content)
    told = _run([*COMMAND, *WARNINGS, *flags, "main.c", "model.c", "-o", "model.elf"], folder)
    assert LOST_ADDRESS not in told, told
    printed = _run(["simavr", "-m", MCU, "-f", "16000000", "model.elf"], folder)
    # simavr colours what a chip prints and puts a dot for the end of each line.
    plain = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    lines = [line.rstrip(".") for line in plain.splitlines() if re.fullmatch(r"[0-9a-f]+\.", line)]
    assert lines, plain
    assert lines[-1] == "e", plain
    content = bytes.fromhex("".join(lines[:-1]))
    return np.frombuffer(content, info[1].dtype).reshape(len(inputs), *info[1].shape)


def _run(command, folder: Path) -> str:
    result = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr
