"""The exported library, built for each core and run there, answers what the server measured."""

import shutil

import pytest

from pipelines.profile import ProfileError, boards, run_selftest
from pipelines.profile.arm_toolchain import arm_toolchain
from tests.deploy_targets.conftest import built  # noqa: F401

needs_gcc = pytest.mark.skipif(
    shutil.which("arm-none-eabi-gcc") is None, reason="needs Debian's gcc-arm-none-eabi"
)
needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-system-arm") is None, reason="needs Debian's qemu-system-arm"
)

# QEMU's only Cortex-M0 machine, the micro:bit, has 16 kB of RAM: less than the firmware's stack.
ON_QEMU = ["nano33ble", "stm32h7a3", "cortex-m33", "cortex-m55"]
ON_UNICORN = ["nano33ble", "pico", "stm32h7a3", "cortex-m33"]


@needs_gcc
@needs_qemu
@pytest.mark.parametrize("variant", ["float32", "int8"])
@pytest.mark.parametrize("board_id", ON_QEMU)
def test_built_with_gcc_it_passes_on_qemu(built, board_id, variant):  # noqa: F811
    result = run_selftest(built(variant), board_id, arm_toolchain("gcc"), "qemu")
    assert result.passed, result.text
    assert result.emulator == "qemu"


@needs_gcc
@pytest.mark.parametrize("variant", ["float32", "int8"])
@pytest.mark.parametrize("board_id", ON_UNICORN)
def test_built_with_gcc_it_passes_on_unicorn(built, board_id, variant):  # noqa: F811
    result = run_selftest(built(variant), board_id, arm_toolchain("gcc"), "unicorn")
    assert result.passed, result.text


@pytest.mark.parametrize("variant", ["float32", "int8"])
@pytest.mark.parametrize("board_id", ON_UNICORN)
def test_without_any_debian_tool_it_passes_on_unicorn(built, board_id, variant):  # noqa: F811
    result = run_selftest(built(variant), board_id, arm_toolchain("zig"), "unicorn")
    assert result.passed, result.text
    assert "zig" in result.toolchain


@needs_qemu
def test_built_with_zig_it_passes_on_a_cortex_m55(built):  # noqa: F811
    assert run_selftest(built("int8"), "cortex-m55", arm_toolchain("zig"), "qemu").passed


def test_a_changed_weight_is_found_on_the_board(built):  # noqa: F811
    files = dict(built("int8"))
    files["src/wrist_motions.c"] = files["src/wrist_motions.c"].replace(
        b"value / WRIST", b"0.5f * value / WRIST"
    )
    result = run_selftest(files, "nano33ble")
    assert not result.passed
    assert "window 0x0000000" in result.message


def test_files_without_a_self_test_are_refused():
    with pytest.raises(ProfileError, match="no self-test"):
        run_selftest({"src/x.c": b""}, "nano33ble")


def test_every_board_is_covered_here():
    assert {board.core for board in boards()} == {
        board.core for board in boards() if board.id in {*ON_QEMU, *ON_UNICORN}
    }
