from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from studio.accounts.models import User
from tests.studio.helpers import PASSWORD

pytestmark = pytest.mark.django_db


def test_signing_in_opens_a_session(make_user: Callable[[str], User], anonymous: APIClient) -> None:
    make_user("ada")
    answer = anonymous.post("/api/v1/auth/sign-in/", {"email": "Ada@Example.org", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["email"] == "ada@example.org"
    assert anonymous.get("/api/v1/auth/me/").json()["name"] == "Ada"
