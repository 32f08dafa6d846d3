"""Telling the workers of a job, by the name of their task: who sends need not know what is done."""

from __future__ import annotations

import logging

from kombu.exceptions import OperationalError as BrokerError

from studio.celery import app

logger = logging.getLogger(__name__)

RUN_JOB = "studio.jobs.tasks.run_job"


def send_job(job_id: str, attempt: int) -> None:
    """Tell the workers of a queued job. Where the broker is away, the reaper tells them later."""
    try:
        app.send_task(RUN_JOB, (job_id, attempt))
    except BrokerError as error:
        logger.warning("job %s: not sent yet, the broker is away: %s", job_id, error)
