"""What the tests of language models share: sending files, whole or in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from studio.projects.models import Project


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/language-models/"


@pytest.fixture
def model_url(editor: APIClient, url: str) -> str:
    """Address of a language model that has just been begun."""
    answer = editor.post(url, {"name": "Storyteller"})
    assert answer.status_code == 201, answer.content
    return f"{url}{answer.json()['id']}/"


@pytest.fixture
def send(editor: APIClient, model_url: str) -> Callable[..., Any]:
    """Send bytes of a file of the model, as its editor."""

    def put(name: str, body: bytes, query: str = "", **headers: str) -> Any:
        return editor.generic(
            "PUT",
            f"{model_url}files/{name}/{query}",
            body,
            content_type="application/octet-stream",
            **headers,
        )

    return put


def error_of(answer: Any, status: int) -> tuple[str, str]:
    """Field and message of the one thing that was wrong."""
    assert answer.status_code == status, answer.content
    (error,) = answer.json()["errors"]
    return error["field"], error["message"]
