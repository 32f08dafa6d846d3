"""WAV: integer PCM of 8, 16, 24 and 32 bits and float of 32 and 64 bits, any number of channels.

Source: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (1991), chapter
"Waveform Audio File Format", and Microsoft's WAVEFORMATEXTENSIBLE.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipelines.ingest import IngestError, IngestOptions, check_size, reader
from pipelines.signals import FloatArray, Signal

_PCM = 1
_FLOAT = 3
_EXTENSIBLE = 0xFFFE
_OTHER_CODECS = {2: "Microsoft ADPCM", 6: "A-law", 7: "mu-law", 0x11: "IMA ADPCM", 0x55: "MP3"}
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_MOST_CHUNKS = 1000
_FRAMES_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True)
class _Layout:
    codec: int
    channels: int
    sample_rate_hz: int
    bytes_a_value: int


@reader(
    "WAV", (".wav", ".wave"), lambda head: head[:4] in {b"RIFF", b"RIFX", b"RF64"} and head[8:12] == b"WAVE"
)
def read_wav(path: Path, options: IngestOptions) -> Signal:
    """A WAV file's values, integers scaled to -1..1, floats as they are.

    The channel of a mono file is called ``audio``, those of others ``audio_1``, ``audio_2``, ...

    Raises:
        IngestError: no WAV, a compressed one, or one that claims more than the file holds.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        layout, start, length = _find(file, size)
    frame_bytes = layout.channels * layout.bytes_a_value
    if length % frame_bytes:
        raise IngestError("file", f"the audio ends within a frame: {length:,} bytes of {frame_bytes} a frame")
    frames = length // frame_bytes
    if not frames:
        raise IngestError("file", "the WAV holds no audio")
    check_size(frames, layout.channels)
    values = np.empty((frames, layout.channels), dtype=np.float32)
    with path.open("rb") as file:
        file.seek(start)
        for first in range(0, frames, _FRAMES_AT_ONCE):
            part = values[first : first + _FRAMES_AT_ONCE]
            raw = file.read(len(part) * frame_bytes)
            if len(raw) != len(part) * frame_bytes:
                raise IngestError("file", "the file became shorter while it was read; send it again")
            part[:] = _decode(raw, layout).reshape(part.shape)
    names = tuple(f"audio_{number + 1}" for number in range(layout.channels))
    return Signal(values, float(layout.sample_rate_hz), names if layout.channels > 1 else ("audio",))


def _find(file: BinaryIO, size: int) -> tuple[_Layout, int, int]:
    """The layout, and where the audio begins and how long it is, in bytes."""
    head = file.read(12)
    if head[:4] in {b"RIFX", b"RF64"}:
        raise IngestError("file", f"{head[:4].decode()} files are not read; save it as an ordinary WAV")
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise IngestError("file", "this is no WAV file: it does not begin with RIFF and WAVE")
    layout: _Layout | None = None
    for _ in range(_MOST_CHUNKS):
        chunk = file.read(8)
        if len(chunk) < 8:
            break
        kind, length = chunk[:4], int.from_bytes(chunk[4:], "little")
        start = file.tell()
        if start + length > size:
            raise IngestError(
                "file",
                f"the file is cut off: its {_printable(kind)} part claims {length:,} bytes, {size - start:,} are left",
            )
        if kind == b"fmt " and layout is None:
            layout = _layout(file.read(min(length, 64)))
        elif kind == b"data":
            if layout is None:
                raise IngestError("file", "the audio comes before its format; save the file anew")
            return layout, start, length
        file.seek(start + length + length % 2)
    raise IngestError("file", "the WAV has no audio: its data part is missing")


def _layout(chunk: bytes) -> _Layout:
    if len(chunk) < 16:
        raise IngestError("file", f"the format part has {len(chunk)} bytes, 16 are needed")
    codec, channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", chunk[:16])
    if codec == _EXTENSIBLE:
        if len(chunk) < 40 or chunk[26:40] != _GUID_TAIL:
            raise IngestError("file", "the extended format is not known; save it as 16-bit PCM")
        codec = int.from_bytes(chunk[24:26], "little")
    if codec not in {_PCM, _FLOAT}:
        name = _OTHER_CODECS.get(codec, f"codec {codec:#06x}")
        raise IngestError("file", f"the audio is compressed ({name}); save it as 16-bit PCM")
    allowed = (8, 16, 24, 32) if codec == _PCM else (32, 64)
    # A value of 12 or 20 bits lies in the upper bits of its container.
    container = -(-bits // 8) * 8
    if container not in allowed:
        raise IngestError(
            "file", f"{bits}-bit {'PCM' if codec == _PCM else 'float'} is not read; save it as 16-bit PCM"
        )
    if not channels or not rate:
        missing = "channels" if not channels else "samples a second"
        raise IngestError("file", f"the format claims 0 {missing}")
    if frame_bytes != channels * container // 8:
        raise IngestError(
            "file",
            f"{channels} channels of {bits} bits are {channels * container // 8} bytes, the file says {frame_bytes}",
        )
    return _Layout(codec, channels, rate, container // 8)


def _decode(raw: bytes, layout: _Layout) -> FloatArray:
    """Flat float32 values of raw frames."""
    if layout.codec == _FLOAT:
        # A 64-bit value beyond float32 becomes infinite, which read_signal tells.
        with np.errstate(over="ignore"):
            return np.frombuffer(raw, f"<f{layout.bytes_a_value}").astype(np.float32)
    if layout.bytes_a_value == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if layout.bytes_a_value == 3:
        return _int24(raw).astype(np.float32) / np.float32(2**31)
    integers = np.frombuffer(raw, f"<i{layout.bytes_a_value}")
    return integers.astype(np.float32) / np.float32(2 ** (8 * layout.bytes_a_value - 1))


def _int24(raw: bytes) -> NDArray[np.int32]:
    """24-bit values in the upper bytes of 32-bit ones, so that the sign comes along."""
    padded = np.zeros((len(raw) // 3, 4), dtype=np.uint8)
    padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
    return padded.view("<i4").reshape(-1)


def _printable(kind: bytes) -> str:
    return repr(kind.decode("latin-1").strip())
