"""What people do on the pages, step by step, by the words that they read there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

TRAINING_MS = 240_000
BUILD_MS = 90_000
PASSWORD = "seven stitches in time"


def sign_up(page: Page, name: str, email: str) -> None:
    page.goto("/sign-up")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def create_project(page: Page, name: str) -> None:
    page.get_by_role("button", name="New project").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    expect(page.get_by_role("banner").get_by_text(name)).to_be_visible()


def upload_folder(page: Page, folder: Path) -> None:
    """Give a folder to the drop zone and take the labels that are proposed."""
    page.get_by_role("link", name="Data", exact=True).first.click()
    page.get_by_label("Folder of recordings").set_input_files(folder)
    page.get_by_role("dialog").get_by_role("button", name="Upload").click()


def call(page: Page, method: str, path: str, body: object = None) -> Any:
    """Ask the API as the person who is signed in on the page; ``path`` is below /api/v1/."""
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    answer = page.request.fetch(
        f"/api/v1/{path}", method=method, data=body, headers={"X-CSRFToken": token} if body else {}
    )
    assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
    return answer.json()


def train_example_quickly(page: Page) -> str:
    """Open the example project, train its design for two epochs, build the library; the project's address."""
    page.get_by_role("button", name="Open the example project").click()
    page.wait_for_url("**/p/*")
    project = page.url
    designs = f"projects/{project.rsplit('/', 1)[1]}/designs/"
    design = call(page, "GET", designs)["results"][0]
    design["spec"]["learning"][0]["params"]["epochs"] = 2
    call(page, "PATCH", f"{designs}{design['id']}/", {"spec": design["spec"]})
    page.goto(f"{project}/train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("region", name="Confusion matrix")).to_be_visible(timeout=TRAINING_MS)
    page.goto(f"{project}/deploy")
    page.get_by_role("region", name="Build").get_by_role("button", name="Build").click()
    expect(page.get_by_role("link", name="Download").first).to_be_visible(timeout=BUILD_MS)
    return project
