"""The page of the small Llama, unpacked from its zip, and browsers in front of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy_targets.bundle import LanguageModelBundle
from deploy_targets.package import build_deployment
from deploy_targets.registry import target_of
from deploy_targets.webllm import target as webllm_target
from deploy_targets.webllm.model_library import FOLDER_VARIABLE
from pipelines.language.model_folder import LanguageModel, open_model
from tests import language
from tests.browser.launch import CHROMIUM, running_chromium
from tests.deploy_targets.webllm.static_server import StaticServer, serving

# WebGPU on the processor, see DESIGN.md.
GPU_FLAGS = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
]
LOADING_MS = 120_000
PIECE_BYTES = 100_000


@dataclass(frozen=True)
class Built:
    """A built page: its zip, where it is unpacked, and the model that it was made of."""

    zip: Path
    folder: Path
    model: LanguageModel

    @property
    def gguf(self) -> list[Path]:
        return sorted((self.folder / "model" / "gguf").iterdir())


def bundle(name: str = "Small Llama") -> LanguageModelBundle:
    return LanguageModelBundle("A project", name, language.small_llama())


def build(folder: Path, model: Path | None = None, **options: object) -> Built:
    """A page in files small enough that the small model has several; raises as the target does."""
    target = target_of("webllm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webllm_target, "GGUF_FILE_BYTES", PIECE_BYTES)
        patch.setattr("tempfile.tempdir", str(folder))
        path = build_deployment(
            target,
            replace(bundle(), folder=model or language.small_llama()),
            target.Options(**options),
            lambda share, words: None,
            folder / "page.zip",
        )
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "page")
    return Built(path, folder / "page", open_model(model or language.small_llama()))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A page with both engines and no compiled library."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(FOLDER_VARIABLE, raising=False)
        return build(tmp_path_factory.mktemp("webllm"), quantization="q4f32_1")


@pytest.fixture
def server(built: Built) -> Iterator[StaticServer]:
    with serving(built.folder) as state:
        yield state


@pytest.fixture(scope="session")
def chromiums() -> Iterator[dict[str, Browser]]:
    """One without a graphics card, one with WebGPU on the processor."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with running_chromium() as plain, running_chromium(*GPU_FLAGS) as gpu:
        yield {"plain": plain, "gpu": gpu}


@dataclass
class Visit:
    """A page of a browser that nobody has used, what it asked of others, and what went wrong in it."""

    page: Page
    server: StaticServer
    foreign: list[str]
    errors: list[str]

    def open(self) -> Page:
        """The page, having looked at the device."""
        self.page.goto(self.server.url)
        expect(self.page.locator("#chooser")).to_be_visible()
        return self.page

    def start(self) -> Page:
        """The page, ready to chat."""
        self.page.locator("#start").click()
        expect(self.page.get_by_label("Your message")).to_be_focused(timeout=LOADING_MS)
        return self.page

    def ask(self, question: str) -> str:
        """The answer to a question."""
        before = self.page.locator(".message.assistant").count()
        self.page.get_by_label("Your message").fill(question)
        self.page.keyboard.press("Enter")
        answer = self.page.locator(".message.assistant").nth(before)
        expect(answer.locator(".foot span")).to_be_visible(timeout=LOADING_MS)
        return answer.locator(".text").inner_text()


def visit(browser: Browser, server: StaticServer, **options: object) -> Visit:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(30_000)
    made = Visit(page, server, [], [])
    local = (server.url, "blob:", "data:")
    context.on(
        "request", lambda request: None if request.url.startswith(local) else made.foreign.append(request.url)
    )
    page.on("pageerror", lambda error: made.errors.append(str(error)))
    page.on("console", lambda said: made.errors.append(said.text) if said.type == "error" else None)
    return made


@pytest.fixture
def visitor(chromiums: dict[str, Browser], server: StaticServer) -> Iterator[Visit]:
    """Someone without a graphics card; nothing is asked of another server, whatever the test does."""
    made = visit(chromiums["plain"], server)
    yield made
    made.page.context.close()
    assert made.foreign == []


@pytest.fixture
def gpu_visitor(chromiums: dict[str, Browser], server: StaticServer) -> Iterator[Visit]:
    """Someone with WebGPU; nothing is asked of another server, whatever the test does."""
    made = visit(chromiums["gpu"], server)
    yield made
    made.page.context.close()
    assert made.foreign == []
