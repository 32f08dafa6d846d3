"""Choosing the format, and that no bytes whatever break the reader."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest import IngestError, IngestOptions, read_signal


def test_an_unknown_type_is_told_which_ones_are_read(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(b"whatever")
    with pytest.raises(IngestError, match=r"files of type .xyz are not read; send .*CSV .*WAV"):
        read_signal(path, "a.xyz")


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "a.wav").touch()
    with pytest.raises(IngestError, match="file: the file is empty"):
        read_signal(tmp_path / "a.wav", "a.wav")


text_bytes = st.text(alphabet="0123456789.,;-+eE \t\r\n\"'tTxyNan_:{}[]", max_size=300).map(str.encode)
beginnings = st.sampled_from(
    [b"", b"RIFF\x00\x00\x00\x00WAVE", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"{", b"time_ms,x\n"]
)


@settings(max_examples=400, deadline=None)
@given(
    beginning=beginnings,
    rest=st.binary(max_size=300) | text_bytes,
    name=st.sampled_from(["a.wav", "a.csv", "a.json", "a.txt", "a"]),
    rate=st.sampled_from([None, 10.0]),
)
def test_any_bytes_give_a_signal_or_an_error_in_words(tmp_path_factory, beginning, rest, name, rate):
    path = tmp_path_factory.mktemp("any") / "upload"
    path.write_bytes(beginning + rest)
    try:
        signal = read_signal(path, name, IngestOptions(sample_rate_hz=rate))
    except IngestError:
        return
    assert signal.values.dtype == np.float32
    assert np.isfinite(signal.values).all()
    assert len(signal.values)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lines.csv", b"1\n" * 1_000_000),
        ("columns.csv", b"1," * 1_000_000),
        ("deep.json", b'{"payload":' + b"[" * 1_000_000),
        ("wide.json", b'{"payload":[' + b"[]," * 600_000 + b"[]]}"),
        ("claims.wav", b"RIFF\xff\xff\xff\xffWAVE" + b"data\xff\xff\xff\xff" * 200_000),
    ],
)
def test_a_hostile_file_takes_no_more_than_some_fifty_times_its_size(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    tracemalloc.start()
    try:
        read_signal(tmp_path / name, name, IngestOptions(sample_rate_hz=1))
    except IngestError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 50 * len(content) + 20_000_000
