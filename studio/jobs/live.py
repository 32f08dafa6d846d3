"""A job's events as they happen: Server-Sent Events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import redis
from django.db import close_old_connections
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from studio.jobs import events
from studio.jobs.models import Job
from studio.jobs.serializers import JobSerializer
from studio.jobs.views import JobScoped

WAIT_MS = 2000
LONGEST_STREAM_S = 600
"""Then the stream ends and the browser comes back by itself, with Last-Event-ID: no thread is held for ever."""

_EVENT_ID = re.compile(r"\d{1,20}-\d{1,20}\Z")


class JobEventsView(JobScoped, GenericAPIView[Job]):
    """A job's events from the first, or from after ``Last-Event-ID``, until its final state.

    The first event, ``job``, is the job as it is now. Answers 204 to a client that has seen the
    final state already, which tells a browser's EventSource to stop asking.
    """

    @extend_schema(
        parameters=[OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER)],
        responses={(200, "text/event-stream"): OpenApiTypes.STR, 204: None},
    )
    def get(self, request: Request, project_id: UUID, job_id: UUID) -> HttpResponseBase:
        job = self.get_object()
        given = request.headers.get("Last-Event-ID", "")
        after = given if _EVENT_ID.match(given) else "0-0"
        if job.is_final and after != "0-0" and not _any_after(job, after):
            return HttpResponse(status=204)
        response = StreamingHttpResponse(
            follow(job, JobSerializer(job).data, after), content_type="text/event-stream; charset=utf-8"
        )
        response["Cache-Control"] = "no-cache, no-transform"
        response["X-Accel-Buffering"] = "no"  # a reverse proxy must pass each event on at once
        return response


def _any_after(job: Job, after: str) -> bool:
    try:
        return bool(events.read(str(job.pk), after, block_ms=None, count=1))
    except redis.RedisError:
        return False


def follow(job: Job, snapshot: Any, after: str) -> Iterator[str]:
    """The text of the stream. Ends after the final state, which the database decides, not the events."""
    end = time.monotonic() + LONGEST_STREAM_S
    told_final = False
    yield "retry: 1000\n" + _event("job", json.dumps(snapshot, default=str))
    while time.monotonic() < end:
        # A stream may last for minutes; it must not hold a database connection while it waits.
        close_old_connections()
        try:
            found = events.read(str(job.pk), after, block_ms=None if job.is_final else WAIT_MS)
        except redis.RedisError:
            found = []
            if not job.is_final:
                time.sleep(WAIT_MS / 1000)
        for event_id, kind, data in found:
            after = event_id
            yield _event(kind, data, event_id)
            told_final = kind == "state" and json.loads(data)["state"] in Job.FINAL
        if found and not told_final:
            continue
        if job.is_final:
            if not told_final:
                yield _event("state", json.dumps({"type": "state", "state": job.state, "error": job.error}))
            return
        before = (job.percent, job.message)
        try:
            job.refresh_from_db(fields=["state", "percent", "message", "error"])
        except Job.DoesNotExist:
            return
        if not found:
            yield ": keep-alive\n\n"
        if after == "0-0" and (job.percent, job.message) != before and not job.is_final:
            # The events are lost: the database's progress is better than silence.
            progress = {"type": "progress", "percent": job.percent, "message": job.message}
            yield _event("progress", json.dumps(progress))


def _event(kind: str, data: str, event_id: str = "") -> str:
    return (f"id: {event_id}\n" if event_id else "") + f"event: {kind}\ndata: {data}\n\n"
