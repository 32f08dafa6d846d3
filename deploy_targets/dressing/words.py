"""Parts that the model card and the datasheet have in common, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy_targets.base import DeployTarget
from deploy_targets.bundle import DeployBundle
from deploy_targets.markdown import plain, table
from pipelines.evaluate.intervals import wilson_interval

_UNKNOWN = "The run was made by an earlier version of Thimble, which kept no record of this."


def common_values(target: DeployTarget, bundle: DeployBundle) -> dict[str, str]:
    """What both documents' templates are filled with."""
    window = bundle.spec.input
    recordings = bundle.metrics.get("samples", {}).get("test")
    return {
        "project": plain(bundle.project),
        "variant": bundle.variant,
        "labels": ", ".join(plain(label) for label in bundle.labels),
        "channels": ", ".join(plain(name) for name in window.channels),
        "window_ms": f"{window.window_ms:g}",
        "stride_ms": f"{window.stride_ms:g}",
        "sample_rate_hz": f"{window.sample_rate_hz:g}",
        "accuracy": f"{bundle.evaluation['accuracy']:.2%}",
        "windows": f"{bundle.evaluation['windows']:,}",
        "recordings": "an unknown number of" if recordings is None else f"{recordings:,}",
        "interval": interval_words(bundle),
        "judged": _judged(target),
        "data": data_words(bundle),
        "limits": limits_words(bundle),
    }


def _judged(target: DeployTarget) -> str:
    """What the figures were measured on."""
    if not target.runtime:
        return "on the compiled C that is in this zip"
    return f"on the compiled C of this network; here it is run by {target.runtime}"


def interval_words(bundle: DeployBundle) -> str:
    """The 95 % interval of the accuracy, in words."""
    low, high, unit = _whole_interval(bundle)
    return f"95 % interval {low:.1%} to {high:.1%}, counting {unit} as independent"


def _whole_interval(bundle: DeployBundle) -> tuple[float, float, str]:
    for one in bundle.evaluation.get("slices", ()):
        if one["by"] == "all":
            return one["low"], one["high"], "recordings"
    low, high = wilson_interval(bundle.evaluation["accuracy"], bundle.evaluation["windows"])
    return low, high, "windows"


def data_words(bundle: DeployBundle) -> str:
    """The dataset version and its make-up."""
    makeup = bundle.metrics.get("dataset")
    if makeup is None:
        return _UNKNOWN
    version = bundle.about.get("dataset_version")
    name = "Dataset" if version is None else f"Dataset version {version}"
    groups = makeup["groups"]
    split_words = (
        f"The recordings come from {groups} groups (such as people, days or machines)."
        if groups > 1
        else "The recordings bear no groups: the same person, day or machine may be in both splits."
    )
    rates = ", ".join(f"{rate:g}" for rate in makeup["sample_rates_hz"])
    rows = [
        [plain(label), *(_cell(splits.get(split)) for split in ("training", "test"))]
        for label, splits in makeup["labels"].items()
    ]
    return (
        f"{name}, SHA-256 `{makeup['sha256']}`, recorded at {rates} Hz.\n\n"
        f"{table(['label', 'training', 'test'], rows)}\n\n{split_words}"
    )


def _cell(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "none"
    seconds = found["seconds"]
    length = f"{seconds:,.1f} s" if seconds < 600 else f"{seconds / 60:,.0f} min"
    return f"{found['recordings']:,} recordings, {length}"


def limits_words(bundle: DeployBundle) -> str:
    """What the figures do not say."""
    lines = [
        "It was tested on recordings of the same making as those it was trained on. Other sensors, places, people or "
        "mountings were not tested.",
        "Windows without any of the classes were not tested, unless a class stands for them.",
    ]
    few = [one for one in bundle.evaluation["per_class"] if one["support"] < 30]
    if few:
        names = ", ".join(f"{plain(one['label'])} ({one['support']})" for one in few)
        lines.append(f"Few test windows, so little is known: {names}.")
    weak = [one for one in bundle.evaluation["per_class"] if one["support"] and one["recall"] < 0.8]
    if weak:
        names = ", ".join(f"{plain(one['label'])} ({one['recall']:.0%} found)" for one in weak)
        lines.append(f"Often missed: {names}.")
    return "\n".join(f"- {line}" for line in lines)
