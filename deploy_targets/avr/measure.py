"""Build the programs with avr-gcc, read their sizes, and run the self-test in simavr."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy_targets.avr.chips import Chip
from deploy_targets.base import TargetError
from pipelines.profile.image import Image, read_image
from pipelines.signals import hash_json
from pipelines.toolchain import cache_folder

FLAGS = (
    *("-std=gnu99", "-Os", "-mcall-prologues", "-ffp-contract=off"),
    *("-ffunction-sections", "-fdata-sections", "-Wall", "-Wextra"),
)
"""As in the Makefile."""

_ANY_SIZE = (
    "-Wl,--gc-sections",
    "-Wl,--defsym=__TEXT_REGION_LENGTH__=0x100000",
    "-Wl,--defsym=__DATA_REGION_LENGTH__=0x100000",
)
"""Sizes are read from the image, be it larger than the chip: so that the numbers can be told."""

_COMPILE_TIMEOUT_S = 300
_RUN_TIMEOUT_S = 120
_REACH_BYTES = 0x10000
_LOST_ADDRESS = "address space '__flash' to address space 'generic'"
"""What -Waddr-space-convert says where a kernel would read RAM at an address in flash. It warns of the other direction too,
wrongly, where an array in a struct becomes a pointer."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a program takes: code, constants and initial values; variables without the stack."""

    flash_bytes: int
    static_bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """What the self-test told in simavr.

    Args:
        passed: every window gave what was expected.
        text: all that it printed.
        stride_cycles: all pushes from one window to the next.
        longest_cycles: the longest push.
        stack_bytes: the stack at its deepest.
    """

    passed: bool
    text: str
    stride_cycles: int
    longest_cycles: int
    stack_bytes: int


def compiler_version() -> str:
    """GCC and its version, in words."""
    text = _run(["avr-gcc", "--version"], Path.cwd()).stdout
    return text.splitlines()[0] if text else "avr-gcc"


def has_simulator() -> bool:
    return shutil.which("simavr") is not None


def reads_flash(files: Mapping[str, str], chip: Chip) -> bool:
    """Whether every layer of sources that keep their constants in flash can read them from there.

    Raises:
        TargetError: the compiler is missing or refuses the code.
    """
    with tempfile.TemporaryDirectory(prefix="thimble-avr-") as temporary:
        folder = _written(files, Path(temporary))
        result = _compile(_sources(files, "src/"), chip, folder, ["-Waddr-space-convert"])
    if result.returncode != 0:
        raise _refused(result)
    return _LOST_ADDRESS not in result.stderr


def build(files: Mapping[str, str], main: str, chip: Chip) -> tuple[Sizes, bytes]:
    """Sizes and ELF of one of the programs, ``avr/firmware.c`` or ``avr/selftest.c``; kept in the cache.

    Raises:
        TargetError: the compiler is missing or refuses the code, or constants lie where they cannot be read.
    """
    key = hash_json(["avr-2", compiler_version(), chip.mcu, main, FLAGS, dict(files)])
    path = cache_folder() / "avr" / f"{key}.elf"
    if not path.exists():
        with tempfile.TemporaryDirectory(prefix="thimble-avr-") as temporary:
            folder = _written(files, Path(temporary))
            result = _compile([main, *_sources(files, "src/")], chip, folder, _ANY_SIZE)
            if result.returncode != 0:
                raise _refused(result)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / "out.elf", path.with_suffix(f".{os.getpid()}"))
            os.replace(path.with_suffix(f".{os.getpid()}"), path)
    image = read_image(path)
    _check_reach(image)
    return Sizes(image.flash_bytes, image.ram_bytes), path.read_bytes()


def run_selftest(elf: bytes, chip: Chip) -> Run | None:
    """Run a self-test in simavr; None where it did not end in time. Kept in the cache: it takes the same cycles always.

    Raises:
        TargetError: it crashed.
    """
    key = hash_json(["avr-run-1", chip.mcu, chip.clock_hz, elf.hex()])
    path = cache_folder() / "avr" / f"{key}.json"
    if path.exists():
        return Run(**json.loads(path.read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory(prefix="thimble-avr-") as temporary:
        image = Path(temporary) / "selftest.elf"
        image.write_bytes(elf)
        command = ["simavr", "-m", chip.mcu, "-f", str(chip.clock_hz), str(image)]
        try:
            result = _run(command, image.parent, _RUN_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return None
    run = _told(result.stdout + result.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        json.dump(asdict(run), file)
    os.replace(file.name, path)
    return run


def _told(output: str) -> Run:
    """simavr colours what a chip prints, and puts dots for line ends."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", output)
    found = {
        what: re.search(rf"{what}: (\d+)", text)
        for what in ("cycles for each further window", "cycles of the longest push", "bytes of stack")
    }
    if not all(found.values()) or "the self-test" not in text:
        raise TargetError(f"the self-test crashed in simavr: {text.strip()[-400:]}", field="mcu")
    stride, longest, stack = (int(match[1]) for match in found.values() if match)
    return Run("the self-test passed" in text, text, stride, longest, stack)


def _check_reach(image: Image) -> None:
    end = image.symbols.get("__trampolines_start", 0)
    if end > _REACH_BYTES:
        raise TargetError(
            f"the constants take {end:,} bytes of flash; an AVR reads those in the first {_REACH_BYTES:,} alone",
            field="mcu",
        )


def _written(files: Mapping[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _sources(files: Mapping[str, str], under: str) -> list[str]:
    return sorted(name for name in files if name.startswith(under) and name.endswith(".c"))


def _compile(
    sources: Sequence[str], chip: Chip, folder: Path, extra: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    machine = [f"-mmcu={chip.mcu}", f"-DF_CPU={chip.clock_hz}UL", "-Isrc", "-Iavr"]
    links = any(source.startswith("avr/") for source in sources)
    kind = ["-o", "out.elf"] if links else ["-c"]
    return _run(["avr-gcc", *machine, *FLAGS, *extra, *kind, *sources], folder, _COMPILE_TIMEOUT_S)


def _refused(result: subprocess.CompletedProcess[str]) -> TargetError:
    words = result.stderr.strip()
    if "avr/io.h" in words:
        words = "avr-libc is not installed: install Debian's avr-libc"
    return TargetError(f"avr-gcc refused the code: {words[:600]}", field="mcu")


def _run(command: Sequence[str], folder: Path, timeout_s: float = 30) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError:
        raise TargetError(f"{command[0]} is not installed", field="target") from None
