"""The handbook: every page opens, every link leads somewhere, nothing else can be reached."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from studio.web.handbook import FOLDER


def get(address: str) -> Any:
    return Client().get(address)


def addresses() -> list[str]:
    return sorted(set(re.findall(r'<li><a href="(/docs/[^"]*)"', get("/docs/").content.decode())))


def test_every_page_opens_with_its_title() -> None:
    assert len(addresses()) == len([*FOLDER.glob("*.md"), *FOLDER.glob("*/*.md")])
    for address in addresses():
        answer = get(address)
        assert answer.status_code == 200, address
        assert "<h1>" in answer.content.decode(), address
        assert 'aria-current="page"' in answer.content.decode(), address


def test_every_link_and_picture_of_every_page_leads_somewhere() -> None:
    dead = []
    for address in addresses():
        html = get(address).content.decode()
        for target in re.findall(r'(?:href|src)="(/docs/[^"#]*)', html):
            if get(target).status_code != 200:
                dead.append((address, target))
    assert dead == []


@pytest.mark.parametrize(
    "address",
    [
        "/docs/nothing/",
        "/docs/../README/",
        "/docs/%2e%2e/README",
        "/docs/pictures/",
        "/docs/..%2fpyproject",
        "/docs/x.md",
    ],
)
def test_nothing_else_can_be_reached(address: str) -> None:
    answer = get(address)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"]


def test_a_page_needs_no_one_elses_server() -> None:
    answer = get("/docs/own-target/")
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r'(src|href)="https?://[^"]*\.(css|js|png)"', answer.content.decode())
