"""What a dataset is made of, in numbers: for the model card and the datasheet."""

from __future__ import annotations

from typing import Any

from pipelines.signals import Dataset, Sample


def dataset_makeup(dataset: Dataset) -> dict[str, Any]:
    """The make-up of a dataset (JSON).

    Returns:
        ``sha256``; ``sample_rates_hz``; ``channels``, each with its units as recorded; ``groups``, how many there are;
        ``labels``: for each label and split the ``recordings`` that bear it and their ``seconds``. A recording with
        spans counts under each label of its spans, with the length of those.
    """
    labels: dict[str, dict[str, dict[str, float]]] = {}
    channels: dict[str, set[str]] = {}
    for sample in dataset:
        for name, unit in zip(sample.channels, sample.units or ("",) * len(sample.channels), strict=True):
            channels.setdefault(name, set()).add(unit)
        for label, seconds in _seconds_by_label(sample).items():
            cell = labels.setdefault(label, {}).setdefault(sample.split, {"recordings": 0, "seconds": 0.0})
            cell["recordings"] += 1
            cell["seconds"] = round(cell["seconds"] + seconds, 3)
    return {
        "sha256": dataset.sha256,
        "sample_rates_hz": sorted({sample.sample_rate_hz for sample in dataset}),
        "channels": {name: sorted(units - {""}) for name, units in sorted(channels.items())},
        "groups": len({sample.group for sample in dataset} - {""}),
        "labels": dict(sorted(labels.items())),
    }


def _seconds_by_label(sample: Sample) -> dict[str, float]:
    if not sample.spans:
        return {sample.label: sample.open().duration_ms / 1000}
    found: dict[str, float] = {}
    for span in sample.spans:
        found[span.label] = found.get(span.label, 0.0) + (span.end_ms - span.start_ms) / 1000
    return found
