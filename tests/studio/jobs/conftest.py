"""A studio with a scripted worker, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.studio.stack import Stack, running_stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with running_stack(
        folder, THIMBLE_JOB_HEARTBEAT_TIMEOUT_S="3", TEST_TIME_LIMIT_S="6", THIMBLE_WORKER_CONCURRENCY="2"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def worker(stack: Stack) -> Any:
    return stack.start_worker("tests.studio.jobs.scripted")


@pytest.fixture
def start(stack: Stack, worker: Any) -> Callable[[str], str]:
    """Queue a run whose work is the script of that name (see ``scripted.py``); gives the job's id."""
    spec = stack.project("GET", f"designs/{stack.seed['short']}/").json["spec"]

    def queue(script: str) -> str:
        design = stack.project("POST", "designs/", {"name": script, "spec": spec})
        assert design.status == 201, design.body
        run = stack.project("POST", "runs/", {"design": design.json["id"], "board": "nano33ble"})
        assert run.status == 201, run.body
        return str(run.json["job"]["id"])

    return queue
