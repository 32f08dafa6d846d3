"""A small program with known work, built for every board by every Arm compiler of this machine."""

import shutil

import pytest

from pipelines.profile import arm_toolchain
from pipelines.profile.boards import boards

needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-system-arm") is None, reason="needs Debian's qemu-system-arm"
)


def toolchain_params():
    missing = shutil.which("arm-none-eabi-gcc") is None
    skip = pytest.mark.skipif(missing, reason="needs Debian's gcc-arm-none-eabi")
    return [pytest.param("gcc", marks=skip), "zig"]


def board_ids(*, unicorn: bool = False):
    return [board.id for board in boards() if board.emulator.unicorn or not unicorn]


@pytest.fixture
def build(tmp_path):
    """build(sources, board, toolchain, stack_bytes) -> the path of a linked image."""

    def build_image(sources, board, toolchain=None, stack_bytes=8192):
        compiler = arm_toolchain.arm_toolchain(toolchain)
        objects = compiler.compile_runtime(board, tmp_path / "runtime")
        objects += compiler.compile(
            {**sources, "firmware.h": arm_toolchain.runtime_sources()["firmware.h"]},
            board,
            tmp_path / "program",
        )
        return compiler.link(objects, board, tmp_path / "image.elf", stack_bytes)

    return build_image
