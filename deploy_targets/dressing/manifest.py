"""``thimble.json``: what a zip was made from, by what, and what was measured."""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

from deploy_targets.base import DeployTarget
from deploy_targets.bundle import DeployBundle


def manifest_text(target: DeployTarget, bundle: Any, options: Any) -> str:
    """The document: spec, hashes, versions, options and measurements, as JSON."""
    document = {
        "made_by": f"thimble {importlib.metadata.version('thimble')}",
        "project": bundle.project,
        "target": target.id,
        "variant": bundle.variant,
        "board": bundle.board.id if bundle.board else "",
        "options": options.model_dump(mode="json"),
        "hashes": bundle.identity(),
        **(_of_pipeline(bundle) if isinstance(bundle, DeployBundle) else {"model": bundle.name}),
        **target.facts(bundle, options),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _of_pipeline(bundle: DeployBundle) -> dict[str, Any]:
    return {
        "labels": list(bundle.labels),
        "evaluation": dict(bundle.evaluation),
        "profile": dict(bundle.measured_profile()) if bundle.board else None,
        "pipeline": bundle.spec.model_dump(mode="json"),
    }
