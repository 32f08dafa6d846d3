"""Runs and boards as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pipelines.profile.boards import board_of
from pipelines.profile.errors import ProfileError
from studio.jobs.serializers import JobSummarySerializer
from studio.runs.models import Artifact, Run


class BoardSerializer(serializers.Serializer[Any]):
    """A device profile."""

    id = serializers.CharField()
    title = serializers.CharField()
    core = serializers.CharField()
    clock_hz = serializers.IntegerField()
    flash_bytes = serializers.IntegerField()
    ram_bytes = serializers.IntegerField()
    fpu = serializers.ChoiceField(choices=["none", "single", "double"])
    dsp = serializers.BooleanField()
    mve = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    source = serializers.CharField()


class BoardField(serializers.CharField):
    """The id of a known board."""

    def to_internal_value(self, data: Any) -> str:
        board_id = super().to_internal_value(data)
        try:
            board_of(board_id)
        except ProfileError as error:
            raise serializers.ValidationError(str(error)) from None
        return board_id


class ArtifactSerializer(serializers.ModelSerializer[Artifact]):
    class Meta:
        model = Artifact
        fields = ["name", "size_bytes", "sha256"]
        read_only_fields = fields


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run in a list; ``metrics`` is the result, or null until there is one."""

    state = serializers.CharField(read_only=True)
    spec = serializers.SerializerMethodField()
    metrics = serializers.SerializerMethodField()
    job = JobSummarySerializer(read_only=True)

    class Meta:
        model = Run
        fields = [
            "id",
            "number",
            "state",
            "design",
            "design_name",
            "spec",
            "board",
            "dataset_version",
            "job",
            "metrics",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields

    finished_at = serializers.DateTimeField(source="job.finished_at", read_only=True, allow_null=True)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_spec(self, run: Run) -> Any:
        return run.spec

    @extend_schema_field({"type": "object", "nullable": True})
    def get_metrics(self, run: Run) -> Any:
        return run.metrics


class RunDetailSerializer(RunSerializer):
    artifacts = ArtifactSerializer(many=True, read_only=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "artifacts"]
        read_only_fields = fields


class StartRunSerializer(serializers.Serializer[Any]):
    """What to run. Without ``dataset_version`` it is the project's samples as they are now."""

    design = serializers.UUIDField()
    board = BoardField()
    dataset_version = serializers.UUIDField(required=False, allow_null=True)
