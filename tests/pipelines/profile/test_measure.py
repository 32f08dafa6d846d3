"""What a library takes on a board is measured on linked images that run."""

import dataclasses
import json

import numpy as np
import pytest

from pipelines.evaluate import NativeLibrary
from pipelines.profile import ProfileError, board_of, measure
from pipelines.profile.arm_toolchain import arm_toolchain
from tests import tiny
from tests.pipelines.profile.conftest import board_ids, needs_qemu, toolchain_params


@pytest.fixture(scope="module")
def window():
    return tiny.windows(1, seed=3)[0][0]


def native(library, window):
    return NativeLibrary(library).classify(window[None])[0].tolist()


@pytest.mark.parametrize("toolchain", toolchain_params())
@pytest.mark.parametrize("variant", ["float32", "int8"])
@pytest.mark.parametrize("board_id", ["nano33ble", "pico"])
def test_the_board_answers_bit_for_bit_what_this_machine_does(board_id, variant, toolchain, window):
    library = tiny.library(variant)
    profile = measure(library, board_of(board_id), window, arm_toolchain(toolchain))
    assert list(profile.probabilities) == native(library, window)


@pytest.mark.parametrize("board_id", board_ids(unicorn=True))
def test_every_figure_is_measured_and_adds_up(board_id, window):
    board = board_of(board_id)
    library = tiny.library("int8")
    profile = measure(library, board, window)
    parts = profile.breakdown
    assert profile.fits
    assert 5_000 < profile.flash_bytes < 40_000
    assert profile.ram_bytes == (
        parts.workspace_bytes + parts.window_bytes + parts.variables_bytes + parts.stack_bytes
    )
    assert parts.workspace_bytes == library.workspace_bytes
    assert parts.variables_bytes >= library.decision_bytes
    assert 0 < parts.stack_bytes < 2_000
    halves = parts.features_instructions + parts.model_instructions
    assert abs(profile.instructions - halves) < 100
    assert profile.latency_ms == pytest.approx(profile.cycles / board.clock_hz * 1000, rel=1e-4)
    assert profile.latency_low_ms < profile.latency_ms < profile.latency_high_ms
    assert profile.cycles_low < profile.cycles < profile.cycles_high
    assert parts.features_cycles + parts.model_cycles == pytest.approx(profile.cycles, rel=0.1)
    assert "estimated" in profile.latency_is
    assert json.loads(json.dumps(profile.as_json()))["breakdown"]["model_instructions"] > 0


@needs_qemu
@pytest.mark.parametrize("board_id", ["nano33ble", "stm32h7a3", "cortex-m33"])
def test_qemu_counts_what_unicorn_counts(board_id, window):
    board = board_of(board_id)
    emulator = board.emulator.model_copy(update={"unicorn": None})
    library = tiny.library("int8")
    ours = measure(library, board, window)
    theirs = measure(library, board.model_copy(update={"emulator": emulator}), window)
    assert theirs.emulator == f"QEMU {board.emulator.qemu_machine}"
    assert theirs.instructions == pytest.approx(ours.instructions, abs=100)
    assert theirs.breakdown.model_instructions == pytest.approx(ours.breakdown.model_instructions, abs=100)
    assert theirs.breakdown.stack_bytes == pytest.approx(ours.breakdown.stack_bytes, abs=300)


@needs_qemu
def test_a_cortex_m55_is_measured_on_qemu(window):
    library = tiny.library("int8")
    profile = measure(library, board_of("cortex-m55"), window)
    assert list(profile.probabilities) == native(library, window)
    assert profile.emulator == "QEMU mps3-an547"
    assert profile.instructions > 1000


def test_without_an_emulator_of_the_core_nothing_is_guessed(window, monkeypatch):
    monkeypatch.setattr("pipelines.profile.measurement.find_qemu", lambda: None)
    profile = measure(tiny.library("int8"), board_of("cortex-m55"), window)
    assert profile.flash_bytes > 5_000
    assert profile.instructions is None
    assert profile.latency_ms is None
    assert profile.cycles is None
    assert profile.breakdown.stack_bytes is None
    assert profile.emulator == "not run: Cortex-M55 needs Debian's qemu-system-arm"


def test_a_library_that_does_not_fit_says_by_how_much(window):
    board = board_of("nano33ble").model_copy(update={"flash_bytes": 4096, "ram_bytes": 1024})
    profile = measure(tiny.library("int8"), board, window)
    assert not profile.fits
    assert [problem.partition(" bytes of ")[2] for problem in profile.problems] == [
        "flash; Arduino Nano 33 BLE Sense has 4,096",
        "RAM; Arduino Nano 33 BLE Sense has 1,024",
    ]


def test_code_that_crashes_on_the_board_is_told_with_its_place(window):
    library = tiny.library("int8")
    source = library.files["thimble.c"].replace(
        "    infer(workspace, features, probabilities);",
        "    *(volatile int *)0x90000000u = 1;\n    infer(workspace, features, probabilities);",
    )
    broken = dataclasses.replace(library, files={**library.files, "thimble.c": source})
    with pytest.raises(ProfileError, match=r"crashed .*\(thimble_classify.*write to 0x90000000"):
        measure(broken, board_of("nano33ble"), window)


def test_code_that_does_not_compile_is_told_in_the_compilers_words(window):
    library = tiny.library("int8")
    broken = dataclasses.replace(
        library, files={**library.files, "more.c": "int f(void) { return nothing; }\n"}
    )
    with pytest.raises(ProfileError, match="nothing"):
        measure(broken, board_of("nano33ble"), window)


def test_a_window_of_another_shape_is_refused():
    with pytest.raises(ProfileError, match="window has shape"):
        measure(tiny.library("int8"), board_of("nano33ble"), np.zeros((3, 3), np.float32))


def test_a_machine_without_an_arm_compiler_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr("pipelines.profile.arm_toolchain.shutil.which", lambda _: None)
    monkeypatch.setattr("pipelines.profile.arm_toolchain.importlib.util.find_spec", lambda _: None)
    with pytest.raises(ProfileError, match="install Debian's gcc-arm-none-eabi, or ziglang"):
        arm_toolchain()
