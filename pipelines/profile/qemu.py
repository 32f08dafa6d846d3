"""Run a firmware image on QEMU's model of a board with the same core, where QEMU is installed.

With ``-icount shift=0`` one instruction takes one nanosecond of the emulated time, so the core's own SysTick timer
counts instructions, at the resolution of one tick (QEMU documentation, "TCG Instruction Counting").
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelines.profile.boards import Board
from pipelines.profile.errors import ProfileError

TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class QemuRun:
    """What the firmware printed, and the status that it ended with."""

    text: str
    exit_status: int


def find_qemu() -> str | None:
    """Path of ``qemu-system-arm``, or None where it is not installed."""
    return shutil.which("qemu-system-arm")


def run_on_qemu(image: Path, board: Board) -> QemuRun:
    """Run an image until it exits.

    Raises:
        ProfileError: QEMU is not installed, or the code crashed or did not end in time.
    """
    program = find_qemu()
    if program is None:
        raise ProfileError(
            f"{board.title} is measured on QEMU: install Debian's qemu-system-arm", field="emulator"
        )
    command = [
        *(program, "-M", board.emulator.qemu_machine, "-icount", "shift=0"),
        *("-display", "none", "-monitor", "none", "-serial", "none", "-net", "none"),
        *("-chardev", "stdio,id=text", "-semihosting-config", "enable=on,target=native,chardev=text"),
        *("-kernel", str(image)),
    ]
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProfileError(
            f"the code did not end within {TIMEOUT_S} s on QEMU's {board.emulator.qemu_machine}"
        ) from None
    # A crash prints the fault's registers; one that the firmware cannot tell of ends QEMU with a signal.
    if result.returncode < 0 or "fault: status" in result.stdout:
        words = (result.stdout + result.stderr).strip()[:400]
        raise ProfileError(f"the code crashed on QEMU's {board.emulator.qemu_machine}: {words}")
    return QemuRun(result.stdout, result.returncode)


def nanoseconds_per_tick(board: Board) -> float:
    """Instructions that one SysTick tick stands for under ``-icount shift=0``."""
    return 1e9 / board.emulator.qemu_clock_hz
