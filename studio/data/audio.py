"""A signal as a WAV file that a browser plays: 16-bit PCM, mono, made piece by piece."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from pipelines.signals import FloatArray, Signal
from studio.downloads import Content

LOWEST_SAMPLE_RATE_HZ = 4000
"""Below this there is nothing to hear, and browsers refuse to play it (3 kHz is their floor)."""

_HEADER_BYTES = 44
_BYTES_A_VALUE = 2
_ROWS_AT_ONCE = 65_536


class WavFile(Content):
    """The mean of all channels, scaled down where it would clip.

    The header is the canonical one of the Multimedia Programming Interface 1.0 (RIFF, fmt, data).
    """

    def __init__(self, signal: Signal, content_hash: str) -> None:
        self._values = signal.values
        self._rate = max(1, round(signal.sample_rate_hz))
        self.size_bytes = _HEADER_BYTES + _BYTES_A_VALUE * len(signal.values)
        self.etag = f'"wav-{content_hash}"'

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        scale = 32767.0 / max(1.0, self._peak())
        if start < _HEADER_BYTES:
            yield self._header()[start:stop]
        first = max(0, start - _HEADER_BYTES)
        last = max(0, stop - _HEADER_BYTES)
        row = first // _BYTES_A_VALUE
        while row * _BYTES_A_VALUE < last:
            pcm = np.rint(_mono(self._values[row : row + _ROWS_AT_ONCE]) * scale).astype("<i2").tobytes()
            offset = row * _BYTES_A_VALUE
            yield pcm[max(0, first - offset) : last - offset]
            row += _ROWS_AT_ONCE

    def _peak(self) -> float:
        starts = range(0, len(self._values), _ROWS_AT_ONCE)
        return max(
            (float(np.abs(_mono(self._values[start : start + _ROWS_AT_ONCE])).max()) for start in starts),
            default=0.0,
        )

    def _header(self) -> bytes:
        data_bytes = self.size_bytes - _HEADER_BYTES
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            self.size_bytes - 8,
            b"WAVE",
            b"fmt ",
            16,
            1,
            1,
            self._rate,
            self._rate * _BYTES_A_VALUE,
            _BYTES_A_VALUE,
            8 * _BYTES_A_VALUE,
            b"data",
            data_bytes,
        )


def _mono(values: FloatArray) -> FloatArray:
    return np.nan_to_num(values.mean(axis=1, dtype=np.float32))
