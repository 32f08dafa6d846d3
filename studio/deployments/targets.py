"""The installed targets as the REST API tells of them. A target that fails at it fails alone."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from deploy_targets.base import DeployTarget
from deploy_targets.registry import targets
from pipelines.profile.boards import boards
from studio.web.handbook import address_of

_logger = logging.getLogger(__name__)


def described_targets() -> list[dict[str, Any]]:
    """Every target, in the order of the Deploy page.

    What a target says of itself and of the boards does not change while the process lives, and is asked for once;
    what the server lacks is looked at each time, so that an installed program counts at once.
    """
    return [_fixed(target) | {"missing": missing_for(target)} for target in targets()]


def missing_for(target: DeployTarget) -> list[str]:
    """What this server lacks to build it, each in words."""
    try:
        return list(target.missing())
    except Exception as error:
        _logger.exception("deploy target %s cannot say what it needs", target.id)
        return [f"this target cannot say what it needs ({type(error).__name__}); the server's log says more"]


@lru_cache(maxsize=256)
def _fixed(target: DeployTarget) -> dict[str, Any]:
    return {
        "id": target.id,
        "title": target.title,
        "pitch": target.pitch,
        "icon": target.icon,
        "group": target.group,
        "takes": target.takes,
        "variants": list(target.variants),
        "board_use": target.board_use,
        "docs": address_of(target.docs or f"docs/targets/{target.id}.md"),
        "refused_boards": _refused_boards(target),
        "options_schema": target.Options.model_json_schema(),
    }


def _refused_boards(target: DeployTarget) -> dict[str, str]:
    if target.board_use == "none":
        return {}
    try:
        refused = {board.id: target.refuses_board(board) for board in boards()}
    except Exception:
        # Whoever starts a build is told then: the child process asks the target again.
        _logger.exception("deploy target %s cannot say which boards it takes", target.id)
        return {}
    return {board_id: reason for board_id, reason in refused.items() if reason}
