"""A first-time user, from signing up to a library that passes its own test, in a real browser."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import create_project, sign_up, upload_folder

TRAINING_MS = 240_000
BUILD_MS = 90_000


@pytest.mark.timeout(600)
def test_from_sign_up_to_an_unpacked_zip_that_passes_its_own_test(
    page: Page, recordings: Path, tmp_path: Path
) -> None:
    sign_up(page, "Ada Maker", "ada@example.org")
    create_project(page, "Which sport is it?")

    upload_folder(page, recordings)
    expect(page.get_by_text("80 recordings").first).to_be_visible(timeout=60_000)
    for label in ("badminton", "running", "standing", "walking"):
        expect(page.get_by_text(label, exact=True).first).to_be_visible()

    page.get_by_role("link", name="Design", exact=True).first.click()
    expect(page.get_by_text("Suggested for your recordings")).to_be_visible()
    one_window = page.get_by_role("heading", name="One window, as the model sees it")
    expect(one_window).to_be_visible()
    expect(page.get_by_role("figure", name="Raw signal").first).to_be_visible()
    page.get_by_role("button", name="Go on to Train").click()

    page.get_by_role("button", name="Train", exact=True).click()
    live = page.get_by_role("figure", name="Line chart “Loss”")
    expect(live).to_be_visible(timeout=TRAINING_MS)
    expect(page.get_by_role("region", name="Confusion matrix")).to_be_visible(timeout=TRAINING_MS)
    for figure in ("Flash", "RAM", "Instructions"):
        expect(page.get_by_text(figure).first).to_be_visible()

    page.get_by_role("link", name="Deploy", exact=True).first.click()
    page.get_by_role("region", name="Build").get_by_role("button", name="Build").click()
    with page.expect_download(timeout=BUILD_MS) as download:
        page.get_by_role("link", name="Download").first.click(timeout=BUILD_MS)
    package = tmp_path / download.value.suggested_filename
    download.value.save_as(package)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path / "library")
    made = subprocess.run(
        ["make", "test"], cwd=tmp_path / "library", capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "the self-test passed" in made.stdout
