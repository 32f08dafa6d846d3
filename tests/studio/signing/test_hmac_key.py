"""A project with an HMAC key takes data acquisition JSON only where its signature fits."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from studio.data.models import Sample
from studio.projects.models import Project
from studio.signing.models import HmacKey
from tests.studio.helpers import wav_file

pytestmark = pytest.mark.django_db

KEY = "fed53116f20684c067774ebf9e7bcbdc"


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/hmac-key/"


def recording(key: str | None, *, values: int = 3, tampered: bool = False) -> SimpleUploadedFile:
    """A recording in data acquisition JSON, signed with ``key`` as Edge Impulse's clients do it, or not signed."""
    document = {
        "protected": {"ver": "v1", "alg": "HS256" if key else "none"},
        "signature": "0" * 64,
        "payload": {
            "device_type": "TEST",
            "interval_ms": 10,
            "sensors": [{"name": "x", "units": "m/s2"}],
            "values": [[number] for number in range(values)],
        },
    }
    if key:
        signature = hmac.new(key.encode(), json.dumps(document).encode(), hashlib.sha256).hexdigest()
        document["signature"] = signature
    text = json.dumps(document)
    return SimpleUploadedFile("wave.01.json", (text.replace("[2]", "[9]") if tampered else text).encode())


def send(client: APIClient, project: Project, file: SimpleUploadedFile) -> Any:
    return client.post(f"/api/v1/projects/{project.pk}/samples/", {"file": file}, format="multipart")


def message_of(answer: Any) -> str:
    assert answer.status_code == 400, answer.content
    (error,) = answer.json()["errors"]
    assert error["field"] == "file"
    return error["message"]


def test_without_a_key_whatever_is_well_formed_is_taken(editor: APIClient, project: Project) -> None:
    assert send(editor, project, recording(None)).status_code == 201
    assert send(editor, project, recording("any key at all")).status_code == 201


def test_with_a_key_only_a_fitting_signature_is_taken(
    owner: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    assert owner.put(url, {"key": KEY}).status_code == 200
    assert "not signed" in message_of(send(editor, project, recording(None)))
    assert "another key" in message_of(send(editor, project, recording("another key, not this")))
    refusal = message_of(send(editor, project, recording(KEY, tampered=True)))
    assert "sign it with the project's present HMAC key" in refusal
    assert not Sample.objects.exists()
    assert send(editor, project, recording(KEY)).status_code == 201


def test_formats_that_bear_no_signature_are_taken_still(
    owner: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    owner.put(url, {"key": KEY})
    assert send(editor, project, wav_file(1)).status_code == 201
    table = SimpleUploadedFile("wave.csv", b"timestamp,x\n0,1\n10,2\n20,3\n")
    assert send(editor, project, table).status_code == 201


def test_the_key_is_of_its_own_project_only(
    owner: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    owner.put(url, {"key": KEY})
    other = Project.objects.get(pk=editor.post("/api/v1/projects/", {"name": "Other"}).json()["id"])
    assert send(editor, other, recording(None)).status_code == 201


def test_a_key_is_made_shown_once_and_works(
    owner: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    made = owner.put(url).json()
    assert len(bytes.fromhex(made["key"])) == 16
    told = owner.get(url).json()
    assert told == {"is_set": True, "set_at": made["set_at"]}
    assert send(editor, project, recording(made["key"])).status_code == 201


def test_a_key_that_was_given_is_not_said_back(owner: APIClient, viewer: APIClient, url: str) -> None:
    assert owner.get(url).json() == {"is_set": False, "set_at": None}
    answer = owner.put(url, {"key": KEY})
    assert answer.json()["key"] is None
    for client in (owner, viewer):
        assert KEY not in client.get(url).content.decode()


def test_the_key_is_kept_encrypted(owner: APIClient, project: Project, url: str) -> None:
    owner.put(url, {"key": KEY})
    kept = HmacKey.objects.get()
    assert KEY not in kept.encrypted_key
    assert KEY.encode().hex() not in kept.encrypted_key
    assert HmacKey.bytes_for(project) == KEY.encode()


def test_a_rotated_key_ends_the_former_one(
    owner: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    before = owner.put(url, {"key": KEY}).json()["set_at"]
    after = owner.put(url).json()
    assert after["set_at"] > before
    message_of(send(editor, project, recording(KEY)))
    assert send(editor, project, recording(after["key"])).status_code == 201


def test_once_the_key_is_removed_unsigned_recordings_are_taken(
    owner: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    owner.put(url, {"key": KEY})
    assert [owner.delete(url).status_code for _ in range(2)] == [204, 204]
    assert owner.get(url).json() == {"is_set": False, "set_at": None}
    assert send(editor, project, recording(None)).status_code == 201


def test_under_another_secret_key_uploads_are_refused_until_an_owner_sets_the_key_again(
    owner: APIClient, client_of: Callable[[str], APIClient], project: Project, url: str, settings: Any
) -> None:
    owner.put(url, {"key": KEY})
    machine = client_of("key:upload")  # a session would end with the secret key
    settings.SECRET_KEY = "another " * 10
    assert "an owner sets it again" in message_of(send(machine, project, recording(KEY)))
    HmacKey.set_for(project, KEY)
    assert send(machine, project, recording(KEY)).status_code == 201


@pytest.mark.parametrize(
    "key",
    ["", "x" * 15, "x" * 201, "sixteen or more but with spaces", "ключ" * 5, "x" * 16 + "\n", None, 5, []],
)
def test_a_key_is_16_to_200_signs_of_ascii(owner: APIClient, url: str, key: Any) -> None:
    answer = owner.put(url, {"key": key})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]][:1] == ["key"]
    assert not HmacKey.objects.exists()


@pytest.mark.parametrize("key", ["x" * 16, "x" * 200, KEY, KEY.upper(), "~!@#$%^&*()_+-='\""])
def test_such_a_key_is_taken_as_it_is(owner: APIClient, project: Project, url: str, key: str) -> None:
    assert owner.put(url, {"key": key}).status_code == 200
    assert HmacKey.bytes_for(project) == key.encode()
