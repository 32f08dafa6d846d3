"""The C programs around the library: the firmware, and the self-test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from string import Template

from deploy_targets.avr.chips import Chip
from deploy_targets.base import SelfTest, TargetError
from deploy_targets.c_library.selftest import TOLERANCE
from pipelines.compile.c_text import c_number
from pipelines.compile.library import Library
from pipelines.signals import FloatArray
from pipelines.spec import InputSpec

_TEMPLATES = Path(__file__).parent / "templates"

_TIMER_BITS = {1: "_BV(CS10)", 8: "_BV(CS11)", 64: "_BV(CS11) | _BV(CS10)", 256: "_BV(CS12)"}
_TIMER_BITS[1024] = "_BV(CS12) | _BV(CS10)"
_CONVERTER_BITS = {
    128: "_BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0)",
    64: "_BV(ADPS2) | _BV(ADPS1)",
    32: "_BV(ADPS2) | _BV(ADPS0)",
}
_CONVERSION_CLOCKS = 15
"""Of the converter, a little more than its 13.5, for the interrupt (ATmega328P data sheet, table 24-1)."""

_IN_FLASH = """\
/* Constants stay in flash, which an AVR reads with pointers of a kind of their own. */
#define THIMBLE_CONST const __flash

"""

_MAX_BUFFERED = 250
_SPARE_POINTS = 2
_MAX_WINDOWS = 8
_MAX_TEST_BYTES = 40 * 1024
"""Constants must lie in the first 64 kB of flash, where 16-bit addresses reach."""


def library_files(library: Library, constants_in_flash: bool) -> dict[str, str]:
    """The library's files under ``src/``; with constants in flash they say so themselves, whatever builds them."""
    top = _IN_FLASH if constants_in_flash else ""
    return {
        f"src/{name}": top + text if name.endswith(".c") else text for name, text in library.files.items()
    }


def fixed_files() -> dict[str, str]:
    """Headers of the programs, the same for all."""
    return {f"avr/{name}": (_TEMPLATES / name).read_text() for name in ("meter.h", "uart.h")}


def firmware(library: Library, window: InputSpec, chip: Chip, longest_push_s: float | None) -> str:
    """The program that classifies voltages.

    Args:
        longest_push_s: how long readings have to wait at most; None where that is not known.

    Raises:
        TargetError: the chip's converter is too slow for the pipeline's sample rate.
    """
    channels = len(window.channels)
    if longest_push_s is None:
        buffered, reason = 16, "how many have to was not measured."
    else:
        waiting = math.ceil(longest_push_s * window.sample_rate_hz) + _SPARE_POINTS
        buffered = min(waiting, _MAX_BUFFERED)
        reason = f"the longest push takes {longest_push_s * 1000:.3g} ms."
    prescaler, top = _timer(window.sample_rate_hz, chip.clock_hz)
    has_more_inputs = chip.inputs > 8
    return _filled(
        "firmware.c",
        library,
        inputs=", ".join(str(channel % chip.inputs) for channel in range(channels)),
        buffered=str(buffered),
        buffered_reason=reason,
        high_inputs="    ADCSRB = INPUTS[which] & 8 ? _BV(MUX5) : 0;\n" if has_more_inputs else "",
        adc_prescaler=_CONVERTER_BITS[_converter_prescaler(window, chip)],
        timer_prescaler=_TIMER_BITS[prescaler],
        timer_top=str(top),
        timer_hz=f"{chip.clock_hz / prescaler / (top + 1):.6g}",
    )


def selftest(library: Library, self_test: SelfTest, flash_left_bytes: int) -> str:
    """The self-test, with as many windows as the flash holds; at least one."""
    window_bytes = 4 * (library.window_floats + len(library.labels))
    fitting = min(flash_left_bytes, _MAX_TEST_BYTES) // window_bytes
    count = max(1, min(len(self_test.windows), _MAX_WINDOWS, fitting))
    return _filled(
        "selftest.c",
        library,
        count=str(count),
        tolerance=c_number(TOLERANCE[library.variant]),
        windows=_rows(self_test.windows[:count].reshape(count, -1)),
        expected=_rows(self_test.probabilities[:count]),
    )


def sketch(library: Library, chip: Chip) -> str:
    """The same as the firmware, for the Arduino IDE."""
    pins = ", ".join(f"A{channel % chip.inputs}" for channel in range(len(library.channels)))
    return _filled("sketch.ino", library, pins=pins)


def makefile(library: Library, chip: Chip) -> str:
    """Builds both programs, runs the self-test in simavr, writes them to the board."""
    return _filled(
        "Makefile.txt",
        library,
        title=chip.title,
        mcu=chip.mcu,
        clock_hz=str(chip.clock_hz),
        programmer=chip.programmer,
        sources=" ".join(f"src/{name}" for name in sorted(library.files) if name.endswith(".c")),
    )


def _timer(rate_hz: float, clock_hz: int) -> tuple[int, int]:
    """Prescaler and top value of a 16-bit timer that comes nearest to a rate."""
    for prescaler in _TIMER_BITS:
        top = round(clock_hz / prescaler / rate_hz) - 1
        if top < 65536:
            return prescaler, max(top, 0)
    slowest_hz = clock_hz / 1024 / 65536
    raise TargetError(
        f"the pipeline's {rate_hz:g} values a second are fewer than a timer of this chip can count: "
        f"{slowest_hz:.2g} at least",
        field="mcu",
    )


def _converter_prescaler(window: InputSpec, chip: Chip) -> int:
    readings_hz = window.sample_rate_hz * len(window.channels)
    for prescaler in _CONVERTER_BITS:
        if readings_hz * prescaler * _CONVERSION_CLOCKS <= chip.clock_hz:
            return prescaler
    most_hz = chip.clock_hz / _CONVERSION_CLOCKS / min(_CONVERTER_BITS)
    raise TargetError(
        f"the pipeline needs {readings_hz:,.0f} readings a second; the converter of an {chip.title} gives at most "
        f"{most_hz:,.0f}",
        field="mcu",
    )


def _rows(values: FloatArray) -> str:
    """Initialisers of a two-dimensional array."""
    return "".join(f"    {{\n{_lines(row.tolist())}    }},\n" for row in values)


def _lines(row: list[float]) -> str:
    texts = [c_number(float(value)) for value in row]
    lines = [", ".join(texts[start : start + 8]) for start in range(0, len(texts), 8)]
    return "".join(f"        {line},\n" for line in lines)


def _filled(template: str, library: Library, **values: str) -> str:
    names: Mapping[str, str] = {"name": library.name, "NAME": library.name.upper()}
    return Template((_TEMPLATES / template).read_text()).substitute(names, **values)
