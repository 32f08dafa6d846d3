"""WAV: every layout is read to the value, and what lies about itself is refused."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest import IngestError, IngestOptions, read_signal
from tests.pipelines.ingest.wav_files import wav_bytes


def read(tmp_path, content, name="a.wav", **options):
    path = tmp_path / "upload"
    path.write_bytes(content)
    return read_signal(path, name, IngestOptions(**options))


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("channels", [1, 2, 3, 7])
@pytest.mark.parametrize(
    ("kind", "tolerance"),
    [("u8", 1 / 128), ("i16", 1 / 32768), ("i24", 2e-7), ("i32", 1e-7), ("f32", 0), ("f64", 1e-7)],
)
def test_every_layout_is_read_to_the_value(tmp_path, kind, tolerance, channels, extensible):
    values = np.random.default_rng(3).uniform(-1, 1, (101, channels)).astype(np.float32)
    values[0] = -1
    signal = read(tmp_path, wav_bytes(values, 8000, kind, extensible=extensible))
    np.testing.assert_allclose(signal.values, values, rtol=0, atol=tolerance)
    assert signal.values.min() == -1
    assert signal.sample_rate_hz == 8000
    assert signal.channels == (
        ("audio",) if channels == 1 else tuple(f"audio_{number + 1}" for number in range(channels))
    )


def test_other_parts_of_odd_length_are_passed_over(tmp_path):
    plain = wav_bytes(np.full((3, 1), 0.5), 8000, "i16")
    odd = plain[:12] + b"LIST" + struct.pack("<I", 5) + b"hello\0" + plain[12:]
    assert read(tmp_path, odd).values[:, 0].tolist() == [0.5, 0.5, 0.5]


def test_a_wav_is_known_by_its_content_whatever_its_name(tmp_path):
    assert read(tmp_path, wav_bytes(np.zeros((4, 1)), 8000, "i16"), name="voice.csv").channels == ("audio",)


GOOD = wav_bytes(np.zeros((100, 2)), 8000, "i16")


def patched(offset, value):
    return GOOD[:offset] + value + GOOD[offset + len(value) :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD[:8], "this is no WAV file"),
        (GOOD[:30], "cut off"),
        (GOOD[:-10], "its 'data' part claims 400 bytes, 390 are left"),
        (patched(40, b"\xff\xff\xff\xff"), "its 'data' part claims 4,294,967,295 bytes"),
        (patched(40, b"\0\0\0\0"), "holds no audio"),
        (GOOD[:36], "its data part is missing"),
        (patched(40, struct.pack("<I", 399)), "ends within a frame"),
        (patched(20, struct.pack("<H", 6)), "compressed (A-law)"),
        (patched(20, struct.pack("<H", 0xFFFE)), "extended format is not known"),
        (patched(22, struct.pack("<H", 0)), "0 channels"),
        (patched(24, struct.pack("<I", 0)), "0 samples a second"),
        (patched(34, struct.pack("<H", 64)), "64-bit PCM is not read"),
        (patched(32, struct.pack("<H", 3)), "are 4 bytes, the file says 3"),
        (patched(0, b"RIFX"), "RIFX files are not read"),
        (GOOD[:12] + GOOD[36:], "the audio comes before its format"),
        (wav_bytes(np.full((5, 1), np.nan), 8000, "f32"), "row 1, audio: the value is not a finite number"),
        (b"not a sound", "this is no WAV file"),
    ],
)
def test_a_bad_wav_is_refused_in_words(tmp_path, content, message):
    with pytest.raises(IngestError) as caught:
        read(tmp_path, content)
    assert message in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8),
    length=st.integers(0, len(GOOD)),
)
def test_a_damaged_wav_gives_a_signal_or_an_error_in_words(tmp_path_factory, edits, length):
    content = bytearray(GOOD)
    for place, value in edits:
        content[place] = value
    try:
        signal = read(tmp_path_factory.mktemp("wav"), bytes(content[:length]))
    except IngestError:
        return
    assert np.isfinite(signal.values).all()
    assert signal.values.size <= len(GOOD)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.write(GOOD)
        file.truncate(2 * 1024**3)
    with pytest.raises(IngestError, match=r"the file has 2,147.5 MB, at most 200 MB are taken"):
        read_signal(path, "huge.wav")
