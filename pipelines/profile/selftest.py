"""Run a library's self-test on a board's emulated core: real windows in, expected probabilities out."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain, program, runtime_sources
from pipelines.profile.boards import board_of
from pipelines.profile.emulator import Emulator
from pipelines.profile.errors import ProfileError
from pipelines.profile.image import read_image
from pipelines.profile.qemu import run_on_qemu

EmulatorName = Literal["unicorn", "qemu"]
_DECLARES = "_selftest.h"


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """Whether every window gave what was expected; ``text`` is what the firmware printed about those that did not."""

    passed: bool
    text: str
    emulator: EmulatorName
    toolchain: str

    @property
    def message(self) -> str:
        """The outcome in words."""
        return "passed" if self.passed else f"failed: {self.text.strip()[:400]}"


def run_selftest(
    files: Mapping[str, bytes],
    board_id: str,
    toolchain: ArmToolchain | None = None,
    emulator: EmulatorName | None = None,
) -> SelfTestResult:
    """Build firmware of a library and its self-test, and run it.

    Args:
        files: a zip of the ``c`` target: ``src/*``, ``selftest/{name}_selftest.*`` and others, which are left out.
        board_id: the board whose core runs it.
        toolchain: which compiler; the machine's own choice by default.
        emulator: Unicorn by default, QEMU where Unicorn lacks the core.

    Raises:
        ProfileError: no self-test, toolchain or emulator, refused code, or a crash.
    """
    board = board_of(board_id)
    compiler = toolchain or arm_toolchain()
    chosen: EmulatorName = emulator or ("unicorn" if board.emulator.unicorn else "qemu")
    with tempfile.TemporaryDirectory(prefix="thimble-selftest-") as temporary:
        folder = Path(temporary)
        objects = compiler.compile_runtime(board, folder / "runtime")
        objects += compiler.compile(_firmware_sources(files), board, folder / "library")
        image = compiler.link(objects, board, folder / "selftest.elf")
        if chosen == "unicorn":
            core = Emulator(read_image(image), board)
            status, text = core.run_to_exit(), core.text
        else:
            run = run_on_qemu(image, board)
            status, text = run.exit_status, run.text
    return SelfTestResult(status == 0, text, chosen, compiler.title)


def _firmware_sources(files: Mapping[str, bytes]) -> dict[str, str]:
    """The library, its self-test and a main function for the board, in one folder."""
    headers = [PurePosixPath(path).name for path in files if path.endswith(_DECLARES)]
    if len(headers) != 1:
        raise ProfileError("these files hold no self-test of a C library", field="target")
    name = headers[0].removesuffix(_DECLARES)
    wanted = [path for path in files if path.startswith("src/")]
    wanted += [f"selftest/{name}_selftest.h", f"selftest/{name}_selftest.c"]
    sources = {PurePosixPath(path).name: files[path].decode("utf-8") for path in wanted}
    main = program("selftest", name=name, NAME=name.upper())
    return {**sources, "firmware.h": runtime_sources()["firmware.h"], "firmware_selftest.c": main}
