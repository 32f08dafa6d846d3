"""What the tests of the studio share: a real Redis, files of their own, people in every role, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from rest_framework.test import APIClient

from studio import environment
from studio.accounts.models import ApiKey, User
from studio.projects.models import Membership, Project, Role
from tests.s3 import s3_server
from tests.services import redis_server
from tests.studio.helpers import PASSWORD, wav_file


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the whole run, which the studio's settings point to."""
    with (
        redis_server() as url,
        override_settings(
            REDIS_URL=url,
            CELERY_BROKER_URL=url.replace("unix://", "redis+socket://"),
            CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}},
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
            # Else each new client lists all static files before its first request.
            WHITENOISE_AUTOREFRESH=True,
        ),
    ):
        yield url


@pytest.fixture(autouse=True)
def _own_place(redis_url: str, tmp_path: Path, settings: Any) -> None:
    """Files and counters of one test are not seen by the next."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.CACHE_DIR = tmp_path / "cache"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    cache.clear()


@pytest.fixture
def s3(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """Storage is S3; gives what is in the bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with s3_server() as (url, objects):
        options = environment.s3_options("bucket", url, "eu-central-1")
        default = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": default}
        yield objects


@pytest.fixture
def make_user(db: None) -> Callable[[str], User]:
    def make(name: str) -> User:
        return User.objects.create_user(f"{name}@example.org", PASSWORD, name.title())

    return make


@pytest.fixture
def project(make_user: Callable[[str], User]) -> Project:
    """A project with an owner, an editor and a viewer."""
    project = Project.objects.create_for(make_user("owner"), name="Gestures")
    for role in (Role.EDITOR, Role.VIEWER):
        Membership.objects.create(project=project, user=make_user(role.value), role=role)
    return project


@pytest.fixture
def client_of(project: Project) -> Callable[[str], APIClient]:
    """A client signed in as ``owner``, ``editor``, ``viewer``; ``anonymous``; or with a key: ``key:read,write``."""

    def make(who: str) -> APIClient:
        client = APIClient()
        if who.startswith("key:"):
            owner = User.objects.get(email="owner@example.org")
            key, kept = ApiKey.new_key()
            scopes = who.removeprefix("key:").split(",")
            ApiKey.objects.create(project=project, created_by=owner, name=who, scopes=scopes, **kept)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        elif who == "stranger":
            user, _ = User.objects.get_or_create(email="stranger@example.org")
            client.force_login(user)
        elif who != "anonymous":
            client.force_login(User.objects.get(email=f"{who}@example.org"))
        return client

    return make


@pytest.fixture
def owner(client_of: Callable[[str], APIClient]) -> APIClient:
    return client_of("owner")


@pytest.fixture
def editor(client_of: Callable[[str], APIClient]) -> APIClient:
    return client_of("editor")


@pytest.fixture
def viewer(client_of: Callable[[str], APIClient]) -> APIClient:
    return client_of("viewer")


@pytest.fixture
def stranger(client_of: Callable[[str], APIClient]) -> APIClient:
    return client_of("stranger")


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient()


@pytest.fixture
def upload(project: Project, client_of: Callable[[str], APIClient]) -> Callable[..., dict[str, Any]]:
    """Upload a recording to the project as its editor; gives the sample as the API answers it."""
    client = client_of("editor")

    def send(seed: int = 0, *, file: SimpleUploadedFile | None = None, **fields: Any) -> dict[str, Any]:
        answer = client.post(
            f"/api/v1/projects/{project.pk}/samples/",
            {"file": file or wav_file(seed), **fields},
            format="multipart",
        )
        assert answer.status_code == 201, answer.content
        return answer.json()

    return send
