"""Jobs and their logs.

Every change of state is one conditional UPDATE (compare and set): of two that race,
a cancel and a finish for instance, exactly one wins. ``attempt`` is the fencing token:
it grows with each start, and a worker whose attempt is no longer the job's
can change nothing any more.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Length, Now

from studio.jobs import events
from studio.jobs.queue import send_job

LOG_LIMIT_CHARACTERS = 1_000_000
LOST_WORKERS_LIMIT = 3


class JobQuerySet(models.QuerySet["Job"]):
    def silent_for(self, seconds: float) -> JobQuerySet:
        """Running jobs whose worker gave no sign of life for that long, by the database's clock."""
        return self.filter(state=Job.State.RUNNING, heartbeat_at__lt=Now() - timedelta(seconds=seconds))

    def waiting_for(self, seconds: float) -> JobQuerySet:
        """Queued jobs that nobody has started for that long, by the database's clock."""
        return self.filter(state=Job.State.QUEUED, queued_at__lt=Now() - timedelta(seconds=seconds))


class Job(models.Model):
    """One piece of long-running work in a project."""

    class Kind(models.TextChoices):
        RUN = "run"
        DEPLOYMENT = "deployment"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    ACTIVE = (State.QUEUED, State.RUNNING)
    FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    percent = models.FloatField(default=0)
    message = models.CharField(max_length=500, default="Waiting for a worker")
    error = models.JSONField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    lost_workers = models.PositiveSmallIntegerField(default=0)
    celery_task_id = models.CharField(max_length=64, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    queued_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="job_project_created"),
            models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} job {self.id} ({self.state})"

    @property
    def is_final(self) -> bool:
        return self.state in self.FINAL

    # What the studio does

    @classmethod
    def enqueue(cls, project: Any, kind: str, created_by: Any) -> Job:
        """A new job, handed to the workers once the surrounding transaction commits."""
        job = cls.objects.create(project=project, kind=kind, created_by=created_by)
        job.refresh_from_db()
        job.announce()
        job.send()
        return job

    def cancel(self) -> bool:
        """Cancel a job that waits or runs; its worker stops the work on its next heartbeat. False if it had ended."""
        return self._change(
            self.ACTIVE, self.State.CANCELLED, message="Cancelled", finished_at=Now(), heartbeat_at=None
        )

    def retry(self) -> bool:
        """Queue a failed or cancelled job again; the steps that it finished are not done again."""
        changed = self._change(
            (self.State.FAILED, self.State.CANCELLED),
            self.State.QUEUED,
            message="Waiting for a worker",
            percent=0,
            error=None,
            lost_workers=0,
            finished_at=None,
            started_at=None,
            queued_at=Now(),
            forget_events=True,
        )
        if changed:
            self.append_log("--- retry ---\n")
            self.send()
        return changed

    # What a worker does

    def claim(self, attempt: int, worker: str, task_id: str) -> bool:
        """Take a queued job, as the attempt after ``attempt``; False where somebody else did, or it was cancelled."""
        return self._change(
            (self.State.QUEUED,),
            self.State.RUNNING,
            only_attempt=attempt,
            attempt=attempt + 1,
            worker=worker[:200],
            celery_task_id=task_id[:64],
            message="Starting",
            percent=0,
            heartbeat_at=Now(),
            started_at=Coalesce(F("started_at"), Now()),
        )

    def beat(self, percent: float, message: str) -> bool:
        """Say that the work goes on and how far it is; False when it must stop: cancelled, deleted or taken over."""
        return bool(
            Job.objects.filter(pk=self.pk, state=self.State.RUNNING, attempt=self.attempt).update(
                heartbeat_at=Now(), percent=percent, message=message[:500]
            )
        )

    def is_ours(self) -> bool:
        """Whether this attempt is still the one that runs."""
        return Job.objects.filter(pk=self.pk, state=self.State.RUNNING, attempt=self.attempt).exists()

    def succeed(self) -> bool:
        return self._change(
            (self.State.RUNNING,),
            self.State.SUCCEEDED,
            only_attempt=self.attempt,
            percent=100,
            message="Done",
            finished_at=Now(),
        )

    def fail(self, field: str, message: str) -> bool:
        return self._change(
            (self.State.RUNNING,),
            self.State.FAILED,
            only_attempt=self.attempt,
            message="Failed",
            error={"field": field, "message": message[:4000]},
            finished_at=Now(),
        )

    def release(self) -> bool:
        """Give a running job back to the queue: this worker is told to stop."""
        changed = self._change(
            (self.State.RUNNING,),
            self.State.QUEUED,
            only_attempt=self.attempt,
            message="The worker was stopped; waiting for another",
            queued_at=Now(),
        )
        if changed:
            self.send()
        return changed

    def recover(self) -> bool:
        """Queue a job again whose worker died, or fail it when that keeps happening. Called by the reaper."""
        if self.lost_workers + 1 >= LOST_WORKERS_LIMIT:
            return self.fail(
                "",
                f"The worker died {LOST_WORKERS_LIMIT} times during this job, the last time at “{self.message}”. "
                "Usually that means too little memory: try a smaller model or window, or a larger worker.",
            )
        changed = self._change(
            (self.State.RUNNING,),
            self.State.QUEUED,
            only_attempt=self.attempt,
            lost_workers=F("lost_workers") + 1,
            message="The worker died; the job goes on from its last finished step",
            queued_at=Now(),
        )
        if changed:
            self.append_log("--- the worker died; the job goes on from its last finished step ---\n")
            self.send()
        return changed

    # How

    def send(self) -> None:
        """Hand the job to the workers after the commit."""
        job_id, attempt = str(self.pk), self.attempt
        transaction.on_commit(lambda: send_job(job_id, attempt))

    def _change(
        self,
        sources: tuple[str, ...],
        target: str,
        *,
        only_attempt: int | None = None,
        forget_events: bool = False,
        **fields: Any,
    ) -> bool:
        """Compare and set the state; on success this object is fresh and the change is announced after the commit."""
        rows = Job.objects.filter(pk=self.pk, state__in=sources)
        if only_attempt is not None:
            rows = rows.filter(attempt=only_attempt)
        changed = bool(rows.update(state=target, **fields))
        if changed:
            self.refresh_from_db()
            self.announce(forget_events=forget_events)
        return changed

    def announce(self, *, forget_events: bool = False) -> None:
        """Publish the state as an event after the commit, and shut out the writers of earlier attempts."""
        event: dict[str, Any] = {"type": "state", "state": self.state, "attempt": self.attempt}
        if self.error:
            event["error"] = self.error
        job_id, fence = str(self.pk), f"{self.attempt}:{self.state}"

        def tell() -> None:
            if forget_events:
                events.forget(job_id)
            events.publish_state(job_id, fence, event)

        transaction.on_commit(tell)

    def append_log(self, text: str) -> None:
        """Add to the log, up to :data:`LOG_LIMIT_CHARACTERS` in all."""
        if not text:
            return
        used = self.log_chunks.aggregate(used=Sum(Length("text")))["used"] or 0
        if used >= LOG_LIMIT_CHARACTERS:
            return
        if used + len(text) > LOG_LIMIT_CHARACTERS:
            text = text[: LOG_LIMIT_CHARACTERS - used] + "\n--- the log is full; the rest is not kept ---\n"
        # PostgreSQL's text holds no NUL.
        self.log_chunks.create(text=text.replace("\0", "�"))

    @property
    def log(self) -> str:
        return "".join(self.log_chunks.values_list("text", flat=True))


class JobLogChunk(models.Model):
    """A piece of a job's log; the log is all of them in the order of their ids."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="log_chunks")
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"log of job {self.job_id}, piece {self.pk}"
