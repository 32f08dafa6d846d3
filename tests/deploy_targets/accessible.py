"""axe on an exported page."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.launch import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}


def grave_faults(page: Page) -> list[str]:
    """What axe finds serious or critical on a page that was opened with ``bypass_csp``; nothing where axe is absent."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in result["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
