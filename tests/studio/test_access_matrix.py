"""Every address × every method × every caller: the answer is the one that the matrix says."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.test import APIClient

from studio.projects.models import Project
from tests.studio.access import CALLERS, Row

pytestmark = pytest.mark.django_db

APPS = [
    importlib.import_module(f"tests.studio.{path.parent.name}.access")
    for path in sorted(Path(__file__).parent.glob("*/access.py"))
]
ROWS: list[Row] = [row for app in APPS for row in app.ROWS]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def addresses(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry)
        else:
            yield entry


def methods_of(pattern: URLPattern) -> set[str]:
    view: Any = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
    if view is None:
        return {"GET"}
    return {
        method
        for method in METHODS
        if method.lower() in view.http_method_names and hasattr(view, method.lower())
    }


def arguments_of(url: str) -> list[str]:
    return next(list(pattern.pattern.converters) for pattern in addresses() if pattern.name == url)


def objects_of(project: Project) -> dict[str, object]:
    found: dict[str, object] = {"project_id": project.pk}
    for app in APPS:
        found.update(app.objects(project))
    return found


def ask(client: APIClient, row: Row, objects: dict[str, object]) -> HttpResponseBase:
    arguments = {name: objects[name] for name in arguments_of(row.url) if name in objects} | dict(
        row.arguments
    )
    body = row.body() if callable(row.body) else row.body
    send = getattr(client, row.method.lower())
    address = reverse(row.url, kwargs=arguments)
    return send(address) if row.method == "GET" else send(address, body, format=row.format)


def test_every_address_and_method_is_in_the_matrix() -> None:
    served = {(pattern.name, method) for pattern in addresses() for method in methods_of(pattern)}
    assert None not in {name for name, _ in served}, "every address needs a name"
    described = {(row.url, row.method) for row in ROWS}
    assert served - described == set(), "add rows to tests/studio/<app>/access.py"
    assert described - served == set(), "rows of addresses that are gone"


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.url}")
def test_the_answer_to_each_caller(
    row: Row, caller: str, project: Project, client_of: Callable[[str], APIClient]
) -> None:
    answer = ask(client_of(caller), row, objects_of(project))
    assert answer.status_code == row.expected[CALLERS.index(caller)], getattr(answer, "content", b"")[:500]
    if answer.status_code >= 400:
        errors = answer.json()["errors"]
        assert errors
        assert all(set(error) == {"field", "message"} and error["message"] for error in errors)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if len(arguments_of(row.url)) > 1], ids=lambda row: f"{row.method} {row.url}"
)
def test_an_object_of_another_tenant_is_not_found_in_ones_own_project(
    row: Row, project: Project, client_of: Callable[[str], APIClient]
) -> None:
    owner = client_of("owner")
    theirs = objects_of(Project.objects.create(name="Theirs"))
    assert ask(owner, row, {**theirs, "project_id": project.pk}).status_code == 404
    absent = {name: uuid4() if isinstance(value, UUID) else value for name, value in theirs.items()}
    assert ask(owner, row, {**absent, "project_id": project.pk}).status_code == 404
