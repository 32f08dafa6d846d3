"""The npm packages that exported web pages carry, as installed by ``make`` from ``deploy_targets/browser``."""

from __future__ import annotations

import json
from pathlib import Path

from deploy_targets.errors import TargetError

_FOLDER = Path(__file__).parent / "browser" / "node_modules"


def browser_package(name: str) -> Path | None:
    """Folder of an installed npm package; None where it is not installed."""
    folder = _FOLDER / name
    return folder if (folder / "package.json").exists() else None


def needed_package(name: str) -> Path:
    """Folder of an installed npm package.

    Raises:
        TargetError: it is not installed; the message says how to.
    """
    folder = browser_package(name)
    if folder is None:
        raise TargetError(
            f"the npm package {name} is not installed on this server: run 'make browser-packages' there"
        )
    return folder


def package_version(name: str) -> str:
    """The installed version of an npm package.

    Raises:
        TargetError: it is not installed.
    """
    version: str = json.loads((needed_package(name) / "package.json").read_text(encoding="utf-8"))["version"]
    return version
