"""The AVR chips that a model can be built for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chip:
    """An ATmega on its usual board.

    Args:
        mcu: what the compiler calls it.
        title: the chip, and boards that have it.
        flash_bytes: of the chip, less its usual bootloader.
        ram_bytes, clock_hz: as on these boards.
        inputs: analogue pins.
        programmer: what avrdude calls the way to its bootloader.
        source: where the figures are from.
    """

    mcu: str
    title: str
    flash_bytes: int
    ram_bytes: int
    clock_hz: int
    inputs: int
    programmer: str
    source: str


CHIPS = {
    chip.mcu: chip
    for chip in (
        Chip(
            "atmega328p",
            "ATmega328P (Arduino Uno, Nano)",
            32 * 1024 - 512,
            2 * 1024,
            16_000_000,
            6,
            "arduino",
            "Microchip DS40002061B, section 2",
        ),
        Chip(
            "atmega2560",
            "ATmega2560 (Arduino Mega)",
            256 * 1024 - 8 * 1024,
            8 * 1024,
            16_000_000,
            16,
            "wiring",
            "Atmel 2549Q, section 2",
        ),
        Chip(
            "atmega1284p",
            "ATmega1284P",
            128 * 1024 - 1024,
            16 * 1024,
            16_000_000,
            8,
            "arduino",
            "Atmel 8272G, section 2",
        ),
    )
}
