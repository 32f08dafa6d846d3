"""Questions to the samples of a project that views, bulk changes and other apps share."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from studio.data.models import Sample, Split, release_files
from studio.data.splitting import Item, choose_test
from studio.projects.models import Project


def filtered(samples: QuerySet[Sample], wanted: dict[str, Any]) -> QuerySet[Sample]:
    """Narrow to a label, a split and a text in name or label; what is empty or absent narrows nothing."""
    if wanted.get("label"):
        samples = samples.filter(label=wanted["label"])
    if wanted.get("split"):
        samples = samples.filter(split=wanted["split"])
    if wanted.get("q"):
        samples = samples.filter(Q(name__icontains=wanted["q"]) | Q(label__icontains=wanted["q"]))
    return samples


def summary(project: Project) -> dict[str, Any]:
    """The figures of :class:`~studio.data.serializers.SummarySerializer`: three grouped queries."""
    samples = Sample.objects.filter(project=project).order_by()
    labels = list(
        samples.values("label")
        .annotate(
            training=Count("id", filter=Q(split=Split.TRAINING)),
            test=Count("id", filter=Q(split=Split.TEST)),
            duration_ms=Sum("duration_ms"),
        )
        .order_by("label")
    )
    rates = samples.values_list("sample_rate_hz", flat=True).distinct().order_by("sample_rate_hz")
    channel_sets = samples.values("channels").annotate(count=Count("id")).order_by("-count")
    return {
        "total": sum(row["training"] + row["test"] for row in labels),
        "duration_ms": sum(row["duration_ms"] for row in labels),
        "labels": labels,
        "sample_rates_hz": list(rates),
        "channel_sets": list(channel_sets),
    }


def delete_samples(project: Project, samples: QuerySet[Sample]) -> int:
    """Delete the samples, and their files where nothing else refers to them. Returns how many there were."""
    with transaction.atomic():
        project.lock()
        keys = [key for pair in samples.values_list("original_key", "signal_key") for key in pair]
        count, _ = samples.delete()
    release_files(project, keys)
    return count


def resplit(project: Project, test_percent: float, by_group: bool) -> dict[str, int]:
    """Divide all samples anew; see :func:`~studio.data.splitting.choose_test`."""
    with transaction.atomic():
        project.lock()
        samples = Sample.objects.filter(project=project)
        rows = list(samples.values_list("id", "label", "sha256", "group", "split"))
        chosen = choose_test((Item(*row[:4]) for row in rows), test_percent, by_group)
        to_test = [row[0] for row in rows if row[0] in chosen and row[4] != Split.TEST]
        to_training = [row[0] for row in rows if row[0] not in chosen and row[4] != Split.TRAINING]
        for ids, split in ((to_test, Split.TEST), (to_training, Split.TRAINING)):
            for start in range(0, len(ids), 5000):
                samples.filter(id__in=ids[start : start + 5000]).update(split=split)
    return {
        "changed": len(to_test) + len(to_training),
        "training": len(rows) - len(chosen),
        "test": len(chosen),
    }
