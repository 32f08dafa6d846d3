from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from studio.accounts.models import User
from tests.studio.helpers import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/api/v1/auth/sign-up/"


def fields_of(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


def test_signing_up_makes_an_account_and_signs_it_in(anonymous: APIClient) -> None:
    answer = anonymous.post(URL, {"email": "Ada@Example.org", "password": PASSWORD, "name": "Ada"})
    assert answer.status_code == 201
    user = answer.json()
    assert user == {"id": user["id"], "email": "ada@example.org", "name": "Ada"}
    assert anonymous.get("/api/v1/auth/me/").json() == user
    assert PASSWORD not in User.objects.get().password


def test_an_address_can_be_used_once_whatever_its_case(anonymous: APIClient) -> None:
    anonymous.post(URL, {"email": "ada@example.org", "password": PASSWORD})
    again = anonymous.post(URL, {"email": "ADA@example.org", "password": PASSWORD})
    assert again.status_code == 400
    assert fields_of(again) == ["email"]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "password", ["short", "password123", "12345678901234", "ada@example.org", "x" * 300, ""]
)
def test_a_weak_password_is_refused(anonymous: APIClient, password: str) -> None:
    answer = anonymous.post(URL, {"email": "ada@example.org", "password": password})
    assert answer.status_code == 400
    assert set(fields_of(answer)) == {"password"}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "a" * 300 + "@example.org", "a\u0000@example.org", 7, None, {}]
)
def test_what_is_no_address_is_refused(anonymous: APIClient, email: Any) -> None:
    answer = anonymous.post(URL, {"email": email, "password": PASSWORD}, format="json")
    assert answer.status_code == 400
    assert fields_of(answer)[0] == "email"


def test_a_name_of_several_lines_is_refused(anonymous: APIClient) -> None:
    answer = anonymous.post(URL, {"email": "ada@example.org", "password": PASSWORD, "name": "Ada\nRoot"})
    assert fields_of(answer) == ["name"]


def test_making_many_accounts_from_one_address_is_stopped(anonymous: APIClient, settings: Any) -> None:
    settings.SIGN_IN_LIMIT_PER_ADDRESS = 2
    statuses = [
        anonymous.post(URL, {"email": f"user{n}@example.org", "password": PASSWORD}).status_code
        for n in range(3)
    ]
    assert statuses == [201, 201, 429]
