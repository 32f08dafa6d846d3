"""Many windows through one emulated core."""

from __future__ import annotations

import tempfile
from pathlib import Path
from string import Template

import numpy as np

from pipelines.compile.library import Library
from pipelines.profile import board_of
from pipelines.profile.arm_toolchain import arm_toolchain, runtime_sources
from pipelines.profile.emulator import Emulator
from pipelines.profile.image import read_image

_MAIN = """\
#include "$name.h"
#include "firmware.h"

#define COUNT $count

${name}_workspace firmware_workspace;
float firmware_samples[COUNT][${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS];
float firmware_probabilities[COUNT][${NAME}_CLASSES];

int firmware_main(void)
{
    int i;
    for (i = 0; i < COUNT; i++) {
        ${name}_classify(&firmware_workspace, firmware_samples[i], firmware_probabilities[i]);
    }
    return 0;
}
"""
ROUND_BYTES = 16_000_000


class _Core(Emulator):
    """Without the count of instructions, which takes most of the time."""

    def _count_in_c(self) -> None:
        pass


def device_answers(library: Library, windows: np.ndarray, board_id: str = "nano33ble") -> np.ndarray:
    """Probabilities ``float32[n, classes]`` of windows ``float32[n, length, channels]``, from firmware in Unicorn."""
    board, compiler = board_of(board_id), arm_toolchain()
    count = min(len(windows), max(1, ROUND_BYTES // windows[0].nbytes))
    values = {"name": library.name, "NAME": library.name.upper(), "count": str(count)}
    main = Template(_MAIN).substitute(values)
    sources = {**library.files, "firmware.h": runtime_sources()["firmware.h"], "firmware_windows.c": main}
    answers = []
    with tempfile.TemporaryDirectory(prefix="thimble-device-") as temporary:
        folder = Path(temporary)
        objects = compiler.compile_runtime(board, folder / "runtime")
        objects += compiler.compile(sources, board, folder / "library")
        image = read_image(compiler.link(objects, board, folder / "windows.elf"))
        for start in range(0, len(windows), count):
            core = _Core(image, board)
            core.run_to("firmware_main")
            core.write("firmware_samples", windows[start : start + count].astype("<f4").tobytes())
            core.run_to_exit()
            size = 4 * count * len(library.labels)
            found = np.frombuffer(core.read("firmware_probabilities", size), "<f4")
            answers.append(found.reshape(count, -1)[: len(windows) - start])
    return np.concatenate(answers)
