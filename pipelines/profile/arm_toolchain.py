"""Build firmware images for Cortex-M boards: Debian's Arm GCC where there is one, else Zig from PyPI.

Objects are compiled once and linked into several images. Every image has its own start-up code and memory map
(:mod:`pipelines.profile.firmware`), so that no vendor's files are needed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Literal

from pipelines.profile.boards import Board
from pipelines.profile.errors import ProfileError
from pipelines.toolchain import cache_folder

ToolchainName = Literal["gcc", "zig"]

OPTIMISATION = "-O3"
FLAGS = (
    "-std=c99",
    "-ffp-contract=off",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-unwind-tables",
    "-g0",
)
STACK_BYTES = 65_536
COMPILE_TIMEOUT_S = 300
_FIRMWARE = Path(__file__).parent / "firmware"


@dataclass(frozen=True, slots=True)
class ArmToolchain:
    """A compiler for Cortex-M: the command, and which of a board's flags are its own."""

    name: ToolchainName
    command: tuple[str, ...]
    optimisation: str = OPTIMISATION

    @property
    def title(self) -> str:
        """Name and version, for people: ``arm-none-eabi-gcc 12.2.1``."""
        if self.name == "zig":
            return f"zig cc (clang) {_version_of((*self.command[:-1], 'version'))}"
        return f"arm-none-eabi-gcc {_version_of((*self.command, '-dumpfullversion'))}"

    def board_flags(self, board: Board) -> tuple[str, ...]:
        return board.toolchain.gcc if self.name == "gcc" else board.toolchain.zig

    def compile(
        self, sources: Mapping[str, str], board: Board, folder: Path, optimisation: str | None = None
    ) -> list[Path]:
        """Write ``sources`` into ``folder`` and compile every ``.c`` of them; the objects' paths.

        Raises:
            ProfileError: the compiler refused the code, with its own words.
        """
        units = write_files(sources, folder)
        if not units:
            return []
        includes = ["-I", str(folder)]
        if self.name == "zig":
            includes += [
                "-isystem",
                str(_FIRMWARE / "freestanding"),
                "-fno-sanitize=all",
                "-fno-stack-protector",
            ]
        objects = []
        for unit in units:
            target = folder / f"{unit}.o"
            self._run(
                [
                    optimisation or self.optimisation,
                    *FLAGS,
                    *self.board_flags(board),
                    *includes,
                    "-c",
                    unit,
                    "-o",
                    str(target),
                ],
                folder,
            )
            objects.append(target)
        return objects

    def compile_runtime(self, board: Board, folder: Path) -> list[Path]:
        """Compile the start-up code that every image has."""
        sources = runtime_sources()
        has_fpu = "" if board.fpu == "none" else "#define FIRMWARE_HAS_FPU 1\n"
        return self.compile({**sources, "startup.c": has_fpu + sources["startup.c"]}, board, folder, "-Os")

    def link(
        self, objects: Sequence[Path], board: Board, image: Path, stack_bytes: int = STACK_BYTES
    ) -> Path:
        """Link objects into an ELF image in the memory of the board's emulated machine."""
        script = image.with_suffix(".ld")
        script.write_text(linker_script(board, stack_bytes))
        flags = [] if self.name == "zig" else ["-nostartfiles", "--specs=nano.specs"]
        flags += ["-Wl,--gc-sections", "-Wl,-T," + str(script)]
        self._run(
            [*self.board_flags(board), *flags, *map(str, objects), "-o", str(image)],
            image.parent,
        )
        return image

    def _run(self, arguments: Sequence[str], folder: Path) -> None:
        environment = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": str(cache_folder() / "zig")}
        try:
            result = subprocess.run(
                [*self.command, *arguments],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=COMPILE_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ProfileError(f"{self.name}: the compiler did not finish in {COMPILE_TIMEOUT_S} s") from None
        if result.returncode != 0:
            raise ProfileError(
                f"{self.name} refused the code for the board:\n{result.stderr or result.stdout}"
            )


def runtime_sources() -> dict[str, str]:
    """Start-up code and semihosting: file name -> text."""
    return {path.name: path.read_text() for path in sorted((_FIRMWARE / "runtime").iterdir())}


def program(kind: str, **values: str) -> str:
    """The main file of one of the measuring applications in ``firmware/programs``."""
    return Template((_FIRMWARE / "programs" / f"{kind}.c").read_text()).substitute(values)


def write_files(sources: Mapping[str, str], folder: Path) -> list[str]:
    """Write files below ``folder``; the names of those that are to be compiled."""
    for name, text in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(name for name in sources if name.endswith(".c"))


def linker_script(board: Board, stack_bytes: int) -> str:
    """The memory map of the board's emulated machine, as a GNU linker script."""
    text = (_FIRMWARE / "image.ld").read_text()
    values = {
        "VECTORS_ORIGIN": board.emulator.vectors_origin,
        "CODE_ORIGIN": board.emulator.code_origin,
        "RAM_ORIGIN": board.emulator.ram_origin,
        "STACK_BYTES": stack_bytes,
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", hex(value))
    return text


def arm_toolchain(name: ToolchainName | None = None) -> ArmToolchain:
    """The Arm compiler of this machine: GCC where it is installed, else Zig; or the one that is named.

    Raises:
        ProfileError: there is none; the message says what to install.
    """
    gcc = shutil.which("arm-none-eabi-gcc")
    if gcc is not None and name in (None, "gcc"):
        return ArmToolchain("gcc", (gcc,))
    if importlib.util.find_spec("ziglang") is not None and name in (None, "zig"):
        return ArmToolchain("zig", (sys.executable, "-m", "ziglang", "cc"))
    raise ProfileError(
        "no compiler for Arm Cortex-M: install Debian's gcc-arm-none-eabi, or ziglang from PyPI",
        field="toolchain",
    )


@cache
def _version_of(command: tuple[str, ...]) -> str:
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return result.stdout.strip()
