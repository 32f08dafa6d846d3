"""Targets over REST, among them those of a package that was installed beside the studio: listed, refused, built."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from deploy_targets import registry
from studio.deployments.models import Deployment
from studio.deployments.work import DeploymentWork
from studio.jobs.limits import DEPLOYMENT_TIME_LIMIT_S, LANGUAGE_MODEL_TIME_LIMIT_S
from studio.jobs.models import Job
from studio.jobs.work import WorkError
from studio.projects.models import Project
from studio.runs.models import Run
from tests.studio.language_models.access import begun_model, ready_model
from tests.studio.language_models.tiny_model import tiny_files
from tests.studio.runs.access import make_run

pytestmark = pytest.mark.django_db

PACKAGE = """
from deploy_targets.base import DeployTarget, Need
from pydantic import BaseModel, ConfigDict, Field


class Quill(DeployTarget):
    id, title, pitch, icon = "quill", "Quill", "Writes with a language model.", "feather"
    group, takes, variants, board_use = "browser", "language-model", (), "none"
    docs = "https://quill.example/docs"

    class Options(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)
        ink: str = Field("black", title="Ink", description="What it writes with.", max_length=10)

    def build(self, bundle, options, progress):
        names = sorted(path.name for path in bundle.folder.iterdir())
        return {"README.md": f"{bundle.name} in {options.ink}: {', '.join(names)}".encode()}


class Lopsided(DeployTarget):
    id, title, pitch, icon = "lopsided", "Lopsided", "Needs what nobody has.", "box"
    needs = (Need("program", "unobtainium-cc", "dig for it"),)

    def build(self, bundle, options, progress):
        return {}


class Particular(DeployTarget):
    id, title, pitch, icon, docs = "particular", "Particular", "Dislikes one board.", "box", "../secret.md"

    def refuses_board(self, board):
        return "it is too blue" if board.id == "nano33ble" else ""

    def build(self, bundle, options, progress):
        return {}


class Flat(Particular):
    id, title, group, board_use, docs = "flat", "Flat", "computer", "none", "docs/developing.md"
    variants = ("float32",)


class Broken(DeployTarget):
    id, title, pitch, icon = "broken", "Broken", "Breaks when it is asked.", "box"

    def missing(self):
        raise RuntimeError("no idea")

    def refuses_board(self, board):
        raise RuntimeError("no idea either")

    def build(self, bundle, options, progress):
        return {}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed package with targets, where Python finds packages: its module and its entry points."""
    folder = tmp_path / "site-packages"
    about = folder / "strange_targets-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "strange_targets.py").write_text(PACKAGE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: strange-targets\nVersion: 1.0\n")
    names = {
        "quill": "Quill",
        "lopsided": "Lopsided",
        "particular": "Particular",
        "flat": "Flat",
        "broken": "Broken",
    }
    points = "".join(f"{name} = strange_targets:{kind}\n" for name, kind in names.items())
    (about / "entry_points.txt").write_text(f"[{registry.ENTRY_POINTS}]\n{points}")
    monkeypatch.syspath_prepend(folder)
    registry.targets.cache_clear()
    yield folder
    sys.modules.pop("strange_targets", None)
    registry.targets.cache_clear()


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/deployments/"


def listed(client: APIClient) -> dict[str, dict[str, Any]]:
    return {target["id"]: target for target in client.get("/api/v1/deploy-targets/").json()}


def refusal(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    assert not Deployment.objects.exists()
    return {fault["field"]: fault["message"] for fault in answer.json()["errors"]}


def test_the_studios_own_targets_are_listed(viewer: APIClient) -> None:
    c = listed(viewer)["c"]
    assert c["options_schema"]["type"] == "object"
    assert (c["group"], c["takes"], c["board_use"], c["missing"]) == ("board", "pipeline", "chosen", [])
    assert set(c["variants"]) == {"int8", "float32"}


@pytest.mark.usefixtures("package")
def test_targets_of_another_package_are_listed_with_what_they_say_of_themselves(viewer: APIClient) -> None:
    targets = listed(viewer)
    quill = targets["quill"]
    assert (quill["takes"], quill["variants"], quill["board_use"]) == ("language-model", [], "none")
    assert (quill["icon"], quill["docs"], quill["refused_boards"]) == (
        "feather",
        "https://quill.example/docs",
        {},
    )
    assert quill["options_schema"]["properties"]["ink"]["title"] == "Ink"
    assert targets["lopsided"]["missing"] == ["unobtainium-cc is not installed: dig for it"]
    assert targets["particular"]["refused_boards"] == {"nano33ble": "it is too blue"}
    assert targets["flat"]["refused_boards"] == {}


@pytest.mark.usefixtures("package")
def test_a_target_that_breaks_when_it_is_asked_breaks_alone(
    viewer: APIClient, editor: APIClient, project: Project, url: str
) -> None:
    assert "cannot say what it needs" in listed(viewer)["broken"]["missing"][0]
    asked = {"run": str(make_run(project).pk), "target": "broken", "variant": "int8", "board": "nano33ble"}
    assert "cannot say what it needs" in refusal(editor.post(url, asked))["target"]


@pytest.mark.usefixtures("package")
def test_a_target_links_to_its_page_in_the_handbook_and_to_no_other_file(viewer: APIClient) -> None:
    targets = listed(viewer)
    assert targets["c"]["docs"] == "/docs/targets/c/"
    assert viewer.get(targets["c"]["docs"]).status_code == 200
    assert targets["flat"]["docs"] == "/docs/developing/"
    assert targets["particular"]["docs"] == ""


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"target": "lopsided"}, "target", "dig for it"),
        ({"target": "particular"}, "board", "it is too blue"),
        ({"target": "flat"}, "variant", "there is float32"),
        ({"target": "flat", "variant": "float32"}, "board", "leave it empty"),
        ({"target": "quill"}, "run", "name a language_model"),
        ({"target": "quill", "run": None}, "variant", "leave it empty"),
        ({"target": "quill", "run": None, "variant": ""}, "language_model", "say which"),
        (
            {
                "target": "quill",
                "run": None,
                "variant": "",
                "language_model": "00000000-0000-0000-0000-000000000000",
            },
            "language_model",
            "no such language model",
        ),
    ],
)
def test_what_a_target_does_not_take_is_refused_by_field(
    project: Project, editor: APIClient, url: str, fields: dict[str, Any], field: str, words: str
) -> None:
    asked = {"run": str(make_run(project).pk), "variant": "int8", "board": "nano33ble"} | fields
    assert words in refusal(editor.post(url, asked))[field]


@pytest.mark.usefixtures("package")
def test_a_target_without_a_board_is_built_of_a_run(project: Project, editor: APIClient, url: str) -> None:
    run = make_run(project)
    answer = editor.post(url, {"run": str(run.pk), "target": "flat", "variant": "float32"})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["run"], made["language_model"], made["board"], made["options"]) == (
        str(run.pk),
        None,
        "",
        {},
    )


@pytest.mark.usefixtures("package")
def test_only_a_ready_language_model_of_this_project_is_built(
    project: Project, editor: APIClient, url: str
) -> None:
    theirs = ready_model(Project.objects.create(name="Theirs"))
    begun = begun_model(project)
    for model, words in ((theirs, "no such language model"), (begun, "not complete")):
        asked = {"target": "quill", "language_model": str(model.pk)}
        assert words in refusal(editor.post(url, asked))["language_model"]
    asked = {"target": "quill", "language_model": str(ready_model(project).pk), "board": "nano33ble"}
    assert "leave it empty" in refusal(editor.post(url, asked))["board"]


def test_a_language_model_is_built_from_its_files_under_their_own_names(
    project: Project, editor: APIClient, url: str, package: Path, tmp_path: Path
) -> None:
    models = f"/api/v1/projects/{project.pk}/language-models/"
    model = editor.post(models, {"name": "Storyteller"}).json()
    for name, body in tiny_files().items():
        editor.generic("PUT", f"{models}{model['id']}/files/{name}/", body)
    assert editor.post(f"{models}{model['id']}/complete/").status_code == 200
    asked = {"target": "quill", "language_model": model["id"], "options": {"ink": "blue"}}
    made = editor.post(url, asked)
    assert made.status_code == 201, made.content
    assert (made.json()["run"], made.json()["variant"], made.json()["board"]) == (None, "", "")
    deployment = Deployment.objects.get()

    work, folder = DeploymentWork(), tmp_path / "work"
    folder.mkdir()
    command = work.prepare(deployment.job, folder)
    assert work.time_limit_of(deployment.job) == LANGUAGE_MODEL_TIME_LIMIT_S > DEPLOYMENT_TIME_LIMIT_S
    built = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PYTHONPATH": f"{package}:."}
    )
    assert built.returncode == 0, built.stdout + built.stderr
    result = json.loads(built.stdout.splitlines()[-1])["result"]
    work.record(deployment.job, work.store(deployment.job, result, folder))
    answer = editor.get(f"{url}{deployment.pk}/download/")
    content = b"".join(answer.streaming_content)
    told = editor.get(f"{url}{deployment.pk}/").json()
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        readme = next(name for name in archive.namelist() if name.endswith("README.md"))
        text = archive.read(readme).decode()
    assert text == f"Storyteller in blue: {', '.join(sorted(tiny_files()))}"


def test_a_build_of_a_run_has_the_shorter_time(project: Project) -> None:
    job = Job.objects.create(project=project, kind=Job.Kind.DEPLOYMENT)
    run: Run = make_run(project)
    Deployment.objects.create(
        project=project, number=1, run=run, target="c", variant="int8", board="pico", job=job
    )
    assert DeploymentWork().time_limit_of(job) == DEPLOYMENT_TIME_LIMIT_S


def test_a_folder_on_the_server_that_is_gone_fails_the_build_in_words(
    project: Project, tmp_path: Path
) -> None:
    model = ready_model(project)
    model.server_folder = "Tiny Llama"
    model.save()
    job = Job.objects.create(project=project, kind=Job.Kind.DEPLOYMENT)
    Deployment.objects.create(project=project, number=1, language_model=model, target="quill", job=job)
    with pytest.raises(WorkError, match="cannot be used any more") as raised:
        DeploymentWork().prepare(job, tmp_path)
    assert raised.value.field == "language_model"
