"""A whole studio as `make up` starts it, and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipelines import example
from studio.example.ready_made import csv_of

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def studio_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio of its own: embedded Redis, SQLite, web server, worker."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.skip("the front end is not built: make frontend")
    folder = tmp_path_factory.mktemp("studio")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "THIMBLE_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-u", "manage.py", "up", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Thimble is ready" in line:
                break
        else:
            pytest.fail("manage.py up ended before it was ready")
        yield f"http://localhost:{port}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, studio_url: str) -> Iterator[Page]:
    """A page of a browser that nobody has used; the test fails on an error in its console."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=studio_url)
    errors: list[str] = []
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if _is_error(message) else None)
    yield page
    context.close()
    assert errors == []


def _is_error(message) -> bool:  # type: ignore[no-untyped-def]
    # Asking who is signed in is answered 401 to a visitor, which Chromium reports as an error.
    return message.type == "error" and "401" not in message.text


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of real recordings as a person would have it: one folder a label."""
    folder = tmp_path_factory.mktemp("recordings") / "smartwatch"
    try:
        for name, label, _, signal_ in example.recordings():
            path = folder / label / f"{name.rsplit('.', 2)[1]}-{name.rsplit('.', 1)[1]}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(csv_of(signal_))
    except example.ExampleMissingError as error:
        pytest.skip(str(error))
    return folder
