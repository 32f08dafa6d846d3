"""Finds jobs whose worker died or whose message was lost, and queues them again. A thread in every worker.

Any number of reapers may run: each change is a compare-and-set.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from pathlib import Path

import redis
from django.conf import settings
from django.db import close_old_connections

from studio.jobs import events
from studio.jobs.limits import HEARTBEAT_TIMEOUT_S
from studio.jobs.models import Job

logger = logging.getLogger(__name__)

WORK_FOLDER_MAX_AGE_S = 2 * 24 * 3600
LOST_MESSAGE_S = 10


class Reaper:
    """Calls :func:`reap` every few seconds until it is stopped."""

    def __init__(self) -> None:
        self._stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="reaper", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        sweep_work_folders(Path(settings.DATA_DIR) / "work")
        interval_s = max(0.5, HEARTBEAT_TIMEOUT_S / 3)
        while not self._stopping.wait(interval_s):
            close_old_connections()
            try:
                reap(HEARTBEAT_TIMEOUT_S)
            except Exception:
                # The database or Redis is away: so are the jobs. Try again at the next turn.
                logger.exception("the reaper failed")
            finally:
                close_old_connections()


def reap(heartbeat_timeout_s: float) -> None:
    """Queue again what lost its worker, and send again what lost its message."""
    for job in Job.objects.silent_for(heartbeat_timeout_s):
        logger.warning("job %s: no heartbeat from %s in attempt %s", job.pk, job.worker, job.attempt)
        job.recover()
    if _queue_is_empty():
        for job in Job.objects.waiting_for(LOST_MESSAGE_S):
            logger.warning("job %s: queued, but no message waits; sending it again", job.pk)
            job.send()


def _queue_is_empty() -> bool:
    from studio.celery import app

    try:
        return events.client().llen(app.conf.task_default_queue) == 0
    except redis.RedisError:
        return False


def sweep_work_folders(root: Path) -> None:
    """Remove the temporary folders that killed workers left behind."""
    oldest = time.time() - WORK_FOLDER_MAX_AGE_S
    for folder in root.glob("*-*"):
        try:
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue
