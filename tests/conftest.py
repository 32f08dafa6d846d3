"""Options of the whole test suite."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.db import connections

from studio import environment
from tests.services import postgres_cluster

_at_the_end = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        action="store_true",
        help="run on PostgreSQL: a throw-away cluster, or the one of THIMBLE_TEST_DATABASE_URL",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the database before any test touches it. SQLite is a file, as it is in use: threads share it."""
    url = os.environ.get("THIMBLE_TEST_DATABASE_URL", "")
    if not url and config.getoption("--postgres") and not config.getoption("--collect-only"):
        url = _at_the_end.enter_context(postgres_cluster())
    database = connections.databases["default"]
    folder = _at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="thimble-tests-"))
    if url:
        database.update(environment.database(url, Path(folder)))
        # Starting Django may have made a connection object of the kind that was configured before.
        with suppress(AttributeError):
            del connections["default"]
    else:
        database["NAME"] = f"{folder}/unused.sqlite3"
        database["TEST"] = {**database.get("TEST", {}), "NAME": f"{folder}/test.sqlite3"}


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {connections['default'].vendor}"


def pytest_unconfigure(config: pytest.Config) -> None:
    _at_the_end.close()
