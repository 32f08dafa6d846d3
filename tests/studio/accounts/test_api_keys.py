from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from studio.accounts.models import ApiKey, User
from studio.projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/api-keys/"


def with_key(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def test_the_key_is_shown_once_and_only_its_hash_is_kept(owner: APIClient, url: str) -> None:
    made = owner.post(url, {"name": "Sensor", "scopes": ["upload", "read", "read"]})
    assert made.status_code == 201
    body = made.json()
    assert body["key"].startswith(body["prefix"])
    assert len(body["key"]) > 40
    assert body["scopes"] == ["read", "upload"]
    listed = owner.get(url).json()["results"]
    assert [key["id"] for key in listed] == [body["id"]]
    assert "key" not in listed[0]
    kept = ApiKey.objects.values().get()
    assert body["key"] not in {str(value) for value in kept.values()}


def test_a_deleted_key_opens_nothing(owner: APIClient, url: str, project: Project) -> None:
    body = owner.post(url, {"name": "Sensor", "scopes": ["read"]}).json()
    machine = with_key(body["key"])
    assert machine.get(f"/api/v1/projects/{project.pk}/").status_code == 200
    owner.delete(f"{url}{body['id']}/")
    assert machine.get(f"/api/v1/projects/{project.pk}/").status_code == 401


def test_an_expired_key_opens_nothing_and_says_why(owner: APIClient, url: str, project: Project) -> None:
    later = timezone.now() + timedelta(hours=1)
    body = owner.post(url, {"name": "Sensor", "scopes": ["read"], "expires_at": later.isoformat()}).json()
    machine = with_key(body["key"])
    assert machine.get(f"/api/v1/projects/{project.pk}/").status_code == 200
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused = machine.get(f"/api/v1/projects/{project.pk}/")
    assert refused.status_code == 401
    assert "expired" in refused.json()["errors"][0]["message"]


@pytest.mark.parametrize("key", ["", "thk_", "thk_unknown", "nonsense", "ключ", "x" * 5000])
def test_an_unknown_key_is_401(project: Project, key: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}".encode())
    assert client.get(f"/api/v1/projects/{project.pk}/").status_code == 401


def test_a_key_opens_its_own_project_only_though_its_maker_has_others(
    owner: APIClient, client_of: Callable[[str], APIClient], project: Project
) -> None:
    other = owner.post("/api/v1/projects/", {"name": "Other"}).json()["id"]
    machine = client_of("key:read,upload,write")
    assert [row["id"] for row in machine.get("/api/v1/projects/").json()["results"]] == [str(project.pk)]
    assert machine.get(f"/api/v1/projects/{other}/").status_code == 404
    assert machine.get(f"/api/v1/projects/{other}/samples/").status_code == 404


def test_a_key_of_a_deactivated_maker_opens_nothing(
    client_of: Callable[[str], APIClient], project: Project
) -> None:
    machine = client_of("key:read")
    User.objects.filter(email="owner@example.org").update(is_active=False)
    assert machine.get(f"/api/v1/projects/{project.pk}/").status_code == 401


def test_when_a_key_was_used_is_written_once_a_minute(
    client_of: Callable[[str], APIClient], project: Project, django_assert_num_queries: Any
) -> None:
    machine = client_of("key:read")
    url = f"/api/v1/projects/{project.pk}/samples/summary/"
    machine.get(url)
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(4):  # the key, and the summary's three; no write
        machine.get(url)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    machine.get(url)
    assert ApiKey.objects.get().last_used_at >= first


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["admin"]}, "scopes.0"),
        ({"name": "x", "scopes": "read"}, "scopes"),
        ({"name": "x", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "scopes": ["read"], "expires_at": "soon"}, "expires_at"),
        ({"name": "x" * 81, "scopes": ["read"]}, "name"),
    ],
)
def test_a_key_needs_a_name_known_scopes_and_a_future(
    owner: APIClient, url: str, body: Any, field: str
) -> None:
    answer = owner.post(url, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
