from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from studio.data.models import Sample
from studio.projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/samples/"


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [sample["name"] for sample in answer.json()["results"]]


def make_samples(project: Project, count: int) -> None:
    """Rows without files: for questions that no file answers."""
    Sample.objects.bulk_create(
        Sample(
            project=project, name=f"sample {n:04d}", label=("yes", "no")[n % 2], split=("training", "test")[n % 5 == 0],
            sample_rate_hz=100, duration_ms=1000 + n, channels=["x"], units=[""], signal_key=f"signal {n}",
            signal_sha256=f"{n:064x}", original_name="x", original_key=f"original {n}", sha256=f"{n:064x}", size_bytes=1,
        )
        for n in range(count)
    )  # fmt: skip


def test_samples_are_filtered_by_label_split_and_text(
    viewer: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    upload(1, path="a.wav", label="yes", split="training")
    upload(2, path="b.wav", label="no", split="test")
    upload(3, path="c yes.wav", label="no", split="training")
    assert names(viewer.get(url, {"ordering": "name"})) == ["a.wav", "b.wav", "c yes.wav"]
    assert names(viewer.get(url, {"label": "no", "split": "test"})) == ["b.wav"]
    assert names(viewer.get(url, {"q": "YES", "ordering": "name"})) == ["a.wav", "c yes.wav"]
    assert names(viewer.get(url, {"label": "", "split": "", "q": "", "ordering": "-name"}))[0] == "c yes.wav"
    assert names(viewer.get(url, {"q": "%"})) == []


def test_pages_follow_one_another(viewer: APIClient, url: str, project: Project) -> None:
    make_samples(project, 25)
    first = viewer.get(url, {"limit": 10, "ordering": "name"}).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (25, 10, None)
    second = viewer.get(first["next"]).json()
    assert second["results"][0]["name"] == "sample 0010"
    assert viewer.get(url, {"offset": 10**30}).json()["results"] == []
    assert len(viewer.get(url, {"limit": 10**30}).json()["results"]) == 25


def test_a_page_takes_as_many_queries_however_long_it_is(
    viewer: APIClient, url: str, project: Project, django_assert_num_queries: Any
) -> None:
    make_samples(project, 60)
    for limit in (1, 50):
        with django_assert_num_queries(5):  # session, user, membership, count, page
            viewer.get(url, {"limit": limit})


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"ordering": "project__name"}, "ordering"),
        ({"ordering": "password"}, "ordering"),
        ({"split": "validation"}, "split"),
        ({"q": "a\x00b"}, "q"),
        ({"label": "\x00"}, "label"),
        ({"q": "x" * 201}, "q"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    viewer: APIClient, url: str, query: dict[str, str], field: str
) -> None:
    answer = viewer.get(url, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_a_sample_is_renamed_relabelled_and_moved(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    sample = upload(1)
    changed = editor.patch(
        f"{url}{sample['id']}/", {"name": "new", "label": "no", "split": "test", "sha256": "x"}
    )
    assert changed.status_code == 200
    assert changed.json() == {**sample, "name": "new", "label": "no", "split": "test"}


def test_spans_are_sorted_and_cut_at_the_recordings_end(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    address = f"{url}{upload(1)['id']}/"
    spans = [{"start_ms": 200, "end_ms": 900, "label": "b"}, {"start_ms": 0, "end_ms": 100, "label": "a"}]
    changed = editor.patch(address, {"spans": spans}, format="json")
    assert changed.json()["spans"] == [
        {"start_ms": 0.0, "end_ms": 100.0, "label": "a"},
        {"start_ms": 200.0, "end_ms": 500.0, "label": "b"},
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"spans": [{"start_ms": 100, "end_ms": 100, "label": "a"}]}, "spans.0.end_ms"),
        ({"spans": [{"start_ms": 900, "end_ms": 950, "label": "a"}]}, "spans"),
        ({"spans": [{"start_ms": -1, "end_ms": 1, "label": "a"}]}, "spans.0.start_ms"),
        ({"spans": [{"start_ms": 0, "end_ms": 1e300, "label": "a"}]}, "spans.0.end_ms"),
        ({"spans": [{"start_ms": 0, "end_ms": 1, "label": ""}]}, "spans.0.label"),
        ({"spans": [{}]}, "spans.0.start_ms"),
        ({"spans": 7}, "spans"),
        ({"spans": [7]}, "spans.0"),
        ({"name": ""}, "name"),
        ({"label": None}, "label"),
        ({"split": "auto"}, "split"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_changes(
    editor: APIClient, url: str, upload: Callable[..., Any], body: Any, field: str
) -> None:
    sample = upload(1)
    answer = editor.patch(f"{url}{sample['id']}/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert editor.get(f"{url}{sample['id']}/").json() == sample


def test_a_deleted_sample_takes_its_files_along(
    editor: APIClient, url: str, upload: Callable[..., Any]
) -> None:
    sample = upload(1)
    assert editor.delete(f"{url}{sample['id']}/").status_code == 204
    assert editor.get(f"{url}{sample['id']}/").status_code == 404
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_the_summary_counts_what_is_there(
    viewer: APIClient, url: str, upload: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    upload(1, label="yes", split="training")
    upload(2, label="yes", split="test")
    upload(3, label="no", split="training")
    with django_assert_num_queries(6):  # session, user, membership and three questions
        summary = viewer.get(f"{url}summary/").json()
    assert summary["labels"] == [
        {"label": "no", "training": 1, "test": 0, "duration_ms": 500.0},
        {"label": "yes", "training": 1, "test": 1, "duration_ms": 1000.0},
    ]
    assert (summary["total"], summary["duration_ms"], summary["sample_rates_hz"]) == (3, 1500.0, [8000.0])
    assert [row["count"] for row in summary["channel_sets"]] == [3]


def test_the_summary_of_an_empty_project_is_empty(viewer: APIClient, url: str) -> None:
    assert viewer.get(f"{url}summary/").json() == {
        "total": 0, "duration_ms": 0.0, "labels": [], "sample_rates_hz": [], "channel_sets": [],
    }  # fmt: skip


def test_many_samples_are_changed_at_once(editor: APIClient, url: str, project: Project) -> None:
    make_samples(project, 20)
    ids = [str(pk) for pk in Sample.objects.filter(label="yes").values_list("pk", flat=True)[:3]]

    def bulk(**body: Any) -> int:
        answer = editor.post(f"{url}bulk/", body, format="json")
        assert answer.status_code == 200, answer.content
        return int(answer.json()["changed"])

    assert bulk(ids=ids, action="relabel", label="maybe") == 3
    assert bulk(filter={"label": "maybe"}, action="move", split="test") == 3
    assert Sample.objects.filter(label="maybe", split="test").count() == 3
    assert bulk(filter={"q": "maybe"}, action="delete") == 3
    assert bulk(ids=[str(uuid4())], action="delete") == 0
    assert Sample.objects.count() == 17
    assert bulk(filter={}, action="delete") == 17


def test_bulk_changes_do_not_reach_another_project(
    editor: APIClient, url: str, project: Project, stranger: APIClient
) -> None:
    theirs = Project.objects.create(name="Theirs")
    make_samples(theirs, 4)
    ids = [str(pk) for pk in Sample.objects.values_list("pk", flat=True)]
    assert editor.post(f"{url}bulk/", {"ids": ids, "action": "delete"}, format="json").json() == {
        "changed": 0
    }
    assert editor.post(f"{url}bulk/", {"filter": {}, "action": "delete"}, format="json").json() == {
        "changed": 0
    }
    assert Sample.objects.count() == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "delete"}, "ids"),
        ({"action": "delete", "ids": []}, "ids"),
        ({"action": "delete", "ids": ["x"]}, "ids.0"),
        ({"action": "delete", "ids": [10**40]}, "ids.0"),
        ({"action": "delete", "ids": [str(uuid4())], "filter": {}}, "ids"),
        ({"action": "relabel", "filter": {}}, "label"),
        ({"action": "move", "filter": {}}, "split"),
        ({"action": "burn", "filter": {}}, "action"),
        ({"filter": {}}, "action"),
        ({"action": "delete", "filter": {"split": "x"}}, "filter.split"),
        ({"action": "delete", "filter": 7}, "filter"),
    ],
)
def test_a_bulk_change_says_what_and_to_which(editor: APIClient, url: str, body: Any, field: str) -> None:
    answer = editor.post(f"{url}bulk/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
