"""What people do on the pages, step by step, by the words that they read there."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

PASSWORD = "seven stitches in time"


def sign_up(page: Page, name: str, email: str) -> None:
    page.goto("/sign-up")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def create_project(page: Page, name: str) -> None:
    page.get_by_role("button", name="New project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def upload_folder(page: Page, folder: Path) -> None:
    """Give a folder to the drop zone and take the labels that are proposed."""
    page.get_by_role("link", name="Data", exact=True).first.click()
    page.get_by_label("Folder of recordings").set_input_files(folder)
    page.get_by_role("dialog").get_by_role("button", name="Upload").click()
