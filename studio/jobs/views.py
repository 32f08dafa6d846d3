"""Jobs over REST: list, look, cancel, retry, log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from studio.jobs.models import Job
from studio.jobs.serializers import JobSerializer
from studio.projects.access import ProjectScoped
from studio.web.exceptions import Conflict


class JobScoped(ProjectScoped):
    queryset = Job.objects.select_related("run", "deployment").defer("run__metrics", "run__spec")
    serializer_class = JobSerializer
    lookup_url_kwarg = "job_id"


class JobListView(JobScoped, ListAPIView[Job]):
    """A project's jobs, the newest first."""


class JobView(JobScoped, RetrieveAPIView[Job]):
    """One job."""


class JobCancelView(JobScoped, GenericAPIView[Job]):
    """Stop a job that waits or runs; within a few seconds nothing of it runs any more."""

    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, project_id: UUID, job_id: UUID) -> Response:
        job = self.get_object()
        with transaction.atomic():
            if not job.cancel():
                job.refresh_from_db()
                raise Conflict({"state": [f"the job is {job.state} already; there is nothing to cancel"]})
        return Response(self.get_serializer(job).data)


class JobRetryView(JobScoped, GenericAPIView[Job]):
    """Queue a failed or cancelled job again; the steps that it finished are not done again."""

    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, project_id: UUID, job_id: UUID) -> Response:
        job = self.get_object()
        with transaction.atomic():
            if not job.retry():
                job.refresh_from_db()
                raise Conflict(
                    {"state": [f"the job is {job.state}; only a failed or cancelled one can be retried"]}
                )
        return Response(self.get_serializer(job).data)


class JobLogView(JobScoped, GenericAPIView[Job]):
    """What the job's work printed, as plain text."""

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, project_id: UUID, job_id: UUID) -> StreamingHttpResponse:
        job: Any = get_object_or_404(Job, pk=job_id, project=self.project)
        chunks = job.log_chunks.values_list("text", flat=True).iterator(chunk_size=200)
        return StreamingHttpResponse(chunks, content_type="text/plain; charset=utf-8")
