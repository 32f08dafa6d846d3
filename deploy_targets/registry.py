"""Finding the targets that are installed: entry points of the group ``thimble.deploy_targets``."""

from __future__ import annotations

import importlib.metadata
import logging
from functools import cache

from deploy_targets.base import DeployTarget
from deploy_targets.errors import TargetError

ENTRY_POINTS = "thimble.deploy_targets"

_logger = logging.getLogger(__name__)


@cache
def targets() -> tuple[DeployTarget, ...]:
    """Every installed target, by group and title.

    One that cannot be loaded is left out, and the log says why; so is one whose id is taken, Thimble's own coming first.
    """
    found: dict[str, DeployTarget] = {}
    for entry_point in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS), key=_rank):
        try:
            target = entry_point.load()()
            target.check()
        except Exception:
            _logger.exception("deploy target %s (%s) is left out", entry_point.name, entry_point.value)
            continue
        if target.id in found:
            _logger.error("deploy target id %r is taken: %s is left out", target.id, entry_point.value)
            continue
        found[target.id] = target
    return tuple(sorted(found.values(), key=lambda target: (target.place, target.title)))


def _rank(entry_point: importlib.metadata.EntryPoint) -> tuple[bool, str, str]:
    package = entry_point.dist.name if entry_point.dist else ""
    return package != "thimble", package, entry_point.name


def target_of(target_id: str) -> DeployTarget:
    """The target of that id.

    Raises:
        TargetError: there is none; the message names those that there are.
    """
    for target in targets():
        if target.id == target_id:
            return target
    known = ", ".join(sorted(target.id for target in targets()))
    raise TargetError(f"no deploy target {target_id!r}; there are {known}")
