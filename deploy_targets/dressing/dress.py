"""Add to a target's files what every zip carries.

A language model has no card of ours: its publisher's own is among its files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from deploy_targets.base import DeployTarget, Files, TargetError
from deploy_targets.bundle import DeployBundle, file_sha256
from deploy_targets.dressing.bill_of_materials import bill_of_materials
from deploy_targets.dressing.datasheet import datasheet
from deploy_targets.dressing.manifest import manifest_text
from deploy_targets.dressing.model_card import model_card

_LICENSE = Path(__file__).parent / "templates" / "LICENSE.txt"


def dressed(target: DeployTarget, bundle: Any, options: Any, files: Files) -> dict[str, bytes | Path]:
    """The target's files and those that every zip carries; a target's own file of the same name stays.

    Raises:
        TargetError: the target gave no README, or a path that leaves the zip.
    """
    if "README.md" not in files:
        raise TargetError(f"the target {target.id} made no README.md: every zip needs one")
    for name in files:
        _check_name(target, name)
    added: dict[str, bytes | Path] = {
        "LICENSE": _LICENSE.read_bytes(),
        "thimble.json": manifest_text(target, bundle, options).encode(),
    }
    if isinstance(bundle, DeployBundle):
        added["MODEL_CARD.md"] = model_card(target, bundle).encode()
        added["DATASHEET.md"] = datasheet(target, bundle).encode()
    whole = {**added, **files}
    whole["sbom.cdx.json"] = bill_of_materials(target, bundle, options, whole).encode()
    whole["SHA256SUMS"] = _sums(whole)
    return whole


def _check_name(target: DeployTarget, name: str) -> None:
    parts = name.split("/")
    if not name or "\\" in name or any(part in ("", ".", "..") for part in parts):
        raise TargetError(f"the target {target.id} made a file {name!r}: that is no path within the zip")


def _sums(files: Files) -> bytes:
    """``sha256sum -c SHA256SUMS`` checks it."""
    lines = [
        f"{hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else file_sha256(content)}  {name}\n"
        for name, content in sorted(files.items())
    ]
    return "".join(lines).encode()
