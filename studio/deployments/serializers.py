"""Deployments and targets as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from studio.deployments.models import Deployment
from studio.jobs.serializers import JobSummarySerializer
from studio.runs.serializers import BoardField


class TargetSerializer(serializers.Serializer[Any]):
    """A plugin that packages a model; ``options_schema`` is the JSON Schema of its options."""

    id = serializers.CharField()
    title = serializers.CharField()
    pitch = serializers.CharField()
    icon = serializers.CharField()
    variants = serializers.ListField(child=serializers.CharField())
    options_schema = serializers.JSONField()


class DeploymentSerializer(serializers.ModelSerializer[Deployment]):
    """A deployment; ``size_bytes``, ``sha256`` and ``file_name`` are known once it is built."""

    state = serializers.CharField(read_only=True)
    options = serializers.SerializerMethodField()
    job = JobSummarySerializer(read_only=True)

    class Meta:
        model = Deployment
        fields = [
            "id",
            "number",
            "state",
            "run",
            "target",
            "variant",
            "board",
            "options",
            "job",
            "size_bytes",
            "sha256",
            "file_name",
            "created_at",
        ]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_options(self, deployment: Deployment) -> Any:
        return deployment.options


class StartDeploymentSerializer(serializers.Serializer[Any]):
    """What to build, of which run's model."""

    run = serializers.UUIDField()
    target = serializers.CharField(max_length=40)
    variant = serializers.CharField(max_length=40)
    board = BoardField(max_length=80)
    options = serializers.DictField(required=False, default=dict)
