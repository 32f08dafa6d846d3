"""Redis goes away and comes back: nothing is lost but liveliness. The scripted worker keeps it quick."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.studio.stack import Stack, running_stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("faults"), THIMBLE_JOB_HEARTBEAT_TIMEOUT_S="3") as running:
        running.start_worker("tests.studio.jobs.scripted")
        yield running


def start(stack: Stack, script: str) -> str:
    spec = stack.project("GET", f"designs/{stack.seed['short']}/").json["spec"]
    design = stack.project("POST", "designs/", {"name": script, "spec": spec}).json
    run = stack.project("POST", "runs/", {"design": design["id"], "board": "nano33ble"})
    assert run.status == 201, run.body
    return str(run.json["job"]["id"])


def test_a_run_started_while_redis_is_away_is_done_when_it_is_back(stack: Stack) -> None:
    stack.redis.stop()
    began = time.monotonic()
    job_id = start(stack, "counts")
    assert time.monotonic() - began < 15, "the request does not hang"
    events = stack.events(job_id)
    assert next(events).data["state"] == "queued"
    stack.redis.start()
    assert [event.data["state"] for event in events if event.kind == "state"][-1] == "succeeded"
    assert stack.job(job_id)["state"] == "succeeded"


def test_work_that_is_going_on_survives_the_loss_of_redis(stack: Stack) -> None:
    job_id = start(stack, "pauses")
    stack.wait_for_job(job_id, "running")
    stack.redis.stop()
    assert stack.wait_for_job(job_id, "succeeded", timeout_s=30)["attempt"] == 1
    stack.redis.start()
    after = start(stack, "counts")
    stack.wait_for_job(after, "succeeded", timeout_s=60)
