"""Rows of the access matrix: what each caller is answered at each address.

Each app has a ``tests/studio/<app>/access.py`` with

- ``ROWS``: a list of :class:`Row`, one for each address and method;
- ``objects(project) -> dict[str, object]``: one object of each of its kinds in the project, by
  the name that it has in the address (``sample_id``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CALLERS = ("anonymous", "stranger", "viewer", "editor", "owner", "key:read", "key:upload", "key:write")

Expected = tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """``expected`` has one status for each of :data:`CALLERS`; ``body`` is sent, or makes what is sent."""

    url: str
    method: str
    expected: Expected
    body: Any | Callable[[], Any] = None
    format: str = "json"
    arguments: tuple[tuple[str, str], ...] = ()
    """What the address needs beside the objects' ids, such as an artifact's name."""


def anyone(status: int = 200) -> Expected:
    """Open to all."""
    return (status,) * len(CALLERS)


def known(status: int = 200) -> Expected:
    """Open to whoever says who they are, in whichever project."""
    return (401, *(status,) * (len(CALLERS) - 1))


def reading(status: int = 200) -> Expected:
    """Every member; keys that may read."""
    return (401, 404, status, status, status, status, 403, 403)


def writing(status: int = 200) -> Expected:
    """Editors and owners; keys that may write."""
    return (401, 404, 403, status, status, 403, 403, status)


def uploading(status: int = 201) -> Expected:
    """Editors and owners; keys that may upload or write."""
    return (401, 404, 403, status, status, 403, status, status)


def members_only(status: int = 200) -> Expected:
    """Every member, no key."""
    return (401, 404, status, status, status, 403, 403, 403)


def owning(status: int = 200) -> Expected:
    """Owners, no key."""
    return (401, 404, 403, 403, status, 403, 403, 403)
