"""Writing WAV files of every layout, by the format's own description."""

from __future__ import annotations

import struct

import numpy as np

_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def wav_bytes(values, sample_rate_hz, kind="i16", *, extensible=False) -> bytes:
    """A WAV file of ``values[n, channels]`` in -1..1; ``kind``: u8, i16, i24, i32, f32 or f64."""
    values = np.asarray(values, dtype=np.float64)
    bits = int(kind[1:])
    codec = 3 if kind[0] == "f" else 1
    data = _encode(values, kind)
    channels = values.shape[1]
    frame = channels * bits // 8
    code = 0xFFFE if extensible else codec
    layout = struct.pack("<HHIIHH", code, channels, sample_rate_hz, sample_rate_hz * frame, frame, bits)
    if extensible:
        layout += struct.pack("<HHI", 22, bits, 0) + struct.pack("<H", codec) + _GUID_TAIL
    parts = b"fmt " + struct.pack("<I", len(layout)) + layout
    parts += b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"WAVE" + parts


def _encode(values, kind) -> bytes:
    if kind[0] == "f":
        return values.astype(f"<f{int(kind[1:]) // 8}").tobytes()
    bits = int(kind[1:])
    full = 2 ** (bits - 1)
    integers = np.clip(np.round(values * full), -full, full - 1).astype(np.int64)
    if kind == "u8":
        return (integers + 128).astype(np.uint8).tobytes()
    if kind == "i24":
        return integers.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
    return integers.astype(f"<i{bits // 8}").tobytes()
