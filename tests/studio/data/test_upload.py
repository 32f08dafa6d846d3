from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from pipelines.ingest.split import automatic_split
from studio import storage
from studio.data.models import Sample, Split
from studio.projects.models import Project
from tests.studio.helpers import wav_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/samples/"


def stored_files() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def incoming_files() -> list[Path]:
    return list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())


def fields_of(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


def send(client: APIClient, url: str, **fields: Any) -> Any:
    return client.post(url, fields, format="multipart")


def test_an_upload_becomes_a_sample(editor: APIClient, url: str) -> None:
    answer = send(editor, url, file=wav_file(1, seconds=0.5, sample_rate_hz=8000, name="yes.0001.wav"))
    assert answer.status_code == 201
    sample = answer.json()
    assert (sample["name"], sample["label"]) == ("yes.0001.wav", "yes")
    assert (sample["duration_ms"], sample["sample_rate_hz"]) == (500.0, 8000.0)
    assert len(sample["channels"]) == len(sample["units"]) == 1
    assert sample["size_bytes"] == 44 + 2 * 4000
    assert sample["spans"] == []
    assert editor.get(f"{url}{sample['id']}/").json() == sample
    assert len(stored_files()) == 2
    assert incoming_files() == []


def test_the_label_is_the_folders_and_a_given_one_goes_first(upload: Callable[..., Any]) -> None:
    assert upload(1, path="recordings/wave/01.wav")["label"] == "wave"
    assert upload(2, path="recordings/wave/02.wav", label="shake")["label"] == "shake"
    assert upload(3, path="recordings/wave/03.wav", label="")["label"] == ""


def test_metadata_split_and_group_are_kept(upload: Callable[..., Any]) -> None:
    sample = upload(1, metadata=json.dumps({"volunteer": 7}), split="test", group="volunteer 7")
    assert (sample["metadata"], sample["split"], sample["group"]) == ({"volunteer": 7}, "test", "volunteer 7")


def test_the_automatic_split_is_the_contents_own_and_about_a_fifth() -> None:
    hashes = [f"{number * 2654435761 % 2**32:08x}" for number in range(2000)]
    splits = [automatic_split(digest) for digest in hashes]
    assert splits == [automatic_split(digest) for digest in hashes]
    assert 0.15 < splits.count(Split.TEST) / len(splits) < 0.25


def test_one_group_falls_on_one_side() -> None:
    assert len({automatic_split(f"{number:08x}", "volunteer 7") for number in range(100)}) == 1


def test_the_same_content_twice_is_a_conflict_that_names_the_sample(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    first = upload(1)
    again = send(editor, url, file=wav_file(1, name="other.wav"))
    assert again.status_code == 409
    assert fields_of(again) == ["file"]
    assert first["id"] in again.json()["errors"][0]["message"]
    assert Sample.objects.count() == 1
    assert incoming_files() == []


def test_two_projects_may_hold_the_same_content(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    upload(1)
    other = editor.post("/api/v1/projects/", {"name": "Other"}).json()["id"]
    assert send(editor, f"/api/v1/projects/{other}/samples/", file=wav_file(1)).status_code == 201


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("cut.wav", b"RIFF\x24\x00\x00\x00WAVE"),
        ("noise.wav", b"\x00\xff" * 500),
        ("picture.xyz", b"no recording"),
        ("words.json", b'{"hello": 1}'),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    editor: APIClient, url: str, name: str, content: bytes
) -> None:
    answer = send(editor, url, file=SimpleUploadedFile(name, content))
    assert answer.status_code == 400
    assert fields_of(answer) == ["file"]
    assert not Sample.objects.exists()
    assert stored_files() == incoming_files() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label": "x" * 121}, "label"),
        ({"label": "a\nb"}, "label"),
        ({"label": "a\x00b"}, "label"),
        ({"label": "a\u202egnp.exe"}, "label"),
        ({"split": "validation"}, "split"),
        ({"sample_rate_hz": "-1"}, "sample_rate_hz"),
        ({"sample_rate_hz": "nan"}, "sample_rate_hz"),
        ({"sample_rate_hz": "1e400"}, "sample_rate_hz"),
        ({"metadata": "[1]"}, "metadata"),
        ({"metadata": "{"}, "metadata"),
        ({"metadata": '{"a": "\\u0000"}'}, "metadata.a"),
        ({"metadata": '{"a": 1e999}'}, "metadata.a"),
        ({"path": "x" * 2000}, "path"),
    ],
)
def test_a_bad_field_is_named(editor: APIClient, url: str, fields: dict[str, str], field: str) -> None:
    answer = send(editor, url, file=wav_file(1), **fields)
    assert answer.status_code == 400
    assert fields_of(answer) == [field]
    assert stored_files() == incoming_files() == []


@pytest.mark.parametrize("label", ["שלום עולם", "مرحبا", "🎉👩\u200d👩\u200d👧 party", "ru\u200fn"])
def test_a_label_in_any_script_is_kept_as_it_is(upload: Callable[..., Any], label: str) -> None:
    assert upload(1, label=label)["label"] == label


def test_a_form_without_a_file_is_refused(editor: APIClient, url: str) -> None:
    assert fields_of(send(editor, url, label="yes")) == ["file"]
    assert fields_of(send(editor, url, file="just text")) == ["file"]


def test_a_file_that_is_too_large_is_413_before_it_fills_the_disk(
    editor: APIClient, url: str, settings: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = 5000
    answer = send(editor, url, file=wav_file(1))
    assert answer.status_code == 413
    assert fields_of(answer) == ["file"]
    assert "5,000 bytes" in answer.json()["errors"][0]["message"]
    settings.MAX_UPLOAD_BYTES = 5_000_000
    answer = editor.post(url, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="90000000")
    assert answer.status_code == 413
    assert incoming_files() == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no form at all", "multipart/form-data"),
        (b"no form at all", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=file; filename=a.wav\r\n\r\ncut", "multipart/form-data; boundary=x"),
        (b"--x\r\nnonsense\r\n\r\n\x00\xff\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=label\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data; boundary=" + "x" * 5000),
        (b"{}", "application/json"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("csrf", [False, True], ids=["key", "session with CSRF"])
def test_a_malformed_form_is_refused(
    project: Project, client_of: Callable[[str], APIClient], url: str, body: bytes, kind: str, csrf: bool
) -> None:
    client = client_of("editor" if csrf else "key:upload")
    client.handler.enforce_csrf_checks = csrf
    answer = client.post(url, body, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert answer.json()["errors"]
    assert stored_files() == incoming_files() == []


def test_a_form_of_thousands_of_fields_is_refused(editor: APIClient, url: str) -> None:
    answer = send(editor, url, file=wav_file(1), **{f"field{number}": "x" for number in range(1200)})
    assert answer.status_code == 400
    assert incoming_files() == []


def test_a_file_name_with_a_path_in_it_is_no_path(editor: APIClient, url: str) -> None:
    sample = send(editor, url, file=wav_file(1, name="../../../etc/passwd.wav")).json()
    assert sample["name"] == "passwd.wav"


@pytest.mark.django_db(transaction=True)
def test_of_the_same_content_sent_ten_times_at_once_one_is_kept(
    project: Project, url: str, client_of: Callable[[str], APIClient]
) -> None:
    clients = [client_of("editor") for _ in range(10)]
    together = threading.Barrier(len(clients))
    statuses: list[int] = []

    def work(client: APIClient) -> None:
        together.wait()
        statuses.append(send(client, url, file=wav_file(1)).status_code)
        connection.close()

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 9
    sample = Sample.objects.get()
    assert storage.exists(sample.original_key)
    assert storage.exists(sample.signal_key)
    assert len(stored_files()) == 2


@pytest.mark.django_db(transaction=True)
def test_uploading_what_is_being_deleted_never_loses_a_file(
    project: Project, url: str, client_of: Callable[[str], APIClient]
) -> None:
    uploader, deleter = client_of("editor"), client_of("editor")
    finished = threading.Event()

    def keep_deleting() -> None:
        while not finished.is_set():
            deleter.post(f"{url}bulk/", {"filter": {}, "action": "delete"}, format="json")
        connection.close()

    thread = threading.Thread(target=keep_deleting)
    thread.start()
    try:
        for _ in range(25):
            assert send(uploader, url, file=wav_file(1)).status_code in {201, 409}
    finally:
        finished.set()
        thread.join()
    for sample in Sample.objects.all():
        assert storage.exists(sample.original_key)
        assert storage.exists(sample.signal_key)
    if not Sample.objects.exists():
        assert stored_files() == []
