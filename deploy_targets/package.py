"""Build a deployment: the target's files, what every zip carries, and the zip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deploy_targets.base import DeployTarget, Files, Progress
from deploy_targets.dressing import dressed
from deploy_targets.errors import TargetError
from deploy_targets.zips import build_zip

_BUILD_SHARE = 0.85
_PACK_SHARE = 0.95


def deployment_files(target: DeployTarget, bundle: Any, options: Any, progress: Progress) -> Files:
    """All files of a deployment's zip.

    Raises:
        TargetError: something is not installed here, or the target does not take this board or variant.
        ValueError: the target cannot build this, in its own words.
    """
    missing = target.missing()
    if missing:
        raise TargetError("; ".join(missing))
    refusal = target.refuses_board(bundle.board) if bundle.board else ""
    if refusal:
        raise TargetError(refusal, field="board")
    files = target.build(
        bundle, options, lambda share, message: progress(_BUILD_SHARE * min(1.0, max(0.0, share)), message)
    )
    progress(_BUILD_SHARE, "Writing the model card, the datasheet and the checksums")
    return dressed(target, bundle, options, files)


def build_deployment(target: DeployTarget, bundle: Any, options: Any, progress: Progress, out: Path) -> Path:
    """Build for a target and write the zip to ``out``; raises as :func:`deployment_files` does."""
    files = deployment_files(target, bundle, options, progress)
    progress(_PACK_SHARE, "Packing")
    folder = target.folder_in_zip(bundle, options)
    return build_zip({f"{folder}/{name}": files[name] for name in files} if folder else files, out)
