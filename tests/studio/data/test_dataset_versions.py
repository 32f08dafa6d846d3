from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from studio.data.models import DatasetVersion, Sample
from studio.projects.models import Project
from tests.studio.data.test_samples import make_samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/dataset-versions/"


def test_a_version_lists_the_samples_as_they_are(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    upload(1, label="yes")
    upload(2, label="no")
    made = editor.post(url, {"note": "first"})
    assert made.status_code == 201
    version = made.json()
    assert (version["number"], version["sample_count"], version["labels"]) == (1, 2, ["no", "yes"])
    assert version["note"] == "first"
    detail = editor.get(f"{url}{version['id']}/").json()
    assert [sample["label"] for sample in detail["samples"]] == ["yes", "no"]
    assert editor.get(url).json()["results"] == [version]


def test_a_version_is_made_anew_only_when_something_has_changed(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    sample = upload(1, label="yes")
    first = editor.post(url, {})
    again = editor.post(url, {})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    Sample.objects.filter(pk=sample["id"]).update(label="no")
    second = editor.post(url, {})
    assert second.status_code == 201
    assert second.json()["number"] == 2
    assert second.json()["sha256"] != first.json()["sha256"]
    Sample.objects.filter(pk=sample["id"]).update(label="yes")
    assert editor.post(url, {}).json()["id"] == first.json()["id"]


def test_a_version_survives_the_change_and_the_deletion_of_its_samples(
    editor: APIClient, url: str, upload: Callable[..., Any], project: Project
) -> None:
    sample = upload(1, label="yes", split="training")
    version = DatasetVersion.objects.get(pk=editor.post(url, {}).json()["id"])
    before = version.as_dataset()
    values = np.array(before.samples[0].open().values)
    samples = f"/api/v1/projects/{project.pk}/samples/{sample['id']}/"
    editor.patch(samples, {"label": "no", "name": "other", "split": "test"})
    assert editor.delete(samples).status_code == 204
    after = DatasetVersion.objects.get(pk=version.pk).as_dataset()
    assert after == before
    assert after.sha256 == version.sha256
    assert np.array_equal(after.samples[0].open().values, values)
    assert editor.get(f"{url}{version.pk}/").json()["samples"][0]["label"] == "yes"


def test_the_dataset_has_all_that_the_pipelines_need(
    editor: APIClient, url: str, upload: Callable[..., Any], project: Project
) -> None:
    sample = upload(1, label="yes", group="volunteer 7")
    editor.patch(
        f"/api/v1/projects/{project.pk}/samples/{sample['id']}/",
        {"spans": [{"start_ms": 0, "end_ms": 100, "label": "wave"}]},
        format="json",
    )
    version, is_new = DatasetVersion.objects.of_now(project)
    assert is_new
    (one,) = version.as_dataset()
    assert (one.id, one.label, one.group, one.split) == (sample["id"], "yes", "volunteer 7", sample["split"])
    assert one.spans[0].label == "wave"
    assert version.labels == ["wave", "yes"]
    signal = one.open()
    assert signal.values.shape == (4000, 1)
    assert signal.values.dtype == np.float32
    assert isinstance(signal.values, np.memmap)


def test_an_empty_project_has_no_version(editor: APIClient, url: str) -> None:
    answer = editor.post(url, {})
    assert answer.status_code == 400
    assert "no samples" in answer.json()["errors"][0]["message"]


def test_a_version_cannot_be_changed_or_deleted(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    upload(1)
    address = f"{url}{editor.post(url, {}).json()['id']}/"
    for method in (editor.put, editor.patch, editor.delete):
        assert method(address, {"note": "x"}).status_code == 405


def test_a_version_of_ten_thousand_samples_is_made_within_two_seconds(project: Project) -> None:
    make_samples(project, 10_000)
    start = time.process_time()  # not the wall's clock: other tests may run beside this one
    version, _ = DatasetVersion.objects.of_now(project)
    seconds = time.process_time() - start
    assert version.sample_count == version.samples.count() == 10_000
    assert seconds < 2
