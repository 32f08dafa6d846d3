from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from studio.projects.models import Membership, Project
from tests.studio.helpers import wav_file

URL = "/api/v1/projects/"


@pytest.mark.django_db
def test_whoever_makes_a_project_owns_it(stranger: APIClient) -> None:
    made = stranger.post(URL, {"name": "Vibration", "description": "Pumps"})
    assert made.status_code == 201
    body = made.json()
    assert body["role"] == "owner"
    assert (body["sample_count"], body["run_count"], body["labels"]) == (0, 0, [])
    assert stranger.get(f"{URL}{body['id']}/").json() == body


@pytest.mark.django_db
def test_a_project_shows_its_figures_and_the_callers_role(
    viewer: APIClient, project: Project, upload: Callable[..., Any]
) -> None:
    upload(1, label="yes")
    upload(2, label="no")
    upload(3, label="no")
    shown = viewer.get(f"{URL}{project.pk}/").json()
    assert (shown["sample_count"], shown["labels"], shown["role"]) == (3, ["no", "yes"], "viewer")
    assert viewer.get(URL).json()["results"] == [shown]


@pytest.mark.django_db
def test_listing_many_projects_takes_as_many_queries_as_listing_one(
    owner: APIClient, django_assert_num_queries: Any
) -> None:
    for number in range(12):
        owner.post(URL, {"name": f"Project {number}"})
    with django_assert_num_queries(6):  # session, user, count, page, labels, roles
        page = owner.get(URL, {"limit": 5}).json()
    assert (page["count"], len(page["results"])) == (13, 5)
    assert page["next"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\nb", "a\u0000b", None, 3.5, [], {}])
def test_a_project_needs_a_name_of_one_line(stranger: APIClient, name: Any) -> None:
    answer = stranger.post(URL, {"name": name}, format="json")
    assert answer.status_code == (201 if name == 3.5 else 400)
    if name != 3.5:
        assert answer.json()["errors"][0]["field"] == "name"


@pytest.mark.django_db
def test_what_is_read_only_is_not_written(owner: APIClient, project: Project) -> None:
    answer = owner.patch(
        f"{URL}{project.pk}/", {"name": "New", "id": "x", "role": "viewer", "sample_count": 9}
    )
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["name"], shown["id"], shown["role"], shown["sample_count"]) == (
        "New",
        str(project.pk),
        "owner",
        0,
    )


@pytest.mark.django_db(transaction=True)
def test_deleting_a_project_deletes_its_files(owner: APIClient, project: Project) -> None:
    owner.post(f"{URL}{project.pk}/samples/", {"file": wav_file(1)}, format="multipart")
    files = Path(settings.MEDIA_ROOT)
    assert [path for path in files.rglob("*") if path.is_file()]
    assert owner.delete(f"{URL}{project.pk}/").status_code == 204
    assert not [path for path in files.rglob("*") if path.is_file()]
    assert not Project.objects.exists()
    assert not Membership.objects.exists()
