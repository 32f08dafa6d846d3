"""Start a whole studio as `make up` does, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

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


def what_is_missing() -> str:
    """Why no studio can be shown in a browser here; empty where one can."""
    if CHROMIUM is None:
        return "Chromium is not installed"
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        return "the front end is not built: make frontend"
    return ""


@contextmanager
def running_studio(data_folder: Path) -> Iterator[str]:
    """The address of a studio of its own: embedded Redis, SQLite, web server, worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "THIMBLE_DATA_DIR": str(data_folder)}
    command = [sys.executable, "-u", "manage.py", "up", "--port", str(port)]
    log = data_folder.with_suffix(".log")
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=output, text=True
        ) as process,
    ):
        assert process.stdout is not None
        if not any("Thimble is ready" in line for line in process.stdout):
            raise RuntimeError(f"manage.py up ended before it was ready: {log.read_text()[-2000:]}")
        try:
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


class _SharedPlaywright:
    """One for all browsers of this process: a second one cannot be started beside it.

    It ends with the last browser: while it runs, Django takes this thread for an asynchronous one.
    """

    def __init__(self) -> None:
        self._browsers = 0
        self._running: Playwright | None = None

    def __enter__(self) -> Playwright:
        if self._running is None:
            self._running = sync_playwright().start()
        self._browsers += 1
        return self._running

    def __exit__(self, *error: object) -> None:
        self._browsers -= 1
        if self._browsers == 0 and self._running is not None:
            self._running.stop()
            self._running = None


_playwright = _SharedPlaywright()


@contextmanager
def running_chromium(*flags: str) -> Iterator[Browser]:
    """A Chromium of its own, with these flags beside the usual ones."""
    with _playwright as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()
