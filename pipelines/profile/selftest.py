"""Run a library's self-test on a board's emulated core: real windows in, expected probabilities out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain, program, runtime_sources
from pipelines.profile.boards import Board
from pipelines.profile.emulator import Emulator
from pipelines.profile.image import read_image
from pipelines.profile.qemu import run_on_qemu

EmulatorName = Literal["unicorn", "qemu"]


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """Whether every window gave what was expected; ``text`` is what the firmware printed about those that did not."""

    passed: bool
    failures: int
    text: str
    emulator: EmulatorName
    toolchain: str


def run_selftest(
    name: str,
    sources: Mapping[str, str],
    board: Board,
    toolchain: ArmToolchain | None = None,
    emulator: EmulatorName | None = None,
) -> SelfTestResult:
    """Build firmware of a library and its self-test, and run it.

    Args:
        name: the library's name; ``{name}_selftest.h`` declares its self-test.
        sources: the library's and the self-test's files, in one folder.
        board: whose core runs it.
        toolchain: which compiler; the machine's own choice by default.
        emulator: Unicorn by default, QEMU where Unicorn lacks the core.

    Raises:
        ProfileError: no toolchain or emulator, refused code, or a crash.
    """
    compiler = toolchain or arm_toolchain()
    chosen: EmulatorName = emulator or ("unicorn" if board.emulator.unicorn else "qemu")
    main = program("selftest", name=name, NAME=name.upper())
    files = {**sources, "firmware.h": runtime_sources()["firmware.h"], "firmware_selftest.c": main}
    with tempfile.TemporaryDirectory(prefix="thimble-selftest-") as temporary:
        folder = Path(temporary)
        objects = compiler.compile_runtime(board, folder / "runtime")
        objects += compiler.compile(files, board, folder / "library")
        image = compiler.link(objects, board, folder / "selftest.elf")
        if chosen == "unicorn":
            core = Emulator(read_image(image), board)
            status, text = core.run_to_exit(), core.text
        else:
            run = run_on_qemu(image, board)
            status, text = run.exit_status, run.text
    failures = text.count("window ")
    return SelfTestResult(status == 0, failures, text, chosen, compiler.title)
