"""Emulated machines of each core: build firmware for one with Debian's cross compiler, and run it on QEMU."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.profile.arm_toolchain import runtime_sources

RISCV = Path(__file__).parent / "riscv"
IMAGE = Path(runtime_sources.__code__.co_filename).parent / "firmware" / "image.ld"
CODE = ("-ffunction-sections", "-fdata-sections", "-fno-unwind-tables", "-g0")
C = ("-std=gnu11",)
CPP = ("-std=gnu++17", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics")
STRICT = ("-Wall", "-Wextra", "-Wconversion", "-Werror")
TIMEOUT_S = 120


@dataclass(frozen=True)
class Machine:
    """A core, its compiler's flags, and QEMU's machine.

    Args:
        prefix: of the compiler's programs.
        qemu: program and machine.
        memory: addresses of vectors, code and RAM, and the size of the stack; RISC-V's are in its linker script.
    """

    id: str
    prefix: str
    flags: tuple[str, ...]
    qemu: tuple[str, ...]
    memory: tuple[int, int, int, int] | None = None
    has_fpu: bool = False

    def missing(self) -> str:
        """What is not installed here, in words."""
        wanted = {"qemu-system-arm": "qemu-system-arm", "qemu-system-riscv32": "qemu-system-misc"}
        packages = {"arm-none-eabi-": "gcc-arm-none-eabi", "riscv64-unknown-elf-": "gcc-riscv64-unknown-elf"}
        names = [] if shutil.which(f"{self.prefix}gcc") else [packages[self.prefix]]
        names += [] if shutil.which(self.qemu[0]) else [wanted[self.qemu[0]]]
        return f"needs Debian's {', '.join(names)}" if names else ""

    def compile(
        self, sources: Iterable[Path], includes: Sequence[Path], folder: Path, flags: Sequence[str] = ("-O2",)
    ) -> list[Path]:
        """Objects of C and C++ files, without a warning."""
        objects = []
        folder.mkdir(parents=True, exist_ok=True)
        for source in sources:
            target = folder / f"{source.name}.o"
            is_c = source.suffix == ".c"
            command = [f"{self.prefix}{'gcc' if is_c else 'g++'}", *(C if is_c else CPP), *self.flags, *CODE]
            command += [
                *STRICT,
                *flags,
                *(f"-I{path}" for path in includes),
                *self.library_flags(),
                "-c",
                str(source),
            ]
            run([*command, "-o", str(target)])
            objects.append(target)
        return objects

    def compile_runtime(self, runtime: Path) -> list[Path]:
        """Start-up code and semihosting, beside their linker script ``image.ld``."""
        sources = runtime_sources()
        if self.memory is None:
            sources = {name: (RISCV / name).read_text() for name in ("startup.c", "semihosting.c")} | {
                "firmware.h": sources["firmware.h"]
            }
        runtime.mkdir(parents=True, exist_ok=True)
        for name, text in sources.items():
            define = "#define FIRMWARE_HAS_FPU 1\n" if name == "startup.c" and self.has_fpu else ""
            (runtime / name).write_text(define + text)
        (runtime / "image.ld").write_text(self._linker_script())
        return self.compile(sorted(runtime.glob("*.c")), [runtime], runtime)

    def link(self, objects: Sequence[Path], folder: Path) -> Path:
        """An image, with start-up code."""
        start = self.compile_runtime(folder / "runtime")
        script = folder / "runtime" / "image.ld"
        image = folder / f"{self.id}.elf"
        command = [f"{self.prefix}gcc", *self.flags, "-nostartfiles", "-Wl,--gc-sections", "-T", str(script)]
        run([*command, *self.library_flags(), *map(str, [*start, *objects]), "-o", str(image)])
        return image

    def run(self, image: Path, timeout_s: int = TIMEOUT_S) -> tuple[int, str]:
        """The image's exit status and what it printed."""
        command = [*self.qemu, "-display", "none", "-monitor", "none", "-serial", "none", "-net", "none"]
        command += ["-chardev", "stdio,id=text"]
        command += ["-semihosting-config", "enable=on,target=native,chardev=text", "-kernel", str(image)]
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, check=False
        )
        return result.returncode, result.stdout if result.stdout or result.returncode == 0 else result.stderr

    def library_flags(self) -> list[str]:
        """Which C library the programs use."""
        return ["--specs=picolibc.specs" if self.memory is None else "--specs=nano.specs"]

    def _linker_script(self) -> str:
        if self.memory is None:
            return (RISCV / "image.ld").read_text()
        text = IMAGE.read_text()
        names = ("VECTORS_ORIGIN", "CODE_ORIGIN", "RAM_ORIGIN", "STACK_BYTES")
        for name, value in zip(names, self.memory, strict=True):
            text = text.replace(f"@{name}@", hex(value))
        return text


_KEPT = Path(tempfile.mkdtemp(prefix="thimble-objects-"))
"""Objects of this session: several programs hold the same library."""
atexit.register(shutil.rmtree, _KEPT, ignore_errors=True)


def _key(command: Sequence[str], source: Path, includes: Sequence[Path]) -> str:
    """Hash of all that an object depends on: the command, the source and every header in reach."""
    key = hashlib.sha256(" ".join(command).encode() + b"\0" + source.read_bytes())
    for header in [path for folder in includes for path in sorted(folder.rglob("*.h"))]:
        key.update(header.read_bytes())
    return key.hexdigest()


def run(command: Sequence[str], **options) -> str:
    """Standard output of a program that must succeed."""
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, **options
    )
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"
    return result.stdout


def _arm(core, qemu_machine, flags, memory, has_fpu=False):
    gcc = (f"-mcpu={core}", "-mthumb", *flags)
    return Machine(core, "arm-none-eabi-", gcc, ("qemu-system-arm", "-M", qemu_machine), memory, has_fpu)


def _riscv(isa, abi):
    qemu = ("qemu-system-riscv32", "-M", "virt", "-bios", "none", "-m", "64M")
    return Machine(isa, "riscv64-unknown-elf-", (f"-march={isa}", f"-mabi={abi}", "-mcmodel=medany"), qemu)


_HARD = "-mfloat-abi=hard"
_MPS2 = (0, 0x400, 0x2000_0000, 0x10000)
MACHINES = {
    machine.id: machine
    for machine in (
        # The micro:bit has 16 kB of RAM: its stack is small.
        _arm("cortex-m0", "microbit", ("-mfloat-abi=soft",), (0, 0x400, 0x2000_0000, 0x1800)),
        _arm("cortex-m3", "mps2-an385", ("-mfloat-abi=soft",), _MPS2),
        _arm("cortex-m4", "mps2-an386", ("-mfpu=fpv4-sp-d16", _HARD), _MPS2, True),
        _arm("cortex-m7", "mps2-an500", ("-mfpu=fpv5-d16", _HARD), _MPS2, True),
        _arm(
            "cortex-m33",
            "mps2-an505",
            ("-mfpu=fpv5-sp-d16", _HARD),
            (0x1000_0000, 0x1000_0400, 0x3800_0000, 0x10000),
            True,
        ),
        _arm("cortex-m55", "mps3-an547", (_HARD,), (0x1000_0000, 0x1100_0000, 0x3100_0000, 0x10000), True),
        # The code of an RP2040 (ARMv6-M, which every Cortex-M runs) on a machine with enough RAM.
        Machine(
            "rp2040",
            "arm-none-eabi-",
            ("-mcpu=cortex-m0plus", "-mthumb", "-mfloat-abi=soft"),
            ("qemu-system-arm", "-M", "mps2-an385"),
            _MPS2,
        ),
        # An ESP32-C3's core has no floating-point unit, an ESP32-P4's has one.
        _riscv("rv32imc", "ilp32"),
        _riscv("rv32imafc", "ilp32f"),
    )
}


def machine(machine_id: str) -> Machine:
    """The machine, or the test is skipped, saying what is missing."""
    found = MACHINES[machine_id]
    if found.missing():
        pytest.skip(found.missing())
    return found
