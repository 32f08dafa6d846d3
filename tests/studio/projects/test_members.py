from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from rest_framework.test import APIClient

from studio.accounts.models import User
from studio.projects.models import Membership, Project, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/members/"


def member_url(url: str, name: str) -> str:
    return f"{url}{Membership.objects.get(user__email=f'{name}@example.org').pk}/"


def test_an_owner_adds_someone_who_has_an_account(
    owner: APIClient, url: str, make_user: Callable[[str], User], project: Project
) -> None:
    make_user("bea")
    answer = owner.post(url, {"email": "BEA@example.org", "role": "editor"})
    assert answer.status_code == 201
    member = answer.json()
    assert member == {"id": member["id"], "email": "bea@example.org", "name": "Bea", "role": "editor"}
    assert {row["email"] for row in owner.get(url).json()["results"]} >= {
        "bea@example.org",
        "owner@example.org",
    }


def test_whom_nobody_knows_is_told_to_sign_up_first(owner: APIClient, url: str) -> None:
    answer = owner.post(url, {"email": "nobody@example.org", "role": "viewer"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "email", "message": "nobody here has this address; they sign up first"}
    ]


def test_a_member_cannot_be_added_twice(owner: APIClient, url: str) -> None:
    answer = owner.post(url, {"email": "viewer@example.org", "role": "editor"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "email"


def test_a_role_that_there_is_not_is_refused(owner: APIClient, url: str) -> None:
    assert (
        owner.post(url, {"email": "viewer@example.org", "role": "god"}).json()["errors"][0]["field"] == "role"
    )


def test_the_last_owner_can_neither_step_down_nor_leave(owner: APIClient, url: str) -> None:
    mine = member_url(url, "owner")
    stepping_down = owner.patch(mine, {"role": "viewer"})
    assert stepping_down.status_code == 400
    assert stepping_down.json()["errors"][0]["field"] == "role"
    assert owner.delete(mine).status_code == 400
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_with_a_second_owner_the_first_can_leave(owner: APIClient, url: str, project: Project) -> None:
    assert owner.patch(member_url(url, "editor"), {"role": "owner"}).status_code == 200
    assert owner.delete(member_url(url, "owner")).status_code == 204
    assert owner.get(f"/api/v1/projects/{project.pk}/").status_code == 404


def test_anyone_may_leave_but_only_owners_remove_others(
    viewer: APIClient, editor: APIClient, url: str
) -> None:
    assert editor.delete(member_url(url, "viewer")).status_code == 403
    assert viewer.delete(member_url(url, "viewer")).status_code == 204
    assert viewer.get(url).status_code == 404


def test_a_members_address_cannot_be_changed(owner: APIClient, url: str) -> None:
    answer = owner.patch(member_url(url, "viewer"), {"email": "owner@example.org", "role": "editor"})
    assert answer.status_code == 200
    assert answer.json()["email"] == "viewer@example.org"


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_one_moment_leave_one_behind(
    project: Project, url: str, client_of: Callable[[str], APIClient]
) -> None:
    Membership.objects.filter(user__email="editor@example.org").update(role=Role.OWNER)
    clients = {name: client_of(name) for name in ("owner", "editor")}
    addresses = {name: member_url(url, name) for name in clients}
    together = threading.Barrier(2)
    statuses: dict[str, int] = {}

    def leave(name: str) -> None:
        together.wait()
        statuses[name] = clients[name].delete(addresses[name]).status_code
        connection.close()

    threads = [threading.Thread(target=leave, args=(name,)) for name in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses.values()) == [204, 400]
    assert Membership.objects.filter(project=project, role=Role.OWNER).count() == 1
