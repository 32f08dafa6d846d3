"""A job's work is a child process: what it says, how it ends and how it is stopped. Real worker, Redis and web server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from tests.studio.stack import Stack, wait_until

Start = Callable[[str], str]


def pids_of(stack: Stack, job_id: str) -> list[int]:
    def told() -> list[int] | None:
        log = stack.log(job_id)
        if "pids " not in log:
            return None
        return [int(pid) for pid in log.split("pids ")[1].splitlines()[0].split()]

    return wait_until(told, 20, "the job tells its process ids")


def none_run(pids: list[int]) -> bool:
    return not any(os.path.exists(f"/proc/{pid}") for pid in pids)


def test_a_job_tells_its_progress_its_steps_and_its_log(stack: Stack, start: Start) -> None:
    job_id = start("counts")
    events = list(stack.events(job_id))
    assert events[0].kind == "job"
    states = [event.data["state"] for event in events if event.kind == "state"]
    assert states == ["queued", "running", "succeeded"]
    assert [event.data["epoch"] for event in events if event.kind == "epoch"] == [1, 2, 3]
    assert [event.data["percent"] for event in events if event.kind == "progress"] == [10, 30, 50, 70]
    job = stack.job(job_id)
    assert (job["state"], job["percent"], job["message"], job["attempt"]) == ("succeeded", 100, "Done", 1)
    assert job["started_at"] <= job["finished_at"]
    log = stack.log(job_id)
    for line in (
        "a library says something",
        "{not json",
        "a warning",
        "ünïcödé",
        "epoch 3 of 3: loss 0.3333",
    ):
        assert line in log


def test_the_events_go_on_after_the_last_that_was_seen(stack: Stack, start: Start) -> None:
    job_id = start("counts")
    events = list(stack.events(job_id))
    seen = events[5]
    again = list(stack.events(job_id, last_event_id=seen.id))
    assert [event.id for event in again if event.id] == [event.id for event in events[6:]]


def test_who_has_seen_the_end_is_told_not_to_come_back(stack: Stack, start: Start) -> None:
    job_id = start("counts")
    last = list(stack.events(job_id))[-1]
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)
    path = f"/api/v1/projects/{stack.seed['project']}/jobs/{job_id}/events/"
    headers = {"Authorization": f"Bearer {stack.seed['key']}", "Last-Event-ID": last.id}
    connection.request("GET", path, headers=headers)
    assert connection.getresponse().status == 204
    connection.close()


def test_events_that_expired_are_told_from_the_database(stack: Stack, start: Start) -> None:
    import redis

    job_id = start("counts")
    stack.wait_for_job(job_id, "succeeded")
    with redis.Redis.from_url(stack.environment["THIMBLE_REDIS_URL"]) as client:
        assert client.delete(f"thimble:job:{job_id}") == 1
    events = list(stack.events(job_id))
    assert [event.kind for event in events] == ["job", "state"]
    assert events[-1].data["state"] == "succeeded"


def test_cancelling_ends_every_process_of_the_job_within_five_seconds(stack: Stack, start: Start) -> None:
    job_id = start("hangs")
    pids = pids_of(stack, job_id)
    began = time.monotonic()
    assert stack.project("POST", f"jobs/{job_id}/cancel/").json["state"] == "cancelled"
    wait_until(lambda: none_run(pids), 5, "the job's processes are gone")
    assert time.monotonic() - began < 5
    states = [event.data["state"] for event in stack.events(job_id) if event.kind == "state"]
    assert states == ["queued", "running", "cancelled"]


def test_a_cancelled_job_can_not_be_cancelled_again(stack: Stack, start: Start) -> None:
    job_id = start("hangs")
    pids_of(stack, job_id)
    stack.project("POST", f"jobs/{job_id}/cancel/")
    again = stack.project("POST", f"jobs/{job_id}/cancel/")
    assert again.status == 409
    assert again.json["errors"][0]["field"] == "state"


def test_deleting_the_run_ends_its_work(stack: Stack, start: Start) -> None:
    job_id = start("hangs")
    pids = pids_of(stack, job_id)
    run_id = stack.job(job_id)["run"]
    assert stack.project("DELETE", f"runs/{run_id}/").status == 204
    wait_until(lambda: none_run(pids), 5, "the job's processes are gone")
    assert stack.project("GET", f"jobs/{job_id}/").status == 404


def test_work_that_hangs_fails_at_the_time_limit_in_words(stack: Stack, start: Start) -> None:
    job_id = start("hangs")
    pids = pids_of(stack, job_id)
    job = stack.wait_for_job(job_id, "failed", timeout_s=20)
    assert "longer than 0.1 minutes" in job["error"]["message"]
    wait_until(lambda: none_run(pids), 5, "the job's processes are gone")


def test_a_refusal_is_told_with_its_field(stack: Stack, start: Start) -> None:
    job = stack.wait_for_job(start("refuses"), "failed")
    assert job["error"] == {"field": "input.window_ms", "message": "the window is too long"}


def test_a_crash_fails_the_job_and_its_last_words_are_in_the_log(stack: Stack, start: Start) -> None:
    job_id = start("crashes")
    job = stack.wait_for_job(job_id, "failed")
    assert "exit code 3" in job["error"]["message"]
    assert "something broke" in stack.log(job_id)


def test_work_that_the_system_kills_is_told_to_need_less_memory(stack: Stack, start: Start) -> None:
    job = stack.wait_for_job(start("killed"), "failed")
    assert "memory" in job["error"]["message"]


def test_a_failed_job_runs_again_on_retry_and_its_events_start_anew(stack: Stack, start: Start) -> None:
    job_id = start("fails_once")
    stack.wait_for_job(job_id, "failed")
    queued = stack.project("POST", f"jobs/{job_id}/retry/").json
    assert (queued["error"], queued["finished_at"]) == (None, None)
    states = [event.data["state"] for event in stack.events(job_id) if event.kind == "state"]
    assert states == ["queued", "running", "succeeded"]
    assert stack.job(job_id)["attempt"] == 2
    assert "--- retry ---" in stack.log(job_id)


def test_a_log_is_bounded(stack: Stack, start: Start) -> None:
    job_id = start("floods")
    stack.wait_for_job(job_id, "succeeded")
    log = stack.log(job_id)
    assert 900_000 < len(log) < 1_100_000
    assert log.endswith("--- the log is full; the rest is not kept ---\n")


def test_a_job_whose_message_was_lost_is_sent_again(stack: Stack, start: Start) -> None:
    import redis

    blockers = [start("hangs"), start("hangs")]
    for blocker in blockers:
        pids_of(stack, blocker)
    job_id = start("counts")
    with redis.Redis.from_url(stack.environment["THIMBLE_REDIS_URL"]) as client:
        wait_until(lambda: client.llen("thimble"), 10, "the message waits")
        client.delete("thimble")
    for blocker in blockers:
        stack.project("POST", f"jobs/{blocker}/cancel/")
    stack.wait_for_job(job_id, "succeeded", timeout_s=30)


def test_a_worker_that_is_stopped_politely_gives_its_job_back(
    stack: Stack, start: Start, worker: object
) -> None:
    """Last in this file: the module's worker is gone afterwards."""
    job_id = start("hangs")
    pids = pids_of(stack, job_id)
    worker.send_signal(signal.SIGTERM)  # type: ignore[attr-defined]
    wait_until(lambda: none_run(pids), 10, "the job's processes are gone")
    job = stack.wait_for_job(job_id, "queued")
    assert job["attempt"] == 1
    worker.wait(20)  # type: ignore[attr-defined]
    stack.start_worker("tests.studio.jobs.scripted")
    assert stack.wait_for_job(job_id, "running", timeout_s=30)["attempt"] == 2
    stack.project("POST", f"jobs/{job_id}/cancel/")
