"""What a viewer sees and is not offered, and what a stranger is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TrainedProject
from tests.browser.people import sign_in, sign_up

VIEWER = "vera@example.org"
REFUSED = [
    "Choose folder",
    "Choose files",
    "Split anew",
    "Save",
    "Undo",
    "Add another feature block",
    "Train",
    "Retry",
    "Build",
    "Delete",
    "Delete project",
    "Add",
    "Create key",
]


@pytest.fixture
def viewer(chromium: Browser, page: Page, studio_url: str, trained: TrainedProject) -> Page:
    """The page of someone whom the owner has just added, on the settings page, as a viewer."""
    sign_up(page, "Vera Viewer", VIEWER)
    context = chromium.new_context(base_url=studio_url, viewport={"width": 1440, "height": 900})
    owner = context.new_page()
    owner.set_default_timeout(30_000)
    sign_in(owner, trained.owner_email)
    owner.goto(f"{trained.url}/settings")
    owner.get_by_label("Add someone by email").fill(VIEWER)
    owner.get_by_role("combobox", name="Role", exact=True).click()
    owner.get_by_role("option", name="Viewer: looks and downloads").click()
    owner.get_by_role("button", name="Add", exact=True).click()
    expect(owner.get_by_text("Vera Viewer").first).to_be_visible()
    context.close()
    return page


def offered(page: Page) -> list[str]:
    """Those of the refused actions that the page offers all the same."""
    return [
        name
        for name in REFUSED
        for button in page.get_by_role("button", name=name, exact=True).all()
        if button.is_enabled()
    ]


@pytest.mark.timeout(300)
def test_a_viewer_sees_everything_and_is_offered_nothing_that_is_refused(
    viewer: Page, trained: TrainedProject
) -> None:
    page = viewer
    for path, seen in (
        ("", "80 recordings"),
        ("/data", "80 recordings"),
        ("/design", "One window, as the model sees it"),
        ("/train", "Run 1"),
        ("/deploy", "Your downloads"),
        ("/settings", "Members"),
    ):
        page.goto(f"{trained.url}{path}")
        expect(page.get_by_text(seen).first).to_be_visible()
        assert offered(page) == [], path
    page.goto(f"{trained.url}/data")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.get_by_role("link", name="walking.").first.click()
    expect(page.get_by_text("About this recording")).to_be_visible()
    assert offered(page) == []
    page.goto(f"{trained.url}/train")
    page.get_by_role("link", name="Run 1").first.click()
    expect(page.get_by_role("region", name="Confusion matrix")).to_be_visible()
    assert offered(page) == []
    page.goto(f"{trained.url}/deploy")
    with page.expect_download():
        page.get_by_role("link", name="Download").first.click()


@pytest.mark.timeout(300)
def test_a_stranger_is_told_that_there_is_nothing_here(
    chromium: Browser, studio_url: str, trained: TrainedProject
) -> None:
    context = chromium.new_context(base_url=studio_url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    sign_up(page, "Stan Stranger", "stan@example.org")
    for path in ("", "/data", "/design", "/train", "/deploy", "/settings"):
        page.goto(f"{trained.url}{path}")
        expect(page.get_by_text("This page does not exist")).to_be_visible()
        expect(page.get_by_role("link", name="Go to your projects")).to_be_visible()
        expect(page.get_by_text("Smartwatch")).to_have_count(0)
    context.close()
