"""axe on every page, wide and narrow, in light and in dark: nothing serious, nothing critical."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import TrainedProject
from tests.browser.launch import ROOT
from tests.browser.people import sign_in
from tests.browser.pictures import PAGES, WIDTHS, settled

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# The cells and bars of charts are named in a sentence, which holds their figures with a word between them;
# the rule wants the figures side by side.
OPTIONS = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": False}}}
GRAVE = {"serious", "critical"}


@pytest.mark.timeout(420)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_a_serious_fault_in_either_scheme(
    chromium: Browser, studio_url: str, trained: TrainedProject, width: str
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make frontend")
    # The studio's own content security policy lets no foreign script in, axe included.
    context = chromium.new_context(
        base_url=studio_url,
        viewport=ViewportSize(width=WIDTHS[width], height=900),
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.context.clear_cookies()
        for path in ("/sign-up", "/sign-in"):
            page.goto(path)
            settled(page)
            faults += _faults(page, f"{path}, {scheme}")
        sign_in(page, trained.owner_email)
        expect(page.get_by_role("link", name="Smartwatch motions")).to_be_visible()
        faults += _faults(page, f"projects, {scheme}")
        for name, reach in PAGES.items():
            reach(page, trained.url)
            faults += _faults(page, f"{name}, {scheme}")
    context.close()
    assert not faults, "\n".join(faults)


def _faults(page: Page, name: str) -> list[str]:
    """What axe finds on the page as it stands, a line for each element."""
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", OPTIONS)
    assert result["passes"], f"axe looked at nothing on {name}"
    return [
        f"{name}: {rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in result["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"][:3]
    ]
