"""The Deploy page: a target that knows no board, and a language model whose upload breaks off."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import TrainedProject
from tests.browser.people import BUILD_MS, create_project, sign_in, sign_up
from tests.studio.language_models.tiny_model import tiny_files


@pytest.mark.timeout(240)
def test_a_target_without_a_board_is_found_built_and_downloaded(
    page: Page, trained: TrainedProject, tmp_path: Path
) -> None:
    sign_in(page, trained.owner_email)
    page.goto(f"{trained.url}/deploy")
    build = page.get_by_role("region", name="Build", exact=True)
    expect(build.get_by_role("radio", name="C library")).to_be_checked()
    expect(build.get_by_role("radiogroup", name="Board")).to_be_visible()
    expect(build.get_by_text("Fits, measured")).to_be_visible()
    build.get_by_role("searchbox", name="Search targets").fill("lite android")
    expect(build.get_by_role("radio", name="C library")).to_have_count(0)
    build.get_by_role("radio", name="TensorFlow Lite").click()
    expect(build.get_by_role("radiogroup", name="Board")).to_have_count(0)
    build.get_by_role("radio", name="float32").click()
    expect(build.get_by_text("TensorFlow Lite · run 1 · float32")).to_be_visible()
    build.get_by_role("button", name="Build", exact=True).click()

    downloads = page.get_by_role("region", name="Deployments")
    newest = downloads.get_by_role("listitem").first
    expect(newest).to_be_focused()
    expect(newest.get_by_text("TensorFlow Lite")).to_be_visible()
    with page.expect_download(timeout=BUILD_MS) as download:
        newest.get_by_role("link", name="Download").click(timeout=BUILD_MS)
    package = tmp_path / "package.zip"
    download.value.save_as(package)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    expect(newest.get_by_text(f"sha256 {digest[:10]}")).to_be_visible()
    with zipfile.ZipFile(package) as archive:
        assert any(name.endswith(".tflite") for name in archive.namelist())

    downloads.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="C library", exact=True).click()
    expect(downloads.get_by_text("TensorFlow Lite")).to_have_count(0)
    downloads.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="TensorFlow Lite", exact=True).click()
    expect(downloads.get_by_role("listitem")).to_have_count(1)
    downloads.get_by_role("button", name="Delete deployment").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    expect(downloads.get_by_text("Nothing was built for this target yet.")).to_be_visible()


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A language model's folder as Hugging Face has it; the weights are sent in two pieces."""
    folder = tmp_path / "Storyteller"
    (folder / "onnx").mkdir(parents=True)
    for name, body in tiny_files(feed_forward=100_000).items():
        (folder / name).write_bytes(body)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "onnx" / "model.onnx").write_bytes(b"another format")
    return folder


@pytest.mark.timeout(120)
def test_an_upload_that_breaks_off_goes_on_and_the_model_can_be_deleted(
    chromium: Browser, studio_url: str, model_folder: Path
) -> None:
    # A context of its own: Chromium reports the broken connection as an error, which `page` takes for a fault.
    context = chromium.new_context(base_url=studio_url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    sign_up(page, "Lana Language", "lana@example.org")
    create_project(page, "Stories")
    page.get_by_role("link", name="Deploy", exact=True).first.click()
    expect(page.get_by_role("heading", name="Train a model first")).to_be_visible()
    page.get_by_role("button", name="Bring a language model instead").click()
    build = page.get_by_role("region", name="Build", exact=True)
    expect(build.get_by_text("Bring a language model first.")).to_be_visible()
    expect(build.get_by_role("button", name="Build", exact=True)).to_be_disabled()

    broken: list[str] = []

    def break_once(route: Route) -> None:
        if "offset=8000000" in route.request.url and not broken:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    context.route("**/files/model.safetensors/**", break_once)
    page.get_by_label("Folder of a language model").set_input_files(model_folder)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_have_value("Storyteller")
    expect(dialog.get_by_text("pytorch_model.bin")).to_be_visible()
    dialog.get_by_role("button", name="Upload").click()
    expect(build.get_by_role("radio", name="Storyteller")).to_be_checked(timeout=60_000)
    assert len(broken) == 1
    expect(build.get_by_text("128 tokens of context")).to_be_visible()
    expect(build.get_by_text("Storyteller · Chat page")).to_be_visible()
    expect(build.get_by_role("button", name="Build", exact=True)).to_be_enabled()

    build.get_by_role("button", name="Delete Storyteller").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    expect(build.get_by_role("radio", name="Storyteller")).to_have_count(0)
    context.close()
