"""A recording's outline, its sound and its original file."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from studio.data.envelope import envelope
from studio.data.models import Sample
from studio.projects.models import Project
from tests.studio.helpers import wav_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project, upload: Callable[..., Any]) -> str:
    """The address of a sample of 500 ms at 8 kHz."""
    return f"/api/v1/projects/{project.pk}/samples/{upload(1)['id']}/"


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def values_of(url: str) -> np.ndarray:
    from studio import storage

    return np.load(storage.local_path(Sample.objects.get(pk=url.rstrip("/").rpartition("/")[2]).signal_key))


@given(st.integers(0, 500), st.integers(1, 3), st.integers(1, 600), st.data())
def test_the_outline_contains_every_value_and_no_other(
    rows: int, channels: int, points: int, data: Any
) -> None:
    values = np.random.default_rng(rows).normal(size=(rows, channels)).astype(np.float32)
    start = data.draw(st.integers(0, rows))
    stop = data.draw(st.integers(start, rows))
    outline = envelope(values, 100.0, start, stop, points)
    assert len(outline.t_ms) == min(points, stop - start)
    bounds = [round(t * 0.1) for t in outline.t_ms] + [stop]
    for channel in range(channels):
        for at, (low, high) in enumerate(
            zip(outline.minimum[channel], outline.maximum[channel], strict=True)
        ):
            part = values[bounds[at] : bounds[at + 1], channel]
            assert (low, high) == (float(part.min()), float(part.max()))


def test_a_value_that_is_no_number_is_left_out_of_the_outline() -> None:
    values = np.array([[1.0], [np.nan], [np.inf], [2.0]], dtype=np.float32)
    assert envelope(values, 1.0, 0, 4, 10).minimum == [[1.0, None, None, 2.0]]


def test_the_waveform_is_an_outline_of_the_part_that_is_asked_for(viewer: APIClient, url: str) -> None:
    values = values_of(url)
    whole = viewer.get(f"{url}waveform/", {"points": 100}).json()
    assert (whole["start_ms"], whole["end_ms"], len(whole["t_ms"])) == (0.0, 500.0, 100)
    assert min(whole["min"][0]) == float(values.min())
    assert max(whole["max"][0]) == float(values.max())
    part = viewer.get(f"{url}waveform/", {"points": 1000, "start_ms": 100, "end_ms": 110}).json()
    assert part["min"][0] == part["max"][0] == values[800:880, 0].tolist()
    assert part["t_ms"][:2] == [100.0, 100.125]


def test_beyond_its_end_the_waveform_is_empty(viewer: APIClient, url: str) -> None:
    answer = viewer.get(f"{url}waveform/", {"start_ms": 9000, "end_ms": 9999}).json()
    assert (answer["t_ms"], answer["min"]) == ([], [[]])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": 10**12}, "points"),
        ({"points": "9" * 5000}, "points"),
        ({"start_ms": -1}, "start_ms"),
        ({"start_ms": "nan"}, "start_ms"),
        ({"end_ms": "inf"}, "end_ms"),
        ({"start_ms": 200, "end_ms": 100}, "end_ms"),
    ],
)
def test_a_part_that_cannot_be_is_refused(
    viewer: APIClient, url: str, query: dict[str, Any], field: str
) -> None:
    answer = viewer.get(f"{url}waveform/", query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_the_audio_is_a_wav_file_of_the_recording(viewer: APIClient, url: str) -> None:
    answer = viewer.get(f"{url}audio.wav")
    assert answer["Content-Type"] == "audio/wav"
    content = body_of(answer)
    assert int(answer["Content-Length"]) == len(content)
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        played = np.frombuffer(file.readframes(4000), dtype="<i2")
    recorded = values_of(url)[:, 0]
    scale = 32767 / max(1.0, float(np.abs(recorded).max()))
    assert np.array_equal(played, np.rint(recorded * np.float32(scale)).astype(np.int16))


@pytest.mark.parametrize("part", [(0, 10), (40, 50), (43, 46), (100, 101), (8000, 8044), (0, 8044)])
def test_any_part_of_the_audio_is_that_part(viewer: APIClient, url: str, part: tuple[int, int]) -> None:
    whole = body_of(viewer.get(f"{url}audio.wav"))
    start, stop = part
    answer = viewer.get(f"{url}audio.wav", HTTP_RANGE=f"bytes={start}-{stop - 1}")
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/8044"
    assert body_of(answer) == whole[start:stop]


def test_what_is_too_slow_to_hear_is_refused(
    viewer: APIClient, upload: Callable[..., Any], project: Project
) -> None:
    sample = upload(file=wav_file(5, sample_rate_hz=1000, seconds=1))
    answer = viewer.get(f"/api/v1/projects/{project.pk}/samples/{sample['id']}/audio.wav")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "sample_rate_hz"


def test_the_original_comes_back_byte_for_byte_as_a_download(viewer: APIClient, url: str) -> None:
    answer = viewer.get(f"{url}original/")
    assert body_of(answer) == wav_file(1).read()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('attachment; filename="yes.0001.wav"')


def test_a_name_in_any_script_survives_the_download(
    viewer: APIClient, upload: Callable[..., Any], project: Project
) -> None:
    sample = upload(file=SimpleUploadedFile('grüße "1"; 漢.wav', wav_file(9).read()))
    answer = viewer.get(f"/api/v1/projects/{project.pk}/samples/{sample['id']}/original/")
    header = answer["Content-Disposition"]
    assert header.isascii()
    assert "\n" not in header
    assert "filename*=UTF-8''gr%C3%BC%C3%9Fe%20%221%22%3B%20%E6%BC%A2.wav" in header


@pytest.mark.parametrize(
    ("header", "status", "part"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=8000-", 206, (8000, 8044)),
        ("bytes=-44", 206, (8000, 8044)),
        ("bytes=-99999999", 206, (0, 8044)),
        ("bytes=8043-999999", 206, (8043, 8044)),
        ("bytes=8044-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=10-5", 200, (0, 8044)),
        ("bytes=0-1,5-6", 200, (0, 8044)),
        ("bytes=-", 200, (0, 8044)),
        ("bytes=a-b", 200, (0, 8044)),
        ("bytes=99999999999999999999999-", 200, (0, 8044)),
        ("lines=1-2", 200, (0, 8044)),
    ],
)
def test_ranges_are_answered_as_the_rfc_says(
    viewer: APIClient, url: str, header: str, status: int, part: tuple[int, int] | None
) -> None:
    content = wav_file(1).read()
    answer = viewer.get(f"{url}original/", HTTP_RANGE=header)
    assert answer.status_code == status
    if part is None:
        assert answer["Content-Range"] == "bytes */8044"
        assert answer.json()["errors"]
    else:
        assert body_of(answer) == content[slice(*part)]
        assert int(answer["Content-Length"]) == part[1] - part[0]


def test_what_the_browser_has_already_is_not_sent_again(viewer: APIClient, url: str) -> None:
    etag = viewer.get(f"{url}original/")["ETag"]
    assert viewer.get(f"{url}original/", HTTP_IF_NONE_MATCH=etag).status_code == 304
    stale = viewer.get(f"{url}original/", HTTP_RANGE="bytes=0-9", HTTP_IF_RANGE='"other"')
    assert stale.status_code == 200


def test_head_tells_the_size_and_sends_nothing(viewer: APIClient, url: str) -> None:
    answer = viewer.head(f"{url}original/")
    assert (answer.status_code, answer["Content-Length"]) == (200, "8044")
    assert answer.content if not answer.streaming else body_of(answer) == b""


def test_a_file_that_is_gone_from_storage_is_404(viewer: APIClient, url: str) -> None:
    from studio import storage

    sample = Sample.objects.get()
    storage.delete([sample.original_key, sample.signal_key])
    for name in ("original/", "waveform/", "audio.wav"):
        assert viewer.get(f"{url}{name}").status_code == 404
