"""The boards that a library can be measured for: one TOML file each, in this folder.

A new board is a new file; its ``source`` names the datasheet that its figures are from.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.profile.errors import ProfileError

_FOLDER = Path(__file__).parent


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolchainFlags(_Table):
    """What tells each compiler which core to build for."""

    gcc: tuple[str, ...] = Field(min_length=1)
    zig: tuple[str, ...] = Field(min_length=1)


class EmulatorSettings(_Table):
    """Which emulated machine runs this core's code, and where that machine has its memory.

    ``unicorn`` is absent where Unicorn lacks the core; then QEMU runs it.
    """

    unicorn: Literal["CORTEX_M0", "CORTEX_M3", "CORTEX_M4", "CORTEX_M7", "CORTEX_M33"] | None = None
    qemu_machine: str
    qemu_clock_hz: int = Field(gt=0)
    vectors_origin: int = Field(ge=0)
    code_origin: int = Field(ge=0)
    ram_origin: int = Field(ge=0)


class FlashCache(_Table):
    """A cache between core and flash: ``sets`` times ``ways`` lines."""

    line_bytes: int = Field(gt=0)
    sets: int = Field(gt=0)
    ways: int = Field(gt=0)

    @property
    def size_bytes(self) -> int:
        return self.line_bytes * self.sets * self.ways


class FlashTiming(_Table):
    """How long the core waits for its flash at the board's clock.

    Args:
        wait_states: cycles that reading a line (``read_bytes``, or one of a cache) takes longer than reading RAM.
        read_bytes: what one read of the flash brings.
        prefetch: the line that follows is read while the core executes the present one.
        instruction_cache, data_cache: absent where there is none.
        source: where these figures are from.
    """

    wait_states: int = Field(ge=0)
    read_bytes: int = Field(default=4, gt=0)
    prefetch: bool = False
    instruction_cache: FlashCache | None = None
    data_cache: FlashCache | None = None
    source: str


class Power(_Table):
    """What the chip draws while its core runs at the board's clock, peripherals off: typical, from its data sheet."""

    active_ma: float = Field(gt=0)
    supply_v: float = Field(gt=0)
    source: str


class Board(_Table):
    """A device profile: core, clock, flash, RAM, and what the core can do beside integers."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    core: str
    clock_hz: int = Field(gt=0)
    flash_bytes: int = Field(gt=0)
    ram_bytes: int = Field(gt=0)
    fpu: Literal["none", "single", "double"]
    dsp: bool
    mve: bool
    note: str = ""
    source: str
    flash: FlashTiming
    power: Power | None = None
    toolchain: ToolchainFlags
    emulator: EmulatorSettings

    def identity(self) -> dict[str, Any]:
        """Everything that a measurement depends on: the input of hashes."""
        return self.model_dump(mode="json", exclude={"power"})

    def summary(self) -> dict[str, Any]:
        """What a person chooses a board by (JSON)."""
        return self.model_dump(mode="json", exclude={"flash", "power", "toolchain", "emulator"})


@cache
def boards() -> tuple[Board, ...]:
    """Every board, by title; those that stand for any board of a core come last."""
    found = [Board.model_validate(tomllib.loads(path.read_text())) for path in _FOLDER.glob("*.toml")]
    return tuple(sorted(found, key=lambda board: (board.title.startswith("Any "), board.title)))


def board_of(board_id: str) -> Board:
    """The board of that id.

    Raises:
        ProfileError: there is none; the message names those that there are.
    """
    for board in boards():
        if board.id == board_id:
            return board
    known = ", ".join(sorted(board.id for board in boards()))
    raise ProfileError(f"no board {board_id!r}; there are {known}", field="board")
