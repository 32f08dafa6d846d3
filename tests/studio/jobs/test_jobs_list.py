"""``GET projects/{p}/jobs/`` and its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from studio.jobs.models import Job
from studio.projects.models import Project
from tests.studio.sines import add_sines, design_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def start_run(project: Project, editor: APIClient) -> Callable[[], dict[str, Any]]:
    add_sines(project, seconds=1)
    base = f"/api/v1/projects/{project.pk}/"
    design = editor.post(f"{base}designs/", {"name": "A", "spec": design_document()}).json()

    def start() -> dict[str, Any]:
        answer = editor.post(f"{base}runs/", {"design": design["id"], "board": "nano33ble"})
        assert answer.status_code == 201, answer.content
        return answer.json()

    return start


def test_a_job_names_its_run(project: Project, viewer: APIClient, start_run: Callable[[], Any]) -> None:
    run = start_run()
    found = viewer.get(f"/api/v1/projects/{project.pk}/jobs/").json()
    assert found["count"] == 1
    job = found["results"][0]
    assert (job["run"], job["deployment"], job["kind"]) == (run["id"], None, "run")
    assert set(job) == {
        "id", "kind", "state", "percent", "message", "error", "attempt",
        "created_at", "started_at", "finished_at", "run", "deployment",
    }  # fmt: skip


@pytest.mark.parametrize("what", ["jobs", "runs"])
def test_a_list_needs_as_many_queries_for_many_as_for_one(
    project: Project, viewer: APIClient, start_run: Callable[[], Any], what: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert viewer.get(f"/api/v1/projects/{project.pk}/{what}/").status_code == 200
        return len(captured)

    start_run()
    one = queries()
    for _ in range(5):
        start_run()
    assert queries() == one <= 6


def test_a_viewer_looks_but_does_not_cancel(
    project: Project, viewer: APIClient, editor: APIClient, start_run: Callable[[], Any]
) -> None:
    job_url = f"/api/v1/projects/{project.pk}/jobs/{start_run()['job']['id']}/"
    assert viewer.get(job_url).status_code == 200
    assert viewer.post(f"{job_url}cancel/").status_code == 403
    assert viewer.post(f"{job_url}retry/").status_code == 403
    assert editor.post(f"{job_url}cancel/").json()["state"] == "cancelled"
    assert editor.post(f"{job_url}cancel/").status_code == 409
    assert editor.post(f"{job_url}retry/").json()["state"] == "queued"
    assert editor.post(f"{job_url}retry/").status_code == 409


@pytest.mark.parametrize("part", ["", "log/", "events/"])
def test_another_projects_job_does_not_exist(
    project: Project, editor: APIClient, start_run: Callable[[], Any], part: str
) -> None:
    from studio.accounts.models import User

    job_id = start_run()["job"]["id"]
    other = Project.objects.create_for(User.objects.get(email="editor@example.org"), name="Other")
    assert editor.get(f"/api/v1/projects/{other.pk}/jobs/{job_id}/{part}").status_code == 404
    for action in ("cancel", "retry"):
        assert editor.post(f"/api/v1/projects/{other.pk}/jobs/{job_id}/{action}/").status_code == 404
    assert Job.objects.get(pk=job_id).state == "queued"


def test_the_log_is_plain_text(project: Project, viewer: APIClient, start_run: Callable[[], Any]) -> None:
    job = Job.objects.get(pk=start_run()["job"]["id"])
    job.append_log("one\n")
    job.append_log("two <b>\n")
    answer = viewer.get(f"/api/v1/projects/{project.pk}/jobs/{job.pk}/log/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert b"".join(answer.streaming_content) == b"one\ntwo <b>\n"
