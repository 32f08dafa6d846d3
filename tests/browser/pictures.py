"""The pictures of the docs, made from a running studio: ``python -m tests.browser.pictures``.

Each page is taken at 1440 and at 390 pixels, in light and in dark; the docs use the wide light ones, the rest are
for whoever changes a page (``--all FOLDER``).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.launch import ROOT, running_chromium, running_studio, what_is_missing
from tests.browser.people import PASSWORD, sign_up

PICTURES = ROOT / "docs" / "pictures"
WIDTHS = {"wide": 1440, "phone": 390}
TRAINING_MS = 300_000


def train_and_build(page: Page) -> str:
    """Open the example project, train it, build its library; its address."""
    page.get_by_role("button", name="Open the example project").click()
    page.wait_for_url("**/p/*")
    project = page.url
    page.goto(f"{project}/train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("region", name="Confusion matrix")).to_be_visible(timeout=TRAINING_MS)
    page.goto(f"{project}/deploy")
    page.get_by_role("region", name="Build").get_by_role("button", name="Build").click()
    expect(page.get_by_role("link", name="Download").first).to_be_visible(timeout=TRAINING_MS)
    return project


def settled(page: Page) -> None:
    """Wait for the pictures' own work: no request under way, fonts there, two frames drawn."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def show(path: str) -> Callable[[Page, str], None]:
    return lambda page, project: _go(page, f"{project}{path}")


def _go(page: Page, url: str) -> None:
    page.goto(url)
    settled(page)


def _sample(page: Page, project: str) -> None:
    _go(page, f"{project}/data")
    page.get_by_role("link", name="walking.").first.click()
    expect(page.get_by_role("heading", name="Label and split")).to_be_visible()
    settled(page)


def _run(page: Page, project: str) -> None:
    _go(page, f"{project}/train")
    page.get_by_role("link", name="Run 1").first.click()
    expect(page.get_by_role("region", name="Confusion matrix")).to_be_visible()
    settled(page)


def _language_model(page: Page, project: str) -> None:
    _go(page, f"{project}/deploy")
    page.get_by_role("radio", name="Chat page").click()
    expect(page.get_by_role("region", name="Add a language model")).to_be_visible()
    settled(page)


PAGES: dict[str, Callable[[Page, str], None]] = {
    "overview": show(""),
    "data": show("/data"),
    "sample": _sample,
    "design": show("/design"),
    "train": show("/train"),
    "run": _run,
    "deploy": show("/deploy"),
    "deploy-language-model": _language_model,
    "settings": show("/settings"),
}


IN_THE_DOCS = ("data", "sample", "design", "run", "deploy")


def take(
    browser: Browser, url: str, folder: Path, names: Iterable[str], kinds: list[tuple[str, str]]
) -> None:
    """Those pages in each ``(width, scheme)`` of ``kinds``, as ``PAGE-WIDTH-SCHEME.png``."""
    first = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    page = first.new_page()
    sign_up(page, "Ada Maker", "ada@example.org")
    project = train_and_build(page)
    first.close()
    folder.mkdir(parents=True, exist_ok=True)
    for width, scheme in kinds:
        context = browser.new_context(
            base_url=url,
            viewport={"width": WIDTHS[width], "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("Email").fill("ada@example.org")
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        for name in names:
            PAGES[name](page, project)
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
            print(f"{name}-{width}-{scheme}.png", flush=True)
        context.close()


def main(arguments: list[str]) -> None:
    if missing := what_is_missing():
        sys.exit(missing)
    every = len(arguments) == 2 and arguments[0] == "--all"
    if arguments and not every:
        sys.exit("usage: python -m tests.browser.pictures [--all FOLDER]")
    folder = Path(arguments[1]) if every else PICTURES
    kinds = (
        [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
        if every
        else [("wide", "light")]
    )
    with (
        tempfile.TemporaryDirectory(prefix="thimble-pictures-") as data,
        running_studio(Path(data) / "data") as url,
        running_chromium() as browser,
    ):
        take(browser, url, folder, PAGES if every else IN_THE_DOCS, kinds)


if __name__ == "__main__":
    main(sys.argv[1:])
