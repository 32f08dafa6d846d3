"""A minute of sound, pushed in pieces, beside whole windows: ``python -m tests.bench.bench_continuous``."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.compile.library import Library
from pipelines.profile.arm_toolchain import arm_toolchain, runtime_sources
from pipelines.profile.boards import board_of
from pipelines.profile.emulator import Emulator
from pipelines.profile.image import read_image
from tests.bench.figure import Figure
from tests.pipelines.compile.pushed import Pushed
from tests.real_runs import SOUND_RATE_HZ, bundle_of, keyword_run, soundtrack

SECONDS = 60
_BOARD = "nano33ble"
_PIECE = 320
"""20 ms: what a microphone's driver hands over at once."""

_FIRMWARE = """
#include "thimble_continuous.h"
#include "firmware.h"

thimble_workspace firmware_workspace;
thimble_continuous firmware_continuous;
int16_t firmware_samples[THIMBLE_WINDOW_LENGTH];
float firmware_window[THIMBLE_WINDOW_LENGTH];
float firmware_probabilities[THIMBLE_CLASSES];
int firmware_results;

static void on_result(void *context, const thimble_result *result)
{
    (void)context;
    firmware_results += result->answer != THIMBLE_UNCERTAIN || result->end > 0;
}

__attribute__((noinline)) void firmware_second(void)
{
    int32_t done;
    for (done = 0; done < THIMBLE_WINDOW_LENGTH; done += PIECE) {
        thimble_continuous_push_int16(&firmware_continuous, firmware_samples + done, PIECE);
    }
}

int firmware_main(void)
{
    thimble_continuous_start(&firmware_continuous, &firmware_workspace, on_result, 0);
    firmware_second();
    firmware_second();
    thimble_classify(&firmware_workspace, firmware_window, firmware_probabilities);
    return firmware_results;
}
"""


def _instructions_a_second(library: Library, second: np.ndarray) -> tuple[int, int]:
    """Of a second's pushes once the first window is complete, and of the same second's windows as a whole."""
    board = board_of(_BOARD)
    compiler = arm_toolchain()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        main = _FIRMWARE.replace("PIECE", str(_PIECE))
        sources = {**library.files, "firmware.h": runtime_sources()["firmware.h"], "main.c": main}
        objects = compiler.compile_runtime(board, folder / "runtime")
        objects += compiler.compile(sources, board, folder / "library")
        core = Emulator(read_image(compiler.link(objects, board, folder / "image.elf")), board)
    core.run_to("firmware_second")
    core.write("firmware_samples", second.astype("<i2").tobytes())
    core.write("firmware_window", (second / np.float32(32768)).astype("<f4").tobytes())
    core.count_call()
    core.run_to("firmware_second")
    pushes = core.count_call()
    core.run_to("thimble_classify")
    window = core.count_call()
    windows_a_second = core.run_to_exit() - 1
    return pushes, windows_a_second * window


def figures() -> Iterator[Figure]:
    """For ``make bench``."""
    if shutil.which("gcc") is None:
        raise unittest.SkipTest("needs Debian's gcc")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    bundle = bundle_of(keyword_run())
    library = bundle.library("thimble")
    samples = np.round(soundtrack(SECONDS) * 32767).astype(np.int16)[:, None]
    with tempfile.TemporaryDirectory() as temporary:
        program = Pushed(bundle.spec, Path(temporary), library, flags=("-O2",))
        found = program.push(samples, [_PIECE] * (len(samples) // _PIECE), "int16")
        once = program.expected_calls(len(samples))["thimble_mfe"]
    block = bundle.spec.feature_blocks()["sound"]
    a_window = block.output_shape[0]
    yield Figure(
        f"continuous: decisions that differ in {SECONDS} s", found["differing"], "windows", at_most=0
    )
    yield Figure("continuous: windows compared", found["results"], "windows", at_least=296)
    yield Figure(
        "continuous: frames computed more than once",
        found["thimble_mfe"] - once,
        "frames",
        at_most=0,
        note=f"{found['thimble_mfe']:,} computed; windows by themselves: {found['results'] * a_window:,}",
    )
    pushes, windows = _instructions_a_second(library, samples[:SOUND_RATE_HZ, 0])
    yield Figure(
        f"continuous: instructions a second, {_BOARD}",
        pushes,
        "instructions",
        at_most=windows,
        note=f"windows by themselves: {windows:,}",
    )


if __name__ == "__main__":
    for figure in figures():
        print(figure.as_line())
