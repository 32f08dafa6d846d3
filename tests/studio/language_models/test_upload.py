"""A language model's files arrive piece by piece: resumed where they broke off, and checked at the end."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from rest_framework.test import APIClient

from studio.language_models import content, receiving
from studio.language_models.models import FilePart, LanguageModel, ModelFile
from studio.projects.models import Project
from tests.studio.language_models.access import begun_model, ready_model
from tests.studio.language_models.conftest import error_of
from tests.studio.language_models.tiny_model import tiny_files

pytestmark = pytest.mark.django_db

Send = Callable[..., Any]
WEIGHTS = os.urandom(1_000_003)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def stored(name: str = "model.safetensors") -> bytes:
    return content.local_path(ModelFile.objects.select_related("model").get(name=name)).read_bytes()


def test_a_file_is_sent_whole_and_told_by_its_hash(send: Send, editor: APIClient, model_url: str) -> None:
    answer = send("model.safetensors", WEIGHTS)
    assert answer.status_code == 201, answer.content
    whole = {
        "name": "model.safetensors",
        "size_bytes": len(WEIGHTS),
        "received_bytes": len(WEIGHTS),
        "sha256": sha256(WEIGHTS),
    }
    assert answer.json() == whole
    assert editor.get(f"{model_url}files/model.safetensors/").json() == whole
    assert editor.get(model_url).json()["files"] == [whole]
    assert stored() == WEIGHTS


@pytest.mark.parametrize("way", ["query", "header"])
def test_a_file_is_sent_in_pieces(send: Send, way: str) -> None:
    size, step = len(WEIGHTS), 400_001
    statuses = []
    for offset in range(0, size, step):
        piece = WEIGHTS[offset : offset + step]
        if way == "query":
            answer = send("model.safetensors", piece, f"?offset={offset}&size={size}")
        else:
            spread = f"bytes {offset}-{offset + len(piece) - 1}/{size}"
            answer = send("model.safetensors", piece, HTTP_CONTENT_RANGE=spread)
        statuses.append(answer.status_code)
        assert answer.json()["received_bytes"] == offset + len(piece)
        assert bool(answer.json()["sha256"]) == (offset + len(piece) == size)
    assert statuses == [201, 200, 200]
    assert answer.json()["sha256"] == sha256(WEIGHTS)
    assert stored() == WEIGHTS


class BrokenOff(io.BytesIO):
    """The body of a request whose connection breaks off."""

    def read(self, size: int | None = -1) -> bytes:
        got = super().read(size)
        if not got:
            raise OSError("connection reset by peer")
        return got


def test_what_arrived_before_the_connection_broke_off_stays(
    send: Send, editor: APIClient, model_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "PIECE_BYTES", 100_000)
    model = LanguageModel.objects.get()
    whole = receiving.Piece(0, len(WEIGHTS), len(WEIGHTS), "")
    receiving.receive(model, "model.safetensors", whole, BrokenOff(WEIGHTS[:650_000]))
    there = editor.get(f"{model_url}files/model.safetensors/").json()
    assert (there["received_bytes"], there["sha256"]) == (650_000, "")
    answer = send("model.safetensors", WEIGHTS[650_000:], "?offset=650000")
    assert (answer.status_code, answer.json()["sha256"]) == (200, sha256(WEIGHTS))
    assert stored() == WEIGHTS


@pytest.mark.parametrize("offset", [0, 3, 5, 9])
def test_a_piece_that_does_not_join_is_refused_with_where_to_go_on(send: Send, offset: int) -> None:
    send("config.json", b"{} a", "?offset=0&size=20")
    field, message = error_of(send("config.json", b"more", f"?offset={offset}&size=20"), 409)
    assert (field, "has 4 bytes by now; go on there" in message) == ("offset", True)
    assert ModelFile.objects.get().received_bytes == 4


def test_a_file_begins_at_its_beginning_and_keeps_its_size(send: Send) -> None:
    assert error_of(send("config.json", b"more", "?offset=4&size=20"), 409)[0] == "offset"
    assert not ModelFile.objects.exists()
    send("config.json", b"{} a", "?offset=0&size=20")
    assert error_of(send("config.json", b"more", "?offset=4&size=21"), 409)[0] == "size"


def test_a_complete_file_is_sent_again_only_after_it_was_deleted(
    send: Send, editor: APIClient, model_url: str
) -> None:
    send("config.json", b"{}")
    assert "delete it to send another" in error_of(send("config.json", b"[]"), 409)[1]
    assert editor.delete(f"{model_url}files/config.json/").status_code == 204
    assert editor.get(f"{model_url}files/config.json/").status_code == 404
    assert send("config.json", b"[]").status_code == 201


def test_a_file_whose_hash_is_not_the_expected_one_is_dropped(send: Send) -> None:
    field, message = error_of(send("config.json", b"{}", f"?sha256={sha256(b'[]')}"), 400)
    assert (field, sha256(b"{}") in message) == ("sha256", True)
    assert not ModelFile.objects.exists()
    assert send("config.json", b"[]", f"?sha256={sha256(b'[]')}").status_code == 201


def test_a_file_that_was_received_but_not_hashed_is_completed_by_an_empty_piece(send: Send) -> None:
    send("config.json", b"{}")
    ModelFile.objects.update(sha256="")
    answer = send("config.json", b"", "?offset=2")
    assert (answer.status_code, answer.json()["sha256"]) == (200, sha256(b"{}"))


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".hidden.json",
        "a%00b.json",
        "a b.json",
        "%C3%A9.json",
        "pytorch_model.bin",
        "evil.py",
        "x" * 130 + ".json",
    ],
)
def test_names_that_are_no_files_of_a_model_are_refused(send: Send, name: str) -> None:
    assert error_of(send(name, b"{}"), 400)[0] == "name"
    assert not ModelFile.objects.exists()


@pytest.mark.parametrize("name", ["a/b.json", "a//", "..%2f..%2fsecret-key", "%2e%2e%2fconfig.json"])
def test_paths_lead_nowhere(send: Send, name: str) -> None:
    assert send(name, b"{}").status_code == 404
    assert not ModelFile.objects.exists()


@pytest.mark.parametrize(
    ("query", "spread", "field"),
    [
        ("?offset=-1", "", "offset"),
        ("?offset=1e3", "", "offset"),
        ("?size=1", "", "size"),
        ("?offset=999999999999999&size=1", "", "size"),
        ("?sha256=ABC", "", "sha256"),
        ("", "bytes 0-1/*", "Content-Range"),
        ("", "bytes 0-9/20", "Content-Range"),
        ("", "bytes 0-1/1", "Content-Range"),
    ],
)
def test_what_contradicts_itself_is_refused(send: Send, query: str, spread: str, field: str) -> None:
    headers = {"HTTP_CONTENT_RANGE": spread} if spread else {}
    assert error_of(send("config.json", b"{}", query, **headers), 400)[0] == field
    assert not ModelFile.objects.exists()


def test_an_empty_file_is_refused(send: Send) -> None:
    assert error_of(send("config.json", b""), 400) == ("size", "config.json is empty")


def test_a_body_of_unknown_length_is_refused(editor: APIClient, model_url: str) -> None:
    answer = editor.put(f"{model_url}files/config.json/", HTTP_TRANSFER_ENCODING="chunked")
    assert "Content-Length" in error_of(answer, 411)[1]


def test_a_model_over_the_limit_is_refused_before_its_bytes_are_taken(send: Send, settings: Any) -> None:
    settings.MAX_LANGUAGE_MODEL_BYTES = 1_000
    assert send("config.json", b"{}").status_code == 201
    field, message = error_of(send("model.safetensors", b"x", "?offset=0&size=999"), 413)
    assert (field, "1,000 bytes here" in message) == ("size", True)
    assert send("model.safetensors", b"x", "?offset=0&size=998").status_code == 201


def test_a_file_that_the_disk_has_no_room_for_is_refused(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "room_bytes", lambda: receiving.ROOM_LEFT_BYTES + 100)
    assert "room for 100 bytes" in error_of(send("model.safetensors", b"x", "?offset=0&size=101"), 413)[1]
    assert send("model.safetensors", b"x", "?offset=0&size=100").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_two_that_send_the_same_place_at_once_one_wins(project: Project) -> None:
    model = begun_model(project, "Race")
    size = 400_000
    bodies = [bytes([65 + number]) * size for number in range(6)]
    together = threading.Barrier(len(bodies))
    won: list[bytes] = []

    def send(body: bytes) -> None:
        together.wait()
        try:
            receiving.receive(
                model, "model.safetensors", receiving.Piece(0, size, size, ""), io.BytesIO(body)
            )
            won.append(body)
        except receiving.Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert stored() == won[0]
    assert ModelFile.objects.get(name="model.safetensors").sha256 == sha256(won[0])


@pytest.mark.django_db(transaction=True)
def test_pieces_of_one_file_that_is_deleted_meanwhile_leave_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "PIECE_BYTES", 10)
    model = begun_model(project, "Gone")

    class DeletesOnTheWay(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 20:
                receiving.delete_file(ModelFile.objects.get(name="config.json"))
            return super().read(size)

    with pytest.raises(receiving.Conflict):
        receiving.receive(model, "config.json", receiving.Piece(0, 40, 40, ""), DeletesOnTheWay(b"x" * 40))
    assert not ModelFile.objects.filter(name="config.json").exists()
    folder = Path(default_storage.path(model.storage_folder))
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_ready_model_takes_no_files_any_more(editor: APIClient, project: Project, url: str) -> None:
    model = ready_model(project)
    for answer in (
        editor.put(f"{url}{model.pk}/files/tokenizer.json/", {}),
        editor.delete(f"{url}{model.pk}/files/config.json/"),
    ):
        assert error_of(answer, 409)[0] == "state"


@pytest.mark.usefixtures("s3")
def test_in_remote_storage_a_file_is_kept_in_parts(
    send: Send, editor: APIClient, model_url: str, monkeypatch: pytest.MonkeyPatch, s3: dict[str, bytes]
) -> None:
    monkeypatch.setattr(receiving, "PIECE_BYTES", 300_000)
    assert send("model.safetensors", WEIGHTS[:500_000], f"?size={len(WEIGHTS)}").status_code == 201
    answer = send("model.safetensors", WEIGHTS[500_000:], "?offset=500000")
    assert answer.json()["sha256"] == sha256(WEIGHTS)
    assert stored() == WEIGHTS
    assert len(s3) == FilePart.objects.count() == 4
    assert error_of(send("model.safetensors", b"x"), 409)[0] == "name"
    assert len(s3) == 4


@pytest.mark.django_db(transaction=True)
def test_in_remote_storage_nothing_is_left_of_a_deleted_model(
    send: Send, editor: APIClient, model_url: str, s3: dict[str, bytes]
) -> None:
    for name, body in tiny_files().items():
        assert send(name, body).status_code == 201
    assert editor.post(f"{model_url}complete/").status_code == 200
    assert s3
    assert editor.delete(model_url).status_code == 204
    assert not s3
