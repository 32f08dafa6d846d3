"""The environments of the project: which board, which program, which libraries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """One ``[env:...]`` of ``platformio.ini``.

    Args:
        name: of the environment and of its folder in ``src``.
        board_title, needs: for people.
        platform, board: as PlatformIO calls them.
        program: the sketch that is its main file.
        more: further lines of its section.
    """

    name: str
    board_title: str
    needs: str
    platform: str
    board: str
    program: str
    more: tuple[str, ...] = ()

    def settings(self) -> str:
        """Its section."""
        lines = [
            f"platform = {self.platform}",
            f"board = {self.board}",
            f"build_src_filter = +<{self.name}/>",
        ]
        return "\n".join(["", f"[env:{self.name}]", *lines, *self.more, ""])


_PICO_PLATFORM = "https://github.com/maxgerhardt/platform-raspberrypi.git"
"""PlatformIO's own platform has Arduino's Mbed core, which cannot sample a pin at a fixed rate in the background."""


def environments(programs: Collection[str]) -> tuple[Environment, ...]:
    """The environments for which there is a program."""
    known = (
        _nano("motion_nano33ble", "nothing", ("lib_deps = arduino-libraries/Arduino_LSM9DS1@^1.1.1",)),
        _nano("microphone_nano33ble", "nothing"),
        _nano("analogue", "a voltage at a pin for each channel"),
        _esp32("motion_mpu6050", "an MPU-6050"),
        _esp32("microphone_esp32", "an I2S microphone, such as INMP441"),
        _esp32("analogue", "a voltage at a pin for each channel"),
        _pico("motion_mpu6050", "an MPU-6050"),
        _pico("microphone_pico", "an analogue microphone, such as MAX4466"),
        _pico("analogue", "a voltage at a pin for each channel"),
    )
    return tuple(one for one in known if one.program in programs)


def _nano(program: str, needs: str, more: tuple[str, ...] = ()) -> Environment:
    return Environment(
        "nano33ble", "Arduino Nano 33 BLE Sense", needs, "nordicnrf52", "nano33ble", program, more
    )


def _esp32(program: str, needs: str) -> Environment:
    return Environment("esp32dev", "ESP32 development board", needs, "espressif32", "esp32dev", program)


def _pico(program: str, needs: str) -> Environment:
    more = ("board_build.core = earlephilhower",)
    return Environment("pico", "Raspberry Pi Pico", needs, _PICO_PLATFORM, "pico", program, more)
