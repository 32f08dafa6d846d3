"""Deployments and targets as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deploy_targets.base import GROUPS
from studio.deployments.models import Deployment
from studio.jobs.serializers import JobSummarySerializer
from studio.runs.serializers import BoardField


class TargetSerializer(serializers.Serializer[Any]):
    """A plugin that packages a model; ``options_schema`` is the JSON Schema of its options."""

    id = serializers.CharField()
    title = serializers.CharField()
    pitch = serializers.CharField()
    icon = serializers.CharField()
    group = serializers.ChoiceField(choices=GROUPS, help_text="Where the model is to run.")
    takes = serializers.ChoiceField(choices=["pipeline", "language-model"])
    variants = serializers.ListField(child=serializers.CharField())
    board_use = serializers.ChoiceField(
        choices=["chosen", "none"], help_text="none: it is the same for every board; send no board."
    )
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What this server lacks to build it, in words."
    )
    refused_boards = serializers.DictField(
        child=serializers.CharField(), help_text="Boards that it cannot be built for, each with the reason."
    )
    docs = serializers.CharField(allow_blank=True, help_text="Address of a page that says more.")
    options_schema = serializers.JSONField()


class DeploymentSerializer(serializers.ModelSerializer[Deployment]):
    """A deployment, of a ``run`` or of a ``language_model``; the other is null.

    ``size_bytes``, ``sha256`` and ``file_name`` are known once it is built.
    """

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
            "language_model",
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
    """What to build, of which run's model or of which language model."""

    run = serializers.UUIDField(required=False, allow_null=True, default=None)
    language_model = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="For targets that take one, instead of a run.",
    )
    target = serializers.CharField(max_length=40)
    variant = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    board = BoardField(
        max_length=80,
        required=False,
        allow_blank=True,
        default="",
        help_text="Empty for targets that are the same for every board.",
    )
    options = serializers.DictField(required=False, default=dict)
