"""A job's state changes by compare and set: of two that race one wins, and a worker of yesterday changes nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from studio.jobs import events
from studio.jobs.models import LOG_LIMIT_CHARACTERS, LOST_WORKERS_LIMIT, Job
from studio.jobs.reaper import reap
from studio.projects.models import Project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(project: Project) -> Job:
    return Job.enqueue(project, Job.Kind.RUN, None)


def running(job: Job) -> Job:
    assert job.claim(job.attempt, "worker", "task")
    return job


def stored(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_only_one_worker_can_take_a_job(job: Job) -> None:
    twin = stored(job)
    assert job.claim(0, "first", "1")
    assert not twin.claim(0, "second", "2")
    assert (stored(job).worker, stored(job).attempt) == ("first", 1)


def test_a_cancelled_job_is_not_taken(job: Job) -> None:
    twin = stored(job)
    assert job.cancel()
    assert not twin.claim(0, "worker", "1")
    assert stored(job).state == Job.State.CANCELLED


def test_after_a_cancel_the_worker_can_neither_finish_nor_go_on(job: Job) -> None:
    running(job)
    assert stored(job).cancel()
    assert not job.beat(50, "Training")
    assert not job.succeed()
    assert not job.fail("", "broken")
    assert not job.release()
    assert stored(job).state == Job.State.CANCELLED


def test_a_finished_job_can_not_be_cancelled(job: Job) -> None:
    running(job).succeed()
    assert not stored(job).cancel()
    assert stored(job).state == Job.State.SUCCEEDED


def test_of_a_cancel_and_a_finish_at_once_exactly_one_wins(project: Project) -> None:
    for _ in range(10):
        job = running(Job.enqueue(project, Job.Kind.RUN, None))
        start = threading.Barrier(2)
        won: dict[str, bool] = {}

        def race(name: str, mine: Job, start: Any = start, won: dict[str, bool] = won) -> None:
            start.wait()
            won[name] = mine.succeed() if name == "succeeded" else mine.cancel()
            connection.close()

        threads = [
            threading.Thread(target=race, args=(name, stored(job))) for name in ("succeeded", "cancelled")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won.values()) == [False, True]
        assert won[stored(job).state]


def test_a_zombie_of_an_earlier_attempt_changes_nothing(job: Job) -> None:
    zombie = running(job)
    taken = stored(job)
    assert taken.recover()
    running(taken)
    assert not zombie.beat(99, "late")
    assert not zombie.succeed()
    assert (stored(job).state, stored(job).attempt, stored(job).message) == ("running", 2, "Starting")


def test_a_zombie_publishes_nothing(job: Job) -> None:
    running(job)
    assert events.publish(str(job.pk), 1, {"type": "log", "line": "in time"})
    stored(job).cancel()
    assert not events.publish(str(job.pk), 1, {"type": "log", "line": "late"})
    told = [data for _, _, data in events.read(str(job.pk), "0-0", block_ms=None)]
    assert "in time" in told[-2]
    assert '"cancelled"' in told[-1]


def test_retry_starts_anew_but_not_what_runs_or_succeeded(job: Job) -> None:
    assert not stored(job).retry()
    running(job)
    assert not stored(job).retry()
    job.fail("x", "broken")
    assert stored(job).retry()
    again = stored(job)
    assert (again.state, again.error, again.percent, again.attempt) == ("queued", None, 0, 1)
    running(again).succeed()
    assert not stored(job).retry()


def test_the_reaper_queues_a_silent_job_again(job: Job) -> None:
    running(job)
    reap(heartbeat_timeout_s=15)
    assert stored(job).state == "running"
    Job.objects.filter(pk=job.pk).update(heartbeat_at=Now() - timedelta(seconds=16))
    reap(heartbeat_timeout_s=15)
    assert (stored(job).state, stored(job).lost_workers) == ("queued", 1)
    assert "worker died" in stored(job).log


def test_a_job_that_keeps_killing_its_worker_fails_in_words(job: Job) -> None:
    for _ in range(LOST_WORKERS_LIMIT):
        assert running(stored(job)).recover()
    assert stored(job).state == "failed"
    assert "memory" in stored(job).error["message"]


def test_a_log_keeps_so_much_and_no_more(job: Job) -> None:
    for _ in range(5):
        job.append_log("x" * (LOG_LIMIT_CHARACTERS // 3))
    log = job.log
    assert LOG_LIMIT_CHARACTERS < len(log) < LOG_LIMIT_CHARACTERS + 100
    assert log.count("the log is full") == 1


def test_deleting_the_project_stops_its_jobs(job: Job, project: Project) -> None:
    running(job)
    project.delete_with_files()
    assert not job.beat(50, "Training")
    assert not job.succeed()
