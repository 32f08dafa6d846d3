"""Recordings from files: WAV, or rows of comma-separated numbers."""

from __future__ import annotations

import csv
import sys
import wave
from array import array
from io import BytesIO, StringIO
from pathlib import Path

from ._metadata import METADATA

_CHANNELS = len(METADATA.channels)


def read_recording(path: str | Path) -> array[float]:
    """The samples of a WAV or CSV file, float32 side by side; filled up with zeros to one window where it is shorter.

    Raises:
        ValueError: it is neither, or has other channels or another rate than the model takes; in words.
        OSError: it cannot be read.
    """
    place = Path(path)
    content = place.read_bytes()
    if content[:4] == b"RIFF" or place.suffix.lower() == ".wav":
        return padded(wav_samples(content))
    try:
        return padded(csv_samples(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise ValueError(f"{place.name} is neither WAV nor text: open a WAV or CSV file") from None


def padded(samples: array[float]) -> array[float]:
    """At least one window, as the model was trained: zeros behind the samples.

    Raises:
        ValueError: there are none at all.
    """
    if not samples:
        raise ValueError("the recording holds no samples")
    missing = METADATA.window_length * _CHANNELS - len(samples)
    return samples + array("f", [0.0]) * max(0, missing)


def wav_samples(content: bytes) -> array[float]:
    """Samples of a WAV file of integers, -1 to 1, side by side.

    Raises:
        ValueError: it is no such file, or has another rate or number of channels than the model takes.
    """
    try:
        with wave.open(BytesIO(content)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"no WAV file of integer samples: {error}") from None
    if rate != METADATA.sample_rate_hz:
        raise ValueError(f"the sound has {rate:,} Hz; the model takes {METADATA.sample_rate_hz:,g} Hz")
    if channels != _CHANNELS:
        raise ValueError(
            f"the sound has {channels} channel(s); the model takes {_CHANNELS}: {', '.join(METADATA.channels)}"
        )
    return array("f", (value / (1 << (8 * width - 1)) for value in _integers(data, width)))


def _integers(data: bytes, width: int) -> array[int]:
    if width == 1:
        return array("h", (value - 128 for value in data))
    if width == 3:  # the upper bytes of 32 bits, which are then shifted down
        padded_data = bytearray(len(data) // 3 * 4)
        for byte in range(3):
            padded_data[byte + 1 :: 4] = data[byte::3]
        return array("i", (value >> 8 for value in _native("i", bytes(padded_data))))
    return _native("h" if width == 2 else "i", data)


def _native(kind: str, data: bytes) -> array[int]:
    values: array[int] = array(kind)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def csv_samples(text: str) -> array[float]:
    """Columns by their names in a first row; without one, in the model's order, behind a column of times if there is
    one more.

    Raises:
        ValueError: a channel is missing, or a cell is no number; in words, with its place.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return array("f")
    separator = next((mark for mark in ",;\t" if mark in lines[0]), ",")
    rows = list(csv.reader(StringIO("\n".join(lines)), delimiter=separator, skipinitialspace=True))
    names = None if all(_is_number(cell) for cell in rows[0]) else rows[0]
    columns = _columns_without_names(rows) if names is None else _columns_of(names)
    samples = array("f")
    for number, row in enumerate(rows[0 if names is None else 1 :], 1 if names is None else 2):
        for column in columns:
            cell = row[column] if column < len(row) else ""
            if not _is_number(cell):
                raise ValueError(f"row {number}, column {column + 1}: {cell!r} is no number")
            samples.append(float(cell))
    return samples


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _columns_of(names: list[str]) -> list[int]:
    known = {name.strip().lower(): place for place, name in reversed(list(enumerate(names)))}
    for channel in METADATA.channels:
        if channel.lower() not in known:
            raise ValueError(f"there is no column {channel!r}; there are {', '.join(names)}")
    return [known[channel.lower()] for channel in METADATA.channels]


def _columns_without_names(rows: list[list[str]]) -> list[int]:
    width = len(rows[0])
    if width not in (_CHANNELS, _CHANNELS + 1):
        raise ValueError(
            f"the rows have {width} columns; the model takes {_CHANNELS}: {', '.join(METADATA.channels)}"
        )
    return [width - _CHANNELS + channel for channel in range(_CHANNELS)]
