"""What goes in and out of the endpoints of samples and dataset versions."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from studio.data.models import UPLOAD_SPLITS, DatasetVersion, DatasetVersionSample, Sample, Split
from studio.web.fields import LineField
from studio.web.parsers import check_json

_MOST_SPANS = 10_000
_MOST_IDS = 10_000
_MOST_METADATA_CHARACTERS = 20_000
_LONGEST_MS = 1e12
_HIGHEST_SAMPLE_RATE_HZ = 1_000_000

ORDERINGS = [
    sign + name
    for name in ("created_at", "name", "label", "split", "duration_ms", "size_bytes")
    for sign in ("", "-")
]


class SpanSerializer(serializers.Serializer[Any]):
    """A labelled stretch of a recording."""

    start_ms = serializers.FloatField(min_value=0, max_value=_LONGEST_MS)
    end_ms = serializers.FloatField(min_value=0, max_value=_LONGEST_MS)
    label = LineField(max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # A PATCH lets fields be left out, also, for DRF, those of what is nested; but a span is set whole.
        missing = [name for name in self.fields if name not in attrs]
        if missing:
            raise serializers.ValidationError(dict.fromkeys(missing, "is missing"))
        if attrs["end_ms"] <= attrs["start_ms"]:
            raise serializers.ValidationError({"end_ms": "must be after start_ms"})
        return attrs


@extend_schema_field(OpenApiTypes.OBJECT)
class MetadataField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object, also as text in a form."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, str):
            if len(data) > _MOST_METADATA_CHARACTERS:
                raise serializers.ValidationError(f"is over {_MOST_METADATA_CHARACTERS:,} characters")
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                raise serializers.ValidationError('write a JSON object, such as {"volunteer": "7"}') from None
        if not isinstance(data, dict):
            raise serializers.ValidationError('write a JSON object, such as {"volunteer": "7"}')
        check_json(data)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """A sample. Its name, label, split, group and spans can be changed."""

    name = LineField(max_length=200)
    label = LineField(max_length=120, allow_blank=True)
    group = LineField(
        max_length=120,
        allow_blank=True,
        required=False,
        help_text="What must stay in one split, such as a volunteer.",
    )
    spans = SpanSerializer(many=True)
    channels = serializers.ListField(child=serializers.CharField(), read_only=True)
    units = serializers.ListField(child=serializers.CharField(), read_only=True)
    metadata = MetadataField(read_only=True)

    class Meta:
        model = Sample
        fields = [
            "id", "name", "label", "split", "group", "duration_ms", "sample_rate_hz", "channels", "units", "spans",
            "size_bytes", "sha256", "metadata", "created_at",
        ]  # fmt: skip
        read_only_fields = ["id", "duration_ms", "sample_rate_hz", "size_bytes", "sha256", "created_at"]

    def validate_spans(self, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(spans) > _MOST_SPANS:
            raise serializers.ValidationError(f"are over {_MOST_SPANS:,}")
        duration_ms = self.instance.duration_ms if self.instance else _LONGEST_MS
        for span in spans:
            if span["start_ms"] >= duration_ms:
                raise serializers.ValidationError(
                    f"a span starts at {span['start_ms']:g} ms; the recording ends at {duration_ms:g} ms"
                )
        return sorted(
            ({**span, "end_ms": min(span["end_ms"], duration_ms)} for span in spans),
            key=lambda span: (span["start_ms"], span["end_ms"]),
        )


class UploadSerializer(serializers.Serializer[Any]):
    """The form that uploads a recording."""

    file = serializers.FileField(help_text="A recording: WAV, CSV or data acquisition JSON.", max_length=255)
    path = LineField(
        max_length=1000, required=False, default="", allow_blank=True,
        help_text="Where it lay in the dropped folder; the label is read from it.",
    )  # fmt: skip
    label = LineField(max_length=120, required=False, default=None, allow_blank=True)
    split = serializers.ChoiceField(
        choices=UPLOAD_SPLITS,
        default="auto",
        help_text="auto: by the content's hash, 80 % training.",
    )
    group = LineField(max_length=120, required=False, default="", allow_blank=True)
    sample_rate_hz = serializers.FloatField(
        required=False, default=None, allow_null=True, min_value=1e-6, max_value=_HIGHEST_SAMPLE_RATE_HZ,
        help_text="Where the file itself does not say.",
    )  # fmt: skip
    metadata = MetadataField(required=False, default=dict)


class SampleFilterSerializer(serializers.Serializer[Any]):
    """Which samples: all that are given must hold. ``q`` is looked for in names and labels."""

    label = serializers.CharField(max_length=120, required=False, allow_blank=True)
    split = serializers.ChoiceField(choices=Split.choices, required=False, allow_blank=True)
    q = serializers.CharField(max_length=200, required=False, allow_blank=True)


class SampleQuerySerializer(SampleFilterSerializer):
    ordering = serializers.ChoiceField(choices=ORDERINGS, default="-created_at")


class BulkSerializer(serializers.Serializer[Any]):
    """One change to many samples: those of ``ids``, or all that ``filter`` finds."""

    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=_MOST_IDS, min_length=1
    )
    filter = SampleFilterSerializer(required=False)
    action = serializers.ChoiceField(choices=["relabel", "move", "delete"])
    label = LineField(max_length=120, required=False, allow_blank=True)
    split = serializers.ChoiceField(choices=Split.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("filter" in attrs):
            raise serializers.ValidationError({"ids": "give either ids or filter"})
        if attrs["action"] == "relabel" and "label" not in attrs:
            raise serializers.ValidationError({"label": "say which label"})
        if attrs["action"] == "move" and "split" not in attrs:
            raise serializers.ValidationError({"split": "say to which split"})
        return attrs


class BulkResultSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()


class ResplitSerializer(serializers.Serializer[Any]):
    """How to divide all samples anew, each label in the same proportion."""

    test_percent = serializers.FloatField(min_value=0, max_value=100, default=20)
    by = serializers.ChoiceField(
        choices=["sample", "group"], default="sample", help_text="group: samples of one group stay together."
    )


class ResplitResultSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()
    training = serializers.IntegerField()
    test = serializers.IntegerField()


class WaveformQuerySerializer(serializers.Serializer[Any]):
    points = serializers.IntegerField(min_value=1, max_value=20_000, default=1000)
    start_ms = serializers.FloatField(min_value=0, max_value=_LONGEST_MS, default=0)
    end_ms = serializers.FloatField(min_value=0, max_value=_LONGEST_MS, required=False)


def _envelope() -> serializers.ListField:
    """A field of its own for each use: DRF takes a field by the instance."""
    point = serializers.FloatField(allow_null=True)
    return serializers.ListField(child=serializers.ListField(child=point), help_text="[channel][point]")


class WaveformSerializer(serializers.Serializer[Any]):
    """A recording's outline: for each channel the smallest and the largest value of each stretch of time."""

    start_ms = serializers.FloatField()
    end_ms = serializers.FloatField()
    channels = serializers.ListField(child=serializers.CharField())
    units = serializers.ListField(child=serializers.CharField())
    t_ms = serializers.ListField(child=serializers.FloatField())
    min = _envelope()
    max = _envelope()


class LabelSummarySerializer(serializers.Serializer[Any]):
    label = serializers.CharField()
    training = serializers.IntegerField()
    test = serializers.IntegerField()
    duration_ms = serializers.FloatField()


class ChannelSetSerializer(serializers.Serializer[Any]):
    channels = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()


class SummarySerializer(serializers.Serializer[Any]):
    """What the project's data are, in figures."""

    total = serializers.IntegerField()
    duration_ms = serializers.FloatField()
    labels = LabelSummarySerializer(many=True)
    sample_rates_hz = serializers.ListField(child=serializers.FloatField())
    channel_sets = ChannelSetSerializer(many=True)


class DatasetVersionSerializer(serializers.ModelSerializer[DatasetVersion]):
    note = LineField(max_length=400, required=False, allow_blank=True, default="")
    labels = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = DatasetVersion
        fields = ["id", "number", "sha256", "sample_count", "labels", "note", "created_at"]
        read_only_fields = ["id", "number", "sha256", "sample_count", "created_at"]


class VersionSampleSerializer(serializers.ModelSerializer[DatasetVersionSample]):
    """A sample as it was; ``id`` is the sample's, which may have been changed or deleted since."""

    id = serializers.UUIDField(source="sample_id")
    channels = serializers.ListField(child=serializers.CharField())
    units = serializers.ListField(child=serializers.CharField())
    spans = SpanSerializer(many=True)

    class Meta:
        model = DatasetVersionSample
        fields = [
            "id", "name", "label", "split", "group", "duration_ms", "sample_rate_hz", "channels", "units", "spans",
            "signal_sha256",
        ]  # fmt: skip


class DatasetVersionDetailSerializer(DatasetVersionSerializer):
    samples = VersionSampleSerializer(many=True, read_only=True)

    class Meta(DatasetVersionSerializer.Meta):
        fields = [*DatasetVersionSerializer.Meta.fields, "samples"]
