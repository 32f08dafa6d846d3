"""Runs over REST: what is refused before it is queued, numbers, artifacts, deletion."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from studio import storage
from studio.data.models import DatasetVersion
from studio.designs.models import Design
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.runs.models import Artifact, Run
from studio.runs.start import start_run
from tests.studio.runs.access import make_run
from tests.studio.sines import add_sines, design_document

pytestmark = pytest.mark.django_db

Start = Callable[..., Any]


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/runs/"


@pytest.fixture
def start(project: Project, editor: APIClient, url: str) -> Start:
    def send(document: dict[str, Any] | None = None, **fields: Any) -> Any:
        design = Design.objects.create(project=project, name="A", spec=document or design_document())
        return editor.post(url, {"design": str(design.pk), "board": "nano33ble"} | fields)

    return send


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    return {fault["field"]: fault["message"] for fault in answer.json()["errors"]}


def test_a_run_is_queued_on_the_samples_as_they_are_now(project: Project, start: Start) -> None:
    add_sines(project)
    run = start().json()
    assert (run["number"], run["state"], run["job"]["state"]) == (1, "queued", "queued")
    assert (run["metrics"], run["finished_at"], run["artifacts"]) == (None, None, [])
    version = DatasetVersion.objects.get(pk=run["dataset_version"])
    assert version.sample_count == 20
    assert start().json()["dataset_version"] == str(version.pk)


def test_a_run_keeps_its_pipeline_when_the_design_changes_or_goes(
    project: Project, start: Start, editor: APIClient, url: str
) -> None:
    add_sines(project)
    run = start().json()
    design = Design.objects.get(pk=run["design"])
    design.spec = design_document(window_ms=700)
    design.save()
    design.delete()
    kept = editor.get(f"{url}{run['id']}/").json()
    assert (kept["design"], kept["design_name"]) == (None, "A")
    assert kept["spec"]["input"]["window_ms"] == 1000


def test_an_older_dataset_version_can_be_run_again(project: Project, start: Start) -> None:
    add_sines(project)
    version = DatasetVersion.objects.of_now(project)[0]
    add_sines(project, seed=2)
    assert start(dataset_version=str(version.pk)).json()["dataset_version"] == str(version.pk)


def refused(answer: Any, field: str, words: str) -> None:
    found = faults(answer)
    assert words in found[field], found
    assert not Run.objects.exists()
    assert not Job.objects.exists()


def test_without_data_nothing_is_queued(start: Start) -> None:
    refused(start(), "dataset_version", "at least two labels")
    assert not DatasetVersion.objects.exists()


def test_one_label_is_too_few(project: Project, start: Start) -> None:
    add_sines(project, labels=("slow",))
    refused(start(), "dataset_version", "only 'slow' is there")


def test_an_empty_test_split_is_refused(project: Project, start: Start) -> None:
    add_sines(project, training=6, test=0)
    refused(start(), "dataset_version", "the test split is empty")


def test_a_label_that_only_the_test_split_has_is_refused(project: Project, start: Start) -> None:
    add_sines(project, training=4, test=2)
    add_sines(project, training=0, test=1, labels=("jump",), seed=2)
    refused(start(), "dataset_version", "lacks: jump")


def test_a_recording_at_another_rate_is_refused(project: Project, start: Start) -> None:
    add_sines(project)
    add_sines(project, rate_hz=100, seed=2)
    refused(start(), "spec.input.sample_rate_hz", "there are recordings at 100 Hz")


def test_a_missing_channel_is_refused(project: Project, start: Start) -> None:
    add_sines(project)
    add_sines(project, channels=("x", "y"), seed=2)
    refused(start(), "spec.input.channels", "the channel z")


def test_windows_longer_than_every_recording_are_refused_without_padding(
    project: Project, start: Start
) -> None:
    add_sines(project, seconds=0.5)
    refused(start(design_document(zero_pad=False)), "spec.input.window_ms", "shorten the window")


def test_a_network_that_does_not_fit_is_refused(project: Project, start: Start) -> None:
    add_sines(project)
    refused(start(design_document(window_ms=40)), "spec.learning.0.params", "conv1d-small needs")


def test_an_unknown_board_design_or_version_is_refused_by_its_field(project: Project, start: Start) -> None:
    add_sines(project)
    nobody = "00000000-0000-0000-0000-000000000000"
    refused(start(board="abacus"), "board", "no board 'abacus'")
    refused(start(design=nobody), "design", "no such design")
    refused(start(dataset_version=nobody), "dataset_version", "no such dataset version")


def test_another_projects_design_or_version_can_not_be_run(project: Project, start: Start) -> None:
    add_sines(project)
    other = Project.objects.create(name="Other")
    add_sines(other)
    design = Design.objects.create(project=other, name="B", spec=design_document())
    version = DatasetVersion.objects.of_now(other)[0]
    refused(start(design=str(design.pk)), "design", "no such design")
    refused(start(dataset_version=str(version.pk)), "dataset_version", "no such dataset version")


@pytest.mark.django_db(transaction=True)
def test_runs_started_at_once_have_different_numbers(project: Project) -> None:
    add_sines(project, seconds=1)
    design = Design.objects.create(project=project, name="A", spec=design_document())

    def begin() -> None:
        start_run(project, None, design_id=design.pk, board="nano33ble", dataset_version_id=None)
        connection.close()

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Run.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert DatasetVersion.objects.count() == 1


def test_an_artifact_is_streamed_and_in_parts_where_asked(
    project: Project, viewer: APIClient, url: str
) -> None:
    run = make_run(project)
    address = f"{url}{run.pk}/artifacts/int8.tflite/"
    answer = viewer.get(address)
    assert b"".join(answer.streaming_content) == b"a model"
    assert "int8.tflite" in answer["Content-Disposition"]
    part = viewer.get(address, HTTP_RANGE="bytes=2-3")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"mo")
    assert viewer.get(f"{url}{run.pk}/artifacts/none/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_deleting_a_run_keeps_files_that_another_run_has_too(
    project: Project, editor: APIClient, url: str
) -> None:
    first, second = make_run(project, 1), make_run(project, 2)
    key = Artifact.objects.get(run=first).key
    assert editor.delete(f"{url}{first.pk}/").status_code == 204
    assert storage.exists(key)
    assert editor.delete(f"{url}{second.pk}/").status_code == 204
    assert not storage.exists(key)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_deleting_a_project_with_runs_leaves_nothing(project: Project, owner: APIClient) -> None:
    make_run(project)
    assert owner.delete(f"/api/v1/projects/{project.pk}/").status_code == 204
    assert not Run.objects.exists()
    assert not Job.objects.exists()
    assert not DatasetVersion.objects.exists()


def test_the_boards_are_listed_with_what_one_chooses_by(viewer: APIClient) -> None:
    boards = viewer.get("/api/v1/boards/").json()
    nano = next(board for board in boards if board["id"] == "nano33ble")
    assert {"title", "core", "clock_hz", "flash_bytes", "ram_bytes", "fpu", "dsp", "mve"} <= set(nano)
