"""A first pipeline for a project's own data."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from pipelines.suggest import RecordingKind, suggest
from studio.data.models import Sample
from studio.projects.models import Project


def suggestion_for(project: Project) -> tuple[dict[str, Any], list[str]]:
    """A pipeline (as JSON) for the project's samples, and why it is so.

    Raises:
        NoSuggestionError: in words for the user.
    """
    samples = Sample.objects.filter(project=project).order_by()
    counted = samples.values_list("sample_rate_hz", "channels").annotate(count=Count("id"))
    kinds = [RecordingKind(rate, tuple(channels), count) for rate, channels, count in counted]
    spec, reasons = suggest(kinds, list(samples.values_list("duration_ms", flat=True)))
    return spec.model_dump(mode="json"), reasons
