"""Language models over REST: begun, completed, listed, deleted; and those that lie on the server's disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from studio import storage
from studio.deployments.models import Deployment
from studio.jobs.models import Job
from studio.language_models.folder import ModelFolderError, link_files, paths_of
from studio.language_models.models import LanguageModel
from studio.projects.models import Project
from tests.studio.language_models.access import begun_model, ready_model
from tests.studio.language_models.conftest import error_of
from tests.studio.language_models.tiny_model import CONFIG, tiny_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def models_dir(settings: Any, tmp_path: Path) -> Path:
    """The operator's folder of language models, with one good one in it."""
    root = tmp_path / "models"
    folder = root / "Tiny Llama"
    folder.mkdir(parents=True)
    for name, body in tiny_files().items():
        (folder / name).write_bytes(body)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / ".cache").mkdir()
    settings.MODELS_DIR = root
    return root


def test_a_model_whose_files_are_all_there_becomes_ready(
    send: Callable[..., Any], editor: APIClient, model_url: str, tmp_path: Path
) -> None:
    begun = editor.get(model_url).json()
    assert (begun["state"], begun["facts"], begun["files"], begun["size_bytes"]) == ("uploading", None, [], 0)
    for name, body in tiny_files().items():
        assert send(name, body).status_code == 201
    answer = editor.post(f"{model_url}complete/")
    assert answer.status_code == 200, answer.content
    ready = answer.json()
    assert ready["state"] == "ready"
    assert ready["facts"]["architecture"] == "llama"
    assert (ready["facts"]["layers"], ready["facts"]["context_tokens"]) == (1, 128)
    assert ready["size_bytes"] == ready["received_bytes"] == sum(map(len, tiny_files().values()))
    assert editor.post(f"{model_url}complete/").json() == ready, "asking twice does no harm"
    link_files(LanguageModel.objects.get(), tmp_path / "linked")
    linked = {path.name: path.read_bytes() for path in (tmp_path / "linked").iterdir()}
    assert linked == tiny_files()


def damaged(name: str, body: bytes | None) -> dict[str, bytes]:
    files = dict(tiny_files())
    files.pop(name)
    return files if body is None else files | {name: body}


@pytest.mark.parametrize(
    ("files", "field", "words"),
    [
        (damaged("config.json", None), "config.json", ""),
        (damaged("config.json", b"{"), "config.json", ""),
        (damaged("tokenizer.json", None), "tokenizer.json", ""),
        (damaged("model.safetensors", None), "model.safetensors", "missing"),
        (damaged("model.safetensors", tiny_files()["model.safetensors"][:-7]), "model.safetensors", ""),
        (damaged("model.safetensors", b"PK\3\4 a pickle"), "model.safetensors", ""),
        (
            damaged("config.json", json.dumps(CONFIG | {"architectures": ["GPT2LMHeadModel"]}).encode()),
            "architectures",
            "not supported",
        ),
    ],
)
def test_what_is_wrong_with_the_files_is_told_by_field_and_can_be_mended(
    send: Callable[..., Any],
    editor: APIClient,
    model_url: str,
    files: dict[str, bytes],
    field: str,
    words: str,
) -> None:
    for name, body in files.items():
        assert send(name, body).status_code == 201
    found, message = error_of(editor.post(f"{model_url}complete/"), 400)
    assert found == field
    assert words in message
    assert str(storage.local_path("x").parent) not in message, "no path of the server is told"
    assert editor.get(model_url).json()["state"] == "uploading"
    for name, body in tiny_files().items():
        if files.get(name) != body:
            editor.delete(f"{model_url}files/{name}/")
            assert send(name, body).status_code == 201
    assert editor.post(f"{model_url}complete/").status_code == 200


def test_a_model_is_not_complete_before_its_files_are(
    send: Callable[..., Any], editor: APIClient, model_url: str
) -> None:
    assert error_of(editor.post(f"{model_url}complete/"), 400)[0] == "files"
    send("config.json", b"{}", "?size=10")
    field, message = error_of(editor.post(f"{model_url}complete/"), 400)
    assert (field, "2 of 10 bytes" in message) == ("files.config.json", True)


def test_names_are_unique_in_a_project_and_one_line(editor: APIClient, model_url: str, url: str) -> None:
    assert error_of(editor.post(url, {"name": "Storyteller"}), 409)[0] == "name"
    for name in ("", "two\nlines", "x" * 121, None):
        assert error_of(editor.post(url, {"name": name}), 400)[0] == "name"
    other = Project.objects.get(pk=editor.post("/api/v1/projects/", {"name": "Other"}).json()["id"])
    assert (
        editor.post(f"/api/v1/projects/{other.pk}/language-models/", {"name": "Storyteller"}).status_code
        == 201
    )


def test_what_the_server_decides_is_not_taken_from_the_request(editor: APIClient, url: str) -> None:
    made = editor.post(url, {"name": "A", "state": "ready", "facts": {"layers": 1}, "deployment_count": 9})
    assert made.status_code == 201
    told = made.json()
    assert (told["state"], told["facts"], told["deployment_count"]) == ("uploading", None, 0)


@pytest.mark.django_db(transaction=True)
def test_deleting_a_model_deletes_its_files_and_its_deployments(
    send: Callable[..., Any], editor: APIClient, model_url: str, url: str, project: Project
) -> None:
    send("config.json", b"{}")
    model = LanguageModel.objects.get()
    key = storage.put_bytes(b"a zip", storage.project_folder(project.pk, "artifacts"), suffix=".zip")
    Deployment.objects.create(
        project=project,
        number=1,
        language_model=model,
        target="webllm",
        job=Job.objects.create(project=project, kind=Job.Kind.DEPLOYMENT),
        key=key,
    )
    assert editor.get(model_url).json()["deployment_count"] == 1
    other = begun_model(project, "Other")
    assert editor.delete(model_url).status_code == 204
    assert not Deployment.objects.exists()
    assert not Job.objects.exists()
    assert not storage.exists(key)
    assert not Path(default_storage.path(model.storage_folder)).exists()
    assert list(LanguageModel.objects.all()) == [other]


def test_a_list_needs_as_many_queries_for_many_as_for_one(
    project: Project, viewer: APIClient, url: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert viewer.get(url).status_code == 200
        return len(captured)

    begun_model(project, "0")
    one = queries()
    for number in range(1, 6):
        begun_model(project, str(number))
        ready_model(project, f"{number} and ready")
    assert queries() == one <= 6


def test_a_folder_on_the_server_is_offered_and_ready_at_once(
    editor: APIClient, url: str, models_dir: Path, project: Project
) -> None:
    size = sum(map(len, tiny_files().values()))
    offered = editor.get(f"{url}folders/").json()
    assert offered == [{"name": "Tiny Llama", "size_bytes": size, "file_count": 4}]
    made = editor.post(url, {"name": "On the disk", "server_folder": "Tiny Llama"})
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["state"], told["size_bytes"], told["facts"]["layers"]) == ("ready", size, 1)
    assert {file["name"] for file in told["files"]} == set(tiny_files())
    paths = paths_of(LanguageModel.objects.get())
    assert {name: path.read_bytes() for name, path in paths.items()} == tiny_files()
    assert editor.delete(f"{url}{told['id']}/").status_code == 204
    assert (models_dir / "Tiny Llama" / "config.json").exists(), "what is the operator's stays"


def test_without_the_operators_folder_nothing_is_offered(editor: APIClient, url: str, settings: Any) -> None:
    settings.MODELS_DIR = None
    assert editor.get(f"{url}folders/").json() == []
    assert error_of(editor.post(url, {"name": "A", "server_folder": "Tiny Llama"}), 400)[0] == "server_folder"


@pytest.mark.parametrize(
    "name",
    [
        "..",
        ".",
        "/",
        "../models/Tiny Llama",
        "Tiny Llama/",
        "Tiny Llama/.",
        "./Tiny Llama",
        "link",
        ".hidden",
        "nothing",
    ],
)
def test_nothing_outside_the_operators_folder_can_be_reached(
    editor: APIClient, url: str, models_dir: Path, tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for file, body in tiny_files().items():
        (outside / file).write_bytes(body)
    (models_dir / "link").symlink_to(outside)
    (models_dir / ".hidden").mkdir()
    (models_dir / ".hidden" / "config.json").write_bytes(b"{}")
    (models_dir / "nothing").mkdir()
    assert [folder["name"] for folder in editor.get(f"{url}folders/").json()] == ["Tiny Llama"]
    answer = editor.post(url, {"name": "Sly", "server_folder": name})
    assert error_of(answer, 400)[0] == "server_folder"
    assert not LanguageModel.objects.exists()


def test_a_folder_with_a_symbolic_link_is_refused_with_the_cure(
    editor: APIClient, url: str, models_dir: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret-key"
    secret.write_text("secret")
    os.symlink(secret, models_dir / "Tiny Llama" / "notes.txt")
    answer = editor.post(url, {"name": "Sly", "server_folder": "Tiny Llama"})
    assert "notes.txt is a symbolic link" in error_of(answer, 400)[1]


def test_a_folder_that_changed_is_noticed_before_it_is_built(
    editor: APIClient, url: str, models_dir: Path
) -> None:
    editor.post(url, {"name": "On the disk", "server_folder": "Tiny Llama"})
    model = LanguageModel.objects.get()
    (models_dir / "Tiny Llama" / "config.json").write_bytes(b"{}")
    with pytest.raises(ModelFolderError, match="has changed"):
        paths_of(model)
    (models_dir / "Tiny Llama").rename(models_dir / "Elsewhere")
    with pytest.raises(ModelFolderError, match="cannot be used any more"):
        paths_of(model)
