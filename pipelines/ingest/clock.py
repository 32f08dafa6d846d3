"""Time columns of tables: which column it is, its unit, and the sample rate that it tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.ingest import IngestError

STEP_TOLERANCE = 0.5
"""How far a step between two rows may be from the median step, as a share of it."""

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_UNIT_NAMES = {
    **{name: "s" for name in ("s", "sec", "secs", "second", "seconds")},
    **{name: "ms" for name in ("ms", "msec", "milli", "millis", "millisecond", "milliseconds")},
    **{name: "us" for name in ("us", "usec", "µs", "μs", "micro", "micros", "microsecond", "microseconds")},
    **{name: "ns" for name in ("ns", "nsec", "nano", "nanos", "nanosecond", "nanoseconds")},
}
_TIME_NAMES = frozenset(
    {"time", "timestamp", "timestamps", "t", "ts", "date", "datetime", "clock", "elapsed"}
)
_OFFSET = re.compile(rb"[+-]\d\d:?\d\d$")


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """Where the time stands: its column, its unit (``""`` where the header does not say), or dates instead."""

    column: int
    unit: str
    is_stamp: bool

    def seconds_of(self, stamps: NDArray[np.bytes_]) -> NDArray[np.float64]:
        """ISO 8601 dates (``2024-05-01 10:14:33.25``, with ``T``, ``Z`` or one offset for all) as seconds.

        Raises:
            IngestError: one of them is no such date.
        """
        plain = np.char.rstrip(stamps, b"Zz ")
        offset = _OFFSET.search(bytes(plain[0])) if plain.size else None
        if offset and np.char.endswith(plain, offset[0]).all():
            plain = np.char.replace(plain, offset[0], b"")
        try:
            moments = plain.astype("U").astype("datetime64[us]")
        except ValueError as error:
            raise IngestError(
                "file",
                f"the time column holds something else than dates like 2024-05-01T10:14:33.250: {error}",
            ) from None
        if np.isnat(moments).any():
            raise IngestError("file", "the time column lacks a date")
        seconds: NDArray[np.float64] = (moments - moments[0]).astype(np.float64) * 1e-6
        return seconds


def time_column_of(
    header: Sequence[str] | None, stamps: Sequence[bool], *, looked_for: bool
) -> TimeColumn | None:
    """The time column of a table.

    That is the first column of dates; else the first whose name says so (``time``, ``timestamp``, ``t``, with
    or without a unit: ``time_ms``, ``t [s]``, or a unit by itself: ``millis``); else, of a table without a
    header and only where it is ``looked_for``, the first of two or more columns.
    """
    if any(stamps):
        return TimeColumn(list(stamps).index(True), "s", is_stamp=True)
    for number, title in enumerate(header or ()):
        words = re.findall(r"[^\W\d_]+", title.lower())
        units = [_UNIT_NAMES[word] for word in words if word in _UNIT_NAMES]
        if words and all(word in _TIME_NAMES or word in _UNIT_NAMES for word in words):
            is_time = any(word in _TIME_NAMES for word in words) or (units and len(words[0]) > 1)
            if is_time:
                return TimeColumn(number, units[-1] if units else "", is_stamp=False)
    if header is None and looked_for and len(stamps) > 1:
        return TimeColumn(0, "", is_stamp=False)
    return None


def rate_of(ticks: NDArray[np.float64], time: TimeColumn) -> float:
    """Samples a second: the number of steps over the time that they take.

    A column without a unit is in seconds where its steps are below a half, and in milliseconds where they are
    2 or more (or by the size of Unix time: seconds, milliseconds, microseconds or nanoseconds since 1970).

    Raises:
        IngestError: under two rows, time that stands still, runs back or jumps (a step that is less than half
            or over one and a half of the median step), or a unit that cannot be told.
    """
    if ticks.size < 2:
        raise IngestError("sample_rate_hz", "one row does not tell the sample rate: give it")
    if not np.isfinite(ticks).all():
        row = int(np.argmin(np.isfinite(ticks)))
        raise IngestError("file", f"row {row + 1:,}: the time is not a number; fill it in, or remove the row")
    steps = np.diff(ticks)
    median = float(np.median(steps))
    if median == 0:
        raise IngestError(
            "file",
            "most rows of the time column bear the same time as the row before; give the sample rate instead",
        )
    if median < 0:
        raise IngestError("file", "the time column runs backwards; sort the rows by time")
    jumps = np.flatnonzero(np.abs(steps - median) > STEP_TOLERANCE * median)
    if jumps.size:
        raise IngestError(
            "file",
            f"the time column is irregular: from row {jumps[0] + 1:,} to the next it moves by {steps[jumps[0]]:g}, "
            f"elsewhere by about {median:g} ({jumps.size:,} such steps); resample the recording, "
            "or give the sample rate to ignore the column",
        )
    unit = time.unit or _guessed_unit(float(ticks[0]), median)
    rate = (ticks.size - 1) / (float(ticks[-1] - ticks[0]) * _SECONDS[unit])
    # Decimal fractions in the text must not turn 100 Hz into 99.99999999.
    return float(f"{rate:.9g}")


def _guessed_unit(first: float, step: float) -> str:
    for smallest, unit in ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s")):
        if first >= smallest and not (unit == "s" and step >= 1000):
            return unit
    if step < 0.5:
        return "s"
    if step >= 2:
        return "ms"
    raise IngestError(
        "sample_rate_hz",
        f"the time column does not say its unit and moves by {step:g} a row; name it time_s or time_ms, "
        "or give the sample rate",
    )
