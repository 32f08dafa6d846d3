"""Jobs as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from studio.jobs.models import Job


class JobErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()


class JobSummarySerializer(serializers.ModelSerializer[Job]):
    """What a run or a deployment tells of its job."""

    class Meta:
        model = Job
        fields = ["id", "state", "percent", "message"]
        read_only_fields = fields


class JobSerializer(serializers.ModelSerializer[Job]):
    error = JobErrorSerializer(read_only=True, allow_null=True)
    run = serializers.SerializerMethodField()
    deployment = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "state",
            "percent",
            "message",
            "error",
            "attempt",
            "created_at",
            "started_at",
            "finished_at",
            "run",
            "deployment",
        ]
        read_only_fields = fields

    def get_run(self, job: Job) -> UUID | None:
        run = getattr(job, "run", None)
        return run.pk if run else None

    def get_deployment(self, job: Job) -> UUID | None:
        deployment = getattr(job, "deployment", None)
        return deployment.pk if deployment else None
