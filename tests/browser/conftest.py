"""A whole studio as `make up` starts it, and a real Chromium in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from pipelines import example
from studio.example.ready_made import csv_of
from tests.browser.launch import running_chromium, running_studio, what_is_missing
from tests.browser.people import sign_up, train_example_quickly


@dataclass(frozen=True)
class TrainedProject:
    """The example project after a quick run and a build: where it is, and who owns it."""

    url: str
    owner_email: str


@pytest.fixture(scope="session")
def studio_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if missing := what_is_missing():
        pytest.skip(missing)
    with running_studio(tmp_path_factory.mktemp("studio") / "data") as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if missing := what_is_missing():
        pytest.skip(missing)
    with running_chromium() as browser:
        yield browser


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


@pytest.fixture(scope="session")
def trained(chromium: Browser, studio_url: str) -> Iterator[TrainedProject]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=studio_url)
    page = context.new_page()
    page.set_default_timeout(30_000)
    sign_up(page, "Grace Owner", "grace@example.org")
    yield TrainedProject(train_example_quickly(page), "grace@example.org")
    context.close()


def _is_error(message: ConsoleMessage) -> bool:
    # Asking who is signed in is answered 401 to a visitor, which Chromium reports as an error.
    return message.type == "error" and "401" not in message.text


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of real recordings as a person would have it: one folder a label."""
    folder = tmp_path_factory.mktemp("recordings") / "smartwatch"
    try:
        for name, label, split, signal in example.recordings():
            path = folder / label / f"{split}-{name.rsplit('.', 1)[1]}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(csv_of(signal))
    except example.ExampleMissingError as error:
        pytest.skip(str(error))
    return folder
