"""Continuous inference on emulated cores: the samples of a second, in pieces, beside whole windows."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.profile.arm_toolchain import arm_toolchain, runtime_sources
from pipelines.profile.boards import board_of
from pipelines.profile.emulator import Emulator
from pipelines.profile.image import read_image
from pipelines.profile.qemu import run_on_qemu
from tests.pipelines.compile.pushed import library_of, pipeline

needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-system-arm") is None, reason="needs Debian's qemu-system-arm"
)

POINTS = 700
PIPELINE = pipeline(
    [
        {
            "block": "mfe",
            "name": "sound",
            "params": {"frame_ms": 30, "frame_stride_ms": 20, "fft_length": 32},
        },
        {"block": "raw", "name": "plain", "channels": ["y"]},
        {"block": "spectral", "name": "shape"},
    ],
    ("x", "y"),
    window=200,
    stride=60,
)

PROGRAM = """
#include "thimble_continuous.h"
#include "firmware.h"

static const int16_t recording[POINTS * THIMBLE_CHANNELS] = {RECORDING};
static thimble_workspace workspace;
static thimble_workspace other;
static thimble_continuous continuous;
static thimble_decision decision;
static float window[THIMBLE_WINDOW_LENGTH * THIMBLE_CHANNELS];
static int results;
static int differing;

static uint32_t bits(float value)
{
    uint32_t integer;
    __builtin_memcpy(&integer, &value, sizeof integer);
    return integer;
}

static void on_result(void *context, const thimble_result *result)
{
    const int16_t *start = recording + results * THIMBLE_STRIDE_LENGTH * THIMBLE_CHANNELS;
    float probabilities[THIMBLE_CLASSES];
    int i;
    (void)context;
    for (i = 0; i < THIMBLE_WINDOW_LENGTH * THIMBLE_CHANNELS; i++) {
        window[i] = (float)start[i] / 32768.0f;
    }
    thimble_classify(&other, window, probabilities);
    differing += thimble_decide(&decision, probabilities, 0) != result->answer;
    for (i = 0; i < THIMBLE_CLASSES; i++) {
        differing += bits(probabilities[i]) != bits(result->probabilities[i]);
    }
    results++;
}

int firmware_main(void)
{
    int32_t done = 0;
    int32_t count = 1;
    thimble_decision_start(&decision);
    thimble_continuous_start(&continuous, &workspace, on_result, 0);
    for (; done < POINTS; done += count) {
        count = 1 + (count * 7 + 3) % 41;
        count = count < POINTS - done ? count : POINTS - done;
        thimble_continuous_push_int16(&continuous, recording + done * THIMBLE_CHANNELS, count);
    }
    firmware_print("results ");
    firmware_print_hex((uint32_t)results);
    return differing == 0 ? 0 : 1;
}
"""


@pytest.fixture(scope="module")
def sources():
    recording = np.random.default_rng(3).integers(-32768, 32768, (POINTS, 2))
    values = ", ".join(map(str, recording.ravel()))
    text = PROGRAM.replace("POINTS", str(POINTS)).replace("RECORDING", values)
    return {
        **library_of(PIPELINE).files,
        "firmware.h": runtime_sources()["firmware.h"],
        "main.c": text,
    }


def image_of(sources, board, folder: Path):
    compiler = arm_toolchain()
    objects = compiler.compile_runtime(board, folder / "runtime")
    objects += compiler.compile(sources, board, folder / "library")
    return read_image(compiler.link(objects, board, folder / "continuous.elf"))


@pytest.mark.parametrize("board_id", ["nano33ble", "pico"])
def test_on_unicorn_pieces_give_the_bits_of_whole_windows(sources, board_id, tmp_path):
    board = board_of(board_id)
    core = Emulator(image_of(sources, board, tmp_path), board)
    assert core.run_to_exit() == 0
    assert "results 0x00000009" in core.text


@needs_qemu
def test_on_a_cortex_m55_too(sources, tmp_path):
    board = board_of("cortex-m55")
    run = run_on_qemu(image_of(sources, board, tmp_path).path, board)
    assert run.exit_status == 0
    assert "results 0x00000009" in run.text
