"""The one Celery task: run an attempt at a job."""

from __future__ import annotations

import logging
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

from celery import Task
from celery.exceptions import Reject
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import transaction

from studio.celery import app
from studio.jobs.heartbeat import Heartbeat
from studio.jobs.models import Job
from studio.jobs.queue import RUN_JOB
from studio.jobs.reaper import Reaper
from studio.jobs.supervisor import Failed, Outcome, Stopped, Succeeded, Supervisor, shutting_down
from studio.jobs.work import Work, WorkError, work_of

logger = logging.getLogger(__name__)

_reaper = Reaper()


@app.task(bind=True, name=RUN_JOB)
def run_job(self: Task, job_id: str, attempt: int) -> None:
    """Run the attempt after ``attempt``; does nothing where the job is no longer queued at that attempt."""
    if shutting_down.is_set():
        raise Reject("this worker is stopping", requeue=True)
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not job.claim(
        attempt, self.request.hostname or socket.gethostname(), self.request.id or ""
    ):
        return
    root = Path(settings.DATA_DIR) / "work"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{job.kind}-", dir=root))
    try:
        _attempt(job, folder)
    except Exception:
        logger.exception("job %s: the worker failed", job_id)
        job.fail(
            "", "The studio failed on this job; the server's log says why. This is a fault of Thimble's."
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _attempt(job: Job, folder: Path) -> None:
    work = work_of(job.kind)
    try:
        with Heartbeat(job) as heartbeat:
            command = work.prepare(job, folder)
            limit_s = work.time_limit_of(job)
            outcome: Outcome = Supervisor(job, heartbeat, command, folder, limit_s, work.when_too_slow).run()
            if isinstance(outcome, Succeeded):
                heartbeat.message = "Keeping the results"
                _finish(job, work, outcome.result, folder)
    except WorkError as error:
        outcome = Failed(error.field, error.message)
    if isinstance(outcome, Failed):
        job.fail(outcome.field, outcome.message)
    elif isinstance(outcome, Stopped) and outcome.released:
        job.release()


def _finish(job: Job, work: Work, result: dict[str, Any], folder: Path) -> None:
    """Files first, then the rows and the state at once: a job that lost a race leaves no trace in the database."""
    stored = work.store(job, result, folder)
    with transaction.atomic():
        if job.succeed():
            work.record(job, stored)


@worker_ready.connect
def _start_reaper(**_: Any) -> None:
    _reaper.start()


@worker_shutting_down.connect
def _give_jobs_back(**_: Any) -> None:
    shutting_down.set()
    _reaper.stop()
