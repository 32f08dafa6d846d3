"""Deployments over REST: what is refused before it is queued, download, deletion."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from studio import storage
from studio.deployments.models import Deployment
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.runs.models import Run
from tests.studio.deployments.access import make_deployment
from tests.studio.language_models.access import ready_model
from tests.studio.runs.access import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/deployments/"


def wanted(of: Run, **fields: Any) -> dict[str, Any]:
    return {"run": str(of.pk), "target": "c", "variant": "int8", "board": "nano33ble"} | fields


def test_a_deployment_is_queued_with_its_options_written_out(
    project: Project, editor: APIClient, url: str
) -> None:
    answer = editor.post(url, wanted(make_run(project)))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["number"], made["state"], made["job"]["state"]) == (1, "queued", "queued")
    assert (made["size_bytes"], made["sha256"], made["file_name"]) == (None, "", "")
    job = editor.get(f"/api/v1/projects/{project.pk}/jobs/{made['job']['id']}/").json()
    assert (job["kind"], job["deployment"], job["run"]) == ("deployment", made["id"], None)
    assert editor.get(f"{url}{made['id']}/download/").status_code == 409


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"target": "abacus"}, "target", "no deploy target 'abacus'; there are"),
        ({"variant": "int4"}, "variant", "there is float32, int8"),
        ({"variant": ""}, "variant", "there is float32, int8"),
        ({"board": "abacus"}, "board", "no board 'abacus'"),
        ({"board": ""}, "board", "choose one"),
        ({"run": None}, "run", "say which run"),
        ({"language_model": "00000000-0000-0000-0000-000000000000"}, "language_model", "name a run"),
        ({"language_model": "abacus"}, "language_model", "UUID"),
        ({"options": {"nonsense": 1}}, "options.nonsense", "not permitted"),
        ({"options": [1]}, "options", "dictionary"),
        ({"run": "00000000-0000-0000-0000-000000000000"}, "run", "no such run"),
    ],
)
def test_what_could_only_fail_is_refused_by_field(
    project: Project, editor: APIClient, url: str, fields: dict[str, Any], field: str, words: str
) -> None:
    answer = editor.post(url, wanted(make_run(project), **fields))
    assert answer.status_code == 400
    found = {fault["field"]: fault["message"] for fault in answer.json()["errors"]}
    assert words in found[field]
    assert not Deployment.objects.exists()


def test_only_a_succeeded_run_of_this_project_can_be_deployed(
    project: Project, editor: APIClient, url: str
) -> None:
    run = make_run(project)
    Job.objects.filter(pk=run.job_id).update(state=Job.State.RUNNING)
    assert "is running" in editor.post(url, wanted(run)).json()["errors"][0]["message"]
    theirs = make_run(Project.objects.create(name="Theirs"))
    assert "no such run" in editor.post(url, wanted(theirs)).json()["errors"][0]["message"]


def test_the_zip_is_downloaded_whole_or_in_parts(project: Project, viewer: APIClient, url: str) -> None:
    address = f"{url}{make_deployment(project).pk}/download/"
    answer = viewer.get(address)
    assert answer["Content-Type"] == "application/zip"
    assert "gestures-int8-c.zip" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content) == b"a zip"
    part = viewer.get(address, HTTP_RANGE="bytes=2-")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"zip")


@pytest.mark.django_db(transaction=True)
def test_deleting_a_deployment_deletes_its_file_and_not_its_run(
    project: Project, editor: APIClient, url: str
) -> None:
    first, second = make_deployment(project, 1), make_deployment(project, 2)
    assert editor.delete(f"{url}{first.pk}/").status_code == 204
    assert storage.exists(first.key), "another deployment has the same file"
    assert editor.delete(f"{url}{second.pk}/").status_code == 204
    assert not storage.exists(first.key)
    assert Run.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_deleting_a_run_deletes_its_deployments(project: Project, editor: APIClient) -> None:
    deployment = make_deployment(project)
    address = f"/api/v1/projects/{project.pk}/runs/{deployment.run_id}/"
    assert editor.delete(address).status_code == 204
    assert not Deployment.objects.exists()
    assert not Job.objects.exists()
    assert not storage.exists(deployment.key)


def test_a_list_needs_as_many_queries_for_many_as_for_one(
    project: Project, viewer: APIClient, url: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert viewer.get(url).status_code == 200
        return len(captured)

    make_deployment(project, 1)
    one = queries()
    for number in range(2, 7):
        make_deployment(project, number)
        make_deployment(project, number + 10, language_model=ready_model(project, str(number)))
    assert queries() == one <= 6


def test_a_list_is_narrowed_to_one_target(project: Project, viewer: APIClient, url: str) -> None:
    make_deployment(project, 1)
    second = make_deployment(project, 2, target="wasm")
    found = viewer.get(f"{url}?target=wasm").json()
    assert [each["id"] for each in found["results"]] == [str(second.pk)]
    assert viewer.get(f"{url}?target=abacus").json()["count"] == 0


def test_the_database_keeps_a_deployment_of_exactly_one_model(project: Project) -> None:
    deployment = make_deployment(project)
    for of in ({"run": None}, {"language_model": ready_model(project)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deployment.objects.filter(pk=deployment.pk).update(**of)


def drain(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_zip_of_more_than_4_gib_is_resumed_anywhere(project: Project, viewer: APIClient, url: str) -> None:
    deployment = make_deployment(project)
    size, mark = 5_000_000_000, b"here the fifth gigabyte begins"
    key = storage.project_folder(project.pk, "artifacts") + f"/ab/{'ab' * 32}.zip"
    path = storage.local_path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # a file with a hole: nothing is written in between
        file.seek(4_000_000_000)
        file.write(mark)
        file.truncate(size)
    Deployment.objects.filter(pk=deployment.pk).update(key=key, size_bytes=size)
    address = f"{url}{deployment.pk}/download/"
    whole = viewer.head(address)
    assert (whole.status_code, whole["Content-Length"], whole["ETag"]) == (200, str(size), f'"{"ab" * 32}"')
    assert drain(whole) == b""
    part = viewer.get(address, HTTP_RANGE=f"bytes=4000000000-{4_000_000_000 + len(mark) - 1}")
    assert (part.status_code, drain(part)) == (206, mark)
    assert part["Content-Range"] == f"bytes 4000000000-{4_000_000_000 + len(mark) - 1}/{size}"
    rest = viewer.get(address, HTTP_RANGE=f"bytes={size - 7}-", HTTP_IF_RANGE=whole["ETag"])
    assert (rest.status_code, drain(rest)) == (206, bytes(7))
    other = viewer.get(address, HTTP_RANGE="bytes=4000000000-", HTTP_IF_RANGE='"another"')
    assert (other.status_code, other["Content-Length"]) == (200, str(size))
    over = viewer.get(address, HTTP_RANGE=f"bytes={size}-")
    assert (over.status_code, over["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.django_db(transaction=True)
def test_a_zip_in_remote_storage_is_downloaded_without_being_fetched_first(
    project: Project, viewer: APIClient, url: str, settings: Any, s3: dict[str, bytes]
) -> None:
    deployment = make_deployment(project)
    address = f"{url}{deployment.pk}/download/"
    assert drain(viewer.get(address)) == b"a zip"
    assert drain(viewer.get(address, HTTP_RANGE="bytes=2-")) == b"zip"
    assert deployment.key in s3
    assert not [path for path in settings.CACHE_DIR.rglob("*") if path.is_file()]
