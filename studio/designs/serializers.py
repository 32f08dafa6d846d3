"""Designs, and what is asked and told about a pipeline, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pipelines.spec import SpecError, load_spec
from studio.designs.models import Design


@extend_schema_field(OpenApiTypes.OBJECT)
class SpecField(serializers.Field[Any, Any, Any, Any]):
    """A ``PipelineSpec`` document (see ``schema/pipeline/``): brought up to date, checked, its defaults written out."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            return load_spec(data).model_dump(mode="json")
        except SpecError as error:
            raise serializers.ValidationError(_by_field(error)) from None

    def to_representation(self, value: Any) -> Any:
        """What was stored, with the settings that have come since then at their defaults."""
        try:
            return load_spec(value).model_dump(mode="json")
        except SpecError:
            return value


def _by_field(error: SpecError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in error.errors:
        found.setdefault(fault["field"], []).append(fault["message"])
    return found


class DesignSerializer(serializers.ModelSerializer[Design]):
    spec = SpecField()

    class Meta:
        model = Design
        fields = ["id", "name", "spec", "created_at", "updated_at"]
        read_only_fields = ["id", "created_at", "updated_at"]


class SuggestionSerializer(serializers.Serializer[Any]):
    spec = serializers.JSONField()
    reasons = serializers.ListField(child=serializers.CharField())


class CheckRequestSerializer(serializers.Serializer[Any]):
    spec = serializers.JSONField()


class FaultSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class WindowSerializer(serializers.Serializer[Any]):
    length = serializers.IntegerField()
    channels = serializers.IntegerField()


class CostSerializer(serializers.Serializer[Any]):
    macs = serializers.IntegerField()
    scratch_bytes = serializers.IntegerField()
    table_bytes = serializers.IntegerField()


class FeatureCheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    block = serializers.CharField()
    output_shape = serializers.ListField(child=serializers.IntegerField())
    cost = CostSerializer()


class LayerCheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    op = serializers.CharField()
    output_shape = serializers.ListField(child=serializers.IntegerField())
    macs = serializers.IntegerField()
    weights = serializers.IntegerField()


class LearningCheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    block = serializers.CharField()
    input_shape = serializers.ListField(child=serializers.IntegerField())
    output_shape = serializers.ListField(child=serializers.IntegerField())
    cost = CostSerializer()
    layers = LayerCheckSerializer(many=True)


class WindowsEstimateSerializer(serializers.Serializer[Any]):
    training = serializers.IntegerField()
    test = serializers.IntegerField()


class CheckSerializer(serializers.Serializer[Any]):
    errors = FaultSerializer(many=True)
    window = WindowSerializer(required=False)
    features = FeatureCheckSerializer(many=True, required=False)
    learning = LearningCheckSerializer(many=True, required=False)
    windows_estimate = WindowsEstimateSerializer(required=False)


class PreviewRequestSerializer(serializers.Serializer[Any]):
    spec = SpecField()
    sample_id = serializers.UUIDField()
    start_ms = serializers.FloatField(default=0, min_value=0)


class PreviewWindowSerializer(serializers.Serializer[Any]):
    t_ms = serializers.ListField(child=serializers.FloatField())
    values = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class PictureSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["line", "bars", "heatmap"])
    values = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    series = serializers.ListField(child=serializers.CharField())
    x_label = serializers.CharField()
    y_label = serializers.CharField()
    x = serializers.ListField(child=serializers.FloatField())
    y = serializers.ListField(child=serializers.FloatField())
    categories = serializers.ListField(child=serializers.CharField())


class FeaturePreviewSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    block = serializers.CharField()
    picture = PictureSerializer()
    values_count = serializers.IntegerField()


class PreviewSerializer(serializers.Serializer[Any]):
    start_ms = serializers.FloatField()
    window = PreviewWindowSerializer()
    features = FeaturePreviewSerializer(many=True)
