"""The demo page."""

from __future__ import annotations

from html import escape
from pathlib import Path

from deploy_targets.bundle import DeployBundle

_FOLDER = Path(__file__).parent / "templates" / "demo"


def demo_files(bundle: DeployBundle) -> dict[str, str]:
    """``demo/``: a page for the files beside it. It asks for nothing from elsewhere."""
    files = {f"demo/{file.name}": file.read_text() for file in sorted(_FOLDER.iterdir())}
    page = files["demo/index.html"]
    return {**files, "demo/index.html": page.replace("$title", escape(bundle.project))}
