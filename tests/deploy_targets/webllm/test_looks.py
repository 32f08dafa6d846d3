"""axe on the page before and in a conversation, wide and on a phone, light and dark; the keyboard alone is enough.

``python -m tests.deploy_targets.webllm.test_looks FOLDER`` takes pictures of the same.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.launch import ROOT, running_chromium
from tests.deploy_targets.webllm.conftest import Built, Visit, build, visit
from tests.deploy_targets.webllm.static_server import StaticServer, serving

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"wide": 1440, "phone": 390}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUESTIONS = ("What colour is the sky?", "What is the capital of Japan?")


def states(visitor: Visit) -> Iterator[str]:
    """Bring the page into each of its states, one after the other; their names."""
    page = visitor.open()
    page.get_by_text("What was found on this device").click()
    yield "before"
    page.get_by_text("What was found on this device").click()
    visitor.start()
    yield "empty"
    for question in QUESTIONS:
        visitor.ask(question)
    yield "chat"
    page.get_by_role("button", name="Settings").click()
    yield "settings"


def kinds(page: Page) -> Iterator[str]:
    """Show the page in every width and scheme, one after the other; their names."""
    for width, pixels in WIDTHS.items():
        for scheme in SCHEMES:
            page.set_viewport_size(ViewportSize(width=pixels, height=900))
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            yield f"{width}-{scheme}"


def looking(browser: Browser, server: StaticServer) -> Visit:
    """A visit that axe may be brought into: the page's own policy lets no foreign script in."""
    return visit(browser, server, reduced_motion="reduce", bypass_csp=True)


def test_no_state_of_the_page_has_a_serious_fault(
    chromiums: dict[str, Browser], server: StaticServer
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: make frontend")
    faults: list[str] = []
    visitor = looking(chromiums["plain"], server)
    for state in states(visitor):
        for kind in kinds(visitor.page):
            faults += [f"{kind}, {state}: {fault}" for fault in axe_faults(visitor.page)]
            overflow = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, f"{kind}, {state}: {overflow} pixels too wide"
    visitor.page.context.close()
    assert not faults, "\n".join(faults)


def axe_faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    assert result["passes"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for rule in result["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"][:3]
    ]


def test_the_keyboard_alone_is_enough(visitor: Visit) -> None:
    page = visitor.open()
    page.keyboard.press("Tab")
    expect(page.locator("input[value=wllama]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused(timeout=60_000)
    page.keyboard.type("What does the cat say?")
    page.keyboard.press("Enter")
    expect(page.locator(".message.assistant .foot span")).to_be_visible()
    # what a screen reader is told, in whole sentences
    expect(page.locator("#spoken")).not_to_be_empty()
    assert page.locator("#spoken").get_attribute("aria-live") == "polite"
    expect(page.get_by_label("Your message")).to_be_focused()


def take_pictures(folder: Path, draw: Callable[[Path], Built]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as work,
        running_chromium() as browser,
        serving(draw(Path(work)).folder) as server,
    ):
        visitor = looking(browser, server)
        for state in states(visitor):
            for kind in kinds(visitor.page):
                visitor.page.screenshot(path=folder / f"{state}-{kind}.png", full_page=state == "before")


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]), build)
