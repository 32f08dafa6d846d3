"""Whatever is sent, the answer is a refusal in words: never a 500, always the one error shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from studio.projects.models import Project
from tests.studio.test_access_matrix import ROWS, arguments_of, objects_of

pytestmark = pytest.mark.django_db

# What takes no body does not read one.
FILES = {"language-model-file"}
"""Addresses that take a file of any content, as a stream."""

JSON_ROWS = [row for row in ROWS if row.body is not None and row.format == "json" and row.url not in FILES]
LIST_ROWS = [
    row for row in ROWS if row.method == "GET" and row.url not in {"docs", "schema", "app", "job-events"}
]

BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"name": "\xff"}',
    "a NUL": b'{"name": "a\\u0000b", "label": "\\u0000", "email": "a\\u0000@example.org"}',
    "half a character": b'{"name": "\\ud800", "label": "\\udfff"}',
    "half a character in a name": b'{"\\ud800": 1}',
    "not a number": b'{"name": NaN, "test_percent": Infinity}',
    "beyond any number": b'{"test_percent": 1e999, "name": 1e999}',
    "a huge whole number": b'{"test_percent": ' + b"9" * 400 + b', "name": ' + b"9" * 400 + b"}",
    "a number of too many digits": b'{"name": ' + b"9" * 6000 + b"}",
    "nested too deep": b"[" * 20_000 + b"]" * 20_000,
    "nested deep": b'{"spec": ' + b'{"a":' * 80 + b"1" + b"}" * 80 + b"}",
    "a list": b"[]",
    "a text": b'"text"',
    "null": b"null",
    "wrong types": b'{"name": [], "email": {}, "scopes": {"a": 1}, "spec": 7, "filter": [], "ids": {}, "spans": {}}',
    "nulls": b'{"name": null, "email": null, "scopes": null, "spec": null, "filter": null, "ids": null, "role": null}',
}


def address_of(row: Any, objects: dict[str, object]) -> str:
    arguments = {name: objects[name] for name in arguments_of(row.url) if name in objects} | dict(
        row.arguments
    )
    return reverse(row.url, kwargs=arguments)


def is_answered_in_words(answer: Any) -> None:
    assert answer.status_code < 500, getattr(answer, "content", b"")[:1000]
    if answer.status_code >= 400:
        errors = answer.json()["errors"]
        assert errors
        assert all(set(error) == {"field", "message"} for error in errors)


@pytest.mark.parametrize("row", JSON_ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_bad_bodies(row: Any, project: Project, client_of: Callable[[str], APIClient]) -> None:
    owner = client_of("owner")
    address = address_of(row, objects_of(project))
    for name, body in BAD_BODIES.items():
        answer = owner.generic(row.method, address, body, content_type="application/json")
        try:
            is_answered_in_words(answer)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
        if answer.status_code in {401, 404}:
            return  # signed out, or what was addressed has gone
    form = owner.generic(row.method, address, b"a=1", content_type="application/x-www-form-urlencoded")
    assert form.status_code in {400, 415, 204, 409}
    is_answered_in_words(form)


@pytest.mark.parametrize("row", JSON_ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_a_body_that_is_too_large_is_413(
    row: Any, project: Project, client_of: Callable[[str], APIClient]
) -> None:
    body = b'{"name": "' + b"x" * 6_000_000 + b'"}'
    answer = client_of("owner").generic(
        row.method, address_of(row, objects_of(project)), body, content_type="application/json"
    )
    is_answered_in_words(answer)
    assert answer.status_code == 413


@pytest.mark.parametrize("row", LIST_ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_bad_queries(row: Any, project: Project, client_of: Callable[[str], APIClient]) -> None:
    owner = client_of("owner")
    address = address_of(row, objects_of(project))
    names = (
        "limit",
        "offset",
        "q",
        "label",
        "split",
        "ordering",
        "points",
        "start_ms",
        "end_ms",
        "format",
        "state",
    )
    for value in (
        "",
        "\x00",
        "-1",
        "9" * 400,
        "1e400",
        "nan",
        "😀",
        "%",
        "'; --",
        "\ud800".encode("utf-16", "surrogatepass"),
    ):
        # All at once, then few enough together that one refusal does not hide the next.
        for some in (names, names[:2], names[2:6], names[6:9], names[9:]):
            is_answered_in_words(owner.get(address, dict.fromkeys(some, value)))


@pytest.mark.parametrize("bad", ["x", "%00", "0" * 32, "..%2f..%2fetc", "a" * 3000, "%ff"])
def test_what_is_no_id_is_not_found(project: Project, owner: APIClient, bad: str) -> None:
    for address in (
        f"projects/{bad}/",
        f"projects/{project.pk}/samples/{bad}/",
        f"projects/{project.pk}/runs/{bad}/",
    ):
        answer = owner.get(f"/api/v1/{address}")
        assert answer.status_code == 404
        is_answered_in_words(answer)


def test_a_method_that_there_is_not_is_405(owner: APIClient) -> None:
    answer = owner.delete("/api/v1/projects/")
    assert answer.status_code == 405
    is_answered_in_words(answer)


def test_an_unknown_host_is_refused(owner: APIClient) -> None:
    answer = owner.get("/api/v1/projects/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    is_answered_in_words(answer)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["name", "description", "email", "role", "scopes", "expires_at", "label", "split", "spans", "ids", "filter", "note",
     "action", "test_percent", "by", "group", "spec", "sample_id", "start_ms", "design", "board", "dataset_version",
     "run", "target", "variant", "options"]
)  # fmt: skip


@given(body=st.dictionaries(FIELDS, VALUES, max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_at_all(body: Any, project: Project, client_of: Callable[[str], APIClient]) -> None:
    owner = client_of("owner")
    content = json.dumps(body)
    base = f"/api/v1/projects/{project.pk}/"
    for method, address in (
        ("POST", "/api/v1/projects/"),
        ("POST", f"{base}members/"),
        ("POST", f"{base}api-keys/"),
        ("POST", f"{base}samples/bulk/"),
        ("POST", f"{base}samples/split/"),
        ("POST", f"{base}dataset-versions/"),
        ("POST", f"{base}designs/"),
        ("POST", f"{base}designs/check/"),
        ("POST", f"{base}designs/preview/"),
        ("POST", f"{base}runs/"),
        ("POST", f"{base}deployments/"),
        ("POST", "/api/v1/auth/sign-up/"),
        ("PATCH", base),
    ):
        client = APIClient() if "auth" in address else owner
        is_answered_in_words(client.generic(method, address, content, content_type="application/json"))
