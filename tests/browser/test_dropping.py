"""Recordings that are dropped on the page with the mouse, and tables that say nothing about themselves."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import create_project, sign_up, upload_folder

RATE_HZ = 32


@pytest.fixture
def wrist_recordings(tmp_path: Path) -> Path:
    """Three axes of integers between blanks, without a header or a time: one folder a label."""
    folder = tmp_path / "wrist"
    for number, label in enumerate(("Climb_stairs", "Drink_glass", "Pour_water")):
        rows = (
            f"{round(31 + 9 * math.sin(row * (number + 1) / 5))} {33 + row % (number + 2)} {40 - number}\n"
            for row in range(6 * RATE_HZ)
        )
        path = folder / label / f"Accelerometer-2011-03-24-10-24-39-{label.lower()}-f1.txt"
        path.parent.mkdir(parents=True)
        path.write_text("".join(rows))
    return folder


def drop(page: Page, files: list[Path]) -> None:
    """Drag files or folders from the desktop onto the drop zone and let go: the browser's own events."""
    zone = page.get_by_role("region", name="Upload recordings")
    box = zone.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + box["width"] / 2,
                "y": box["y"] + 12,
                "data": {"items": [], "files": [str(path) for path in files], "dragOperationsMask": 1},
            },
        )
        if kind == "dragOver":
            expect(zone).to_have_attribute("data-over", "true")


def project_with_data_page(page: Page, email: str) -> None:
    sign_up(page, "Dora Drop", email)
    create_project(page, "Wrists")
    page.get_by_role("link", name="Data", exact=True).first.click()


@pytest.mark.timeout(120)
def test_a_dropped_folder_is_uploaded_with_the_labels_of_its_folders(
    page: Page, wrist_recordings: Path
) -> None:
    project_with_data_page(page, "dora@example.org")
    drop(page, [wrist_recordings])
    dialog = page.get_by_role("dialog")
    for label in ("Climb_stairs", "Drink_glass", "Pour_water"):
        expect(dialog.get_by_role("cell", name=label, exact=True)).to_be_visible()
    dialog.get_by_label("Sample rate").fill(str(RATE_HZ))
    dialog.get_by_role("button", name="Upload 3 recordings").click()
    expect(page.get_by_text("3 recordings uploaded")).to_be_visible()
    expect(page.get_by_text(f"{RATE_HZ} Hz").first).to_be_visible()
    expect(page.get_by_text("18 s", exact=True).first).to_be_visible()


@pytest.mark.timeout(120)
def test_dropped_files_are_labelled_by_their_names(page: Page, tmp_path: Path) -> None:
    files = []
    for name in ("nod.1.csv", "nod.2.csv", "shake.1.csv", "shake.2.csv"):
        rows = "".join(f"{10 * row},{math.sin(row / 5 + len(files)):.4f}\n" for row in range(200))
        files.append(tmp_path / name)
        files[-1].write_text("timestamp,x\n" + rows)
    project_with_data_page(page, "dan@example.org")
    drop(page, files)
    dialog = page.get_by_role("dialog")
    for label in ("nod", "shake"):
        expect(dialog.get_by_role("cell", name=label, exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Upload 4 recordings").click()
    expect(page.get_by_text("4 recordings uploaded")).to_be_visible()
    expect(page.get_by_text("100 Hz").first).to_be_visible()


@pytest.mark.timeout(120)
def test_tables_without_a_rate_are_refused_with_the_cure(
    chromium: Browser, studio_url: str, wrist_recordings: Path
) -> None:
    # A context of its own: Chromium reports the refused uploads as errors, which `page` takes for faults.
    context = chromium.new_context(base_url=studio_url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    project_with_data_page(page, "dee@example.org")
    upload_folder(page, wrist_recordings)
    expect(page.get_by_text("3 files could not be taken")).to_be_visible()
    expect(page.get_by_role("region", name="Uploads").get_by_text("sample rate").first).to_be_visible()
    context.close()
