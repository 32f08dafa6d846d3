from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from studio.accounts.models import User
from tests.studio.helpers import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/sign-in/"


@pytest.fixture(autouse=True)
def ada(make_user: Callable[[str], User]) -> User:
    return make_user("ada")


def sign_in(client: APIClient, password: str = PASSWORD, email: str = "ada@example.org", **extra: Any) -> Any:
    return client.post(URL, {"email": email, "password": password}, **extra)


def test_signing_in_opens_a_session_whatever_case_the_address_is_in(anonymous: APIClient) -> None:
    answer = sign_in(anonymous, email="Ada@Example.ORG")
    assert answer.status_code == 200
    assert answer.json()["email"] == "ada@example.org"
    assert anonymous.get("/api/v1/auth/me/").json()["name"] == "Ada"


def test_signing_out_ends_the_session(anonymous: APIClient) -> None:
    sign_in(anonymous)
    assert anonymous.post("/api/v1/auth/sign-out/").status_code == 204
    assert anonymous.get("/api/v1/auth/me/").status_code == 401


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(anonymous: APIClient) -> None:
    wrong = sign_in(anonymous, password="not the password")
    unknown = sign_in(anonymous, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    anonymous: APIClient, make_user: Callable[[str], User], settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    make_user("bea")

    def seconds(email: str) -> float:
        start = time.perf_counter()
        assert sign_in(anonymous, "not the password", email).status_code == 400
        return time.perf_counter() - start

    known = statistics.median(seconds("bea@example.org") for _ in range(3))
    unknown = statistics.median(seconds("nobody@example.org") for _ in range(3))
    assert 0.5 < known / unknown < 2


def test_a_deactivated_account_cannot_sign_in(anonymous: APIClient, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert sign_in(anonymous).status_code == 400


def test_guessing_one_accounts_password_is_stopped(anonymous: APIClient, settings: Any) -> None:
    settings.SIGN_IN_LIMIT_PER_EMAIL = 3
    for attempt in range(3):
        assert sign_in(anonymous, f"guess {attempt}", REMOTE_ADDR=f"10.0.0.{attempt}").status_code == 400
    stopped = sign_in(anonymous, REMOTE_ADDR="10.0.0.9")
    assert stopped.status_code == 429
    assert "too many attempts" in stopped.json()["errors"][0]["message"]
    assert int(stopped["Retry-After"]) > 0


def test_trying_many_accounts_from_one_address_is_stopped(anonymous: APIClient, settings: Any) -> None:
    settings.SIGN_IN_LIMIT_PER_ADDRESS = 3
    for attempt in range(3):
        assert sign_in(anonymous, email=f"user{attempt}@example.org").status_code == 400
    assert sign_in(anonymous).status_code == 429
    assert sign_in(anonymous, REMOTE_ADDR="10.1.1.1").status_code == 200


def test_a_forged_forwarding_header_does_not_make_a_new_address(anonymous: APIClient, settings: Any) -> None:
    settings.SIGN_IN_LIMIT_PER_ADDRESS = 2
    statuses = [sign_in(anonymous, "wrong", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}").status_code for n in range(3)]
    assert statuses == [400, 400, 429]


def test_behind_a_proxy_the_address_that_it_saw_counts(anonymous: APIClient, settings: Any) -> None:
    settings.SIGN_IN_LIMIT_PER_ADDRESS = 1
    settings.TRUSTED_PROXIES = 1
    assert sign_in(anonymous, HTTP_X_FORWARDED_FOR="6.6.6.6, 1.1.1.1").status_code == 200
    assert sign_in(anonymous, HTTP_X_FORWARDED_FOR="7.7.7.7, 2.2.2.2").status_code == 200
    assert sign_in(anonymous, HTTP_X_FORWARDED_FOR="8.8.8.8, 1.1.1.1").status_code == 429


def test_the_right_password_starts_the_count_anew(anonymous: APIClient, settings: Any) -> None:
    settings.SIGN_IN_LIMIT_PER_EMAIL = 2
    for _ in range(3):
        assert sign_in(anonymous, "wrong").status_code == 400
        assert sign_in(anonymous).status_code == 200


def test_without_the_counter_nobody_gets_in_and_is_told_so(
    anonymous: APIClient, settings: Any, tmp_path: Any
) -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": f"unix://{tmp_path}/nothing-here.sock"}}
    answer = sign_in(anonymous)
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["message"]


def test_signing_in_needs_the_csrf_token() -> None:
    client = APIClient(enforce_csrf_checks=True)
    refused = sign_in(client)
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["errors"][0]["message"]
    token = client.get("/api/v1/auth/csrf/").json()["csrf_token"]
    assert sign_in(client, HTTP_X_CSRFTOKEN=token).status_code == 200
    refused = client.post("/api/v1/projects/", {"name": "Without token"})
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["errors"][0]["message"]


def test_the_session_changes_its_key_when_someone_signs_in(anonymous: APIClient) -> None:
    sign_in(anonymous)
    before = anonymous.cookies["sessionid"].value
    anonymous.post("/api/v1/auth/sign-out/")
    sign_in(anonymous)
    assert anonymous.cookies["sessionid"].value != before


def test_the_session_cookie_is_out_of_reach_of_scripts(anonymous: APIClient) -> None:
    cookie = sign_in(anonymous).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    "body", [{}, [], "text", 7, None, {"email": 7, "password": []}, {"email": "a@b.c", "password": "\u0000"}]
)
def test_anything_else_is_refused_in_words(anonymous: APIClient, body: Any) -> None:
    answer = anonymous.post(URL, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"]
