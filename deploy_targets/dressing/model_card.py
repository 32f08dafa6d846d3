"""``MODEL_CARD.md``: what the model is, what it is for, how well it works and for whom."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from deploy_targets.base import DeployTarget
from deploy_targets.bundle import DeployBundle
from deploy_targets.dressing.words import common_values
from deploy_targets.markdown import plain, table
from pipelines.evaluate.intervals import wilson_interval

_TEMPLATE = Path(__file__).parent / "templates" / "MODEL_CARD.md"
_MAX_CLASSES_OF_A_MATRIX = 20


def model_card(target: DeployTarget, bundle: DeployBundle) -> str:
    """The card of one variant of a run's model."""
    window = bundle.spec.input
    postprocess = bundle.spec.postprocess
    values = common_values(target, bundle) | {
        "class_count": str(len(bundle.labels)),
        "channel_count": str(len(window.channels)),
        "features": ", ".join(f"{one.block} ({plain(one.name)})" for one in bundle.spec.features),
        "network": _network(bundle),
        "smooth_windows": str(postprocess.smooth_windows),
        "threshold": f"{postprocess.threshold:g}",
        "made_by": _made_by(bundle),
        "intended_use": _intended_use(bundle),
        "interval_words": _interval_words(bundle),
        "per_class": _per_class(bundle),
        "confusion": _confusion(bundle.evaluation["confusion"], bundle.labels),
        "slices": _slices(bundle),
    }
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(values)


def _network(bundle: DeployBundle) -> str:
    facts = bundle.metrics.get("variants", {}).get(bundle.variant, {}).get("model")
    if not facts:
        return "see thimble.json"
    layers = len(facts["layers"])
    return f"{layers} layers, {facts['macs']:,} multiply-accumulates, {facts['weights_bytes']:,} bytes of weights"


def _made_by(bundle: DeployBundle) -> str:
    run = bundle.about.get("run")
    of_run = "" if run is None else f", run {run}"
    effort = bundle.metrics.get("training_effort")
    trained = f", trained with TensorFlow {effort['tensorflow']}" if effort else ""
    return f"Thimble {importlib.metadata.version('thimble')}{of_run}{trained}"


def _intended_use(bundle: DeployBundle) -> str:
    description = str(bundle.about.get("description") or "").strip()
    if description:
        return "\n".join(f"> {plain(line)}" for line in description.splitlines())
    return "The project says nothing of it: write it in the project's description, and the next build shows it here."


def _interval_words(bundle: DeployBundle) -> str:
    if "slices" not in bundle.evaluation:
        return "Wilson's score interval at 95 %."
    return (
        "Windows of one recording resemble one another, so the interval (Wilson's score, 95 %) counts recordings: it is "
        "rather too wide than too narrow."
    )


def _per_class(bundle: DeployBundle) -> str:
    recall = {one["name"]: one for one in bundle.evaluation.get("slices", ()) if one["by"] == "label"}
    rows = []
    for one in bundle.evaluation["per_class"]:
        found = recall.get(one["label"])
        low, high = (found["low"], found["high"]) if found else wilson_interval(one["recall"], one["support"])
        rows.append(
            [
                plain(one["label"]),
                f"{one['precision']:.1%}",
                f"{one['recall']:.1%} ({low:.1%} to {high:.1%})",
                f"{one['f1']:.1%}",
                f"{one['support']:,}",
            ]
        )
    return table(["class", "precision", "recall (95 %)", "F1", "windows"], rows)


def _confusion(confusion: Sequence[Sequence[int]], labels: Sequence[str]) -> str:
    if len(labels) > _MAX_CLASSES_OF_A_MATRIX:
        return f"{len(labels)} classes make too wide a table: see `evaluation.confusion` in thimble.json."
    rows = [
        [plain(label), *(f"{count:,}" for count in row)] for label, row in zip(labels, confusion, strict=True)
    ]
    return table(["", *(plain(label) for label in labels)], rows)


def _slices(bundle: DeployBundle) -> str:
    groups = [one for one in bundle.evaluation.get("slices", ()) if one["by"] == "group"]
    if not groups:
        return "The test recordings bear no groups (such as people or machines), so there are no slices but the classes."
    rows = [_slice_row(one) for one in groups]
    return "By group:\n\n" + table(["group", "accuracy (95 %)", "windows", "recordings"], rows)


def _slice_row(one: Mapping[str, Any]) -> list[str]:
    return [
        plain(one["name"]),
        f"{one['accuracy']:.1%} ({one['low']:.1%} to {one['high']:.1%})",
        f"{one['windows']:,}",
        f"{one['recordings']:,}",
    ]
