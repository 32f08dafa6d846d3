"""The pages of ``docs/`` as the studio serves them: Markdown to HTML, with its pictures, nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from studio.web.errors import errors

FOLDER: Path = settings.BASE_DIR / "docs"
INDEX = "README"
_PAGE = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*|(?:[a-z0-9-]+/)?README")
_PICTURE = re.compile(r"pictures/[a-z0-9-]+\.png")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address below ``/docs/`` (empty for the first), its title and its text as HTML."""

    address: str
    title: str
    html: str


@require_safe
def handbook(request: HttpRequest, page: str = "") -> HttpResponseBase:
    """A page of the handbook, or one of its pictures."""
    name = page.strip("/")
    if _PICTURE.fullmatch(name):
        picture = FOLDER / name
        if picture.is_file():
            return FileResponse(picture.open("rb"), content_type="image/png")
    found = _find(name)
    if found is None:
        return errors(404, "the handbook has no such page; see /docs/")
    here = _read(found, found.stat().st_mtime_ns)
    contents = [_read(path, path.stat().st_mtime_ns) for path in _paths()]
    response: HttpResponse = render(request, "web/handbook.html", {"page": here, "contents": contents})
    return response


def address_of(page: str) -> str:
    """Where a browser finds a page: ``docs/targets/c.md`` of the handbook, or one elsewhere; empty where there is none."""
    if page.startswith(("https://", "http://")):
        return page
    path = settings.BASE_DIR / page
    if path not in _paths():
        return ""
    place = _address(path)
    return f"/docs/{place}/" if place else "/docs/"


def _address(path: Path) -> str:
    """Of a page's file, without ``/docs/``: its name, or its folder's where it is the first page there."""
    return path.relative_to(FOLDER).with_suffix("").as_posix().removesuffix(INDEX).strip("/")


def _find(name: str) -> Path | None:
    """The file of an address; only what :func:`_paths` lists can be reached."""
    if name and not _PAGE.fullmatch(name):
        return None
    wanted = {FOLDER / f"{name or INDEX}.md", FOLDER / name / f"{INDEX}.md"}
    return next((path for path in _paths() if path in wanted), None)


def _paths() -> list[Path]:
    """Every page: the first, those beside it, then those of the folders."""
    pages = [*FOLDER.glob("*.md"), *FOLDER.glob("*/*.md")]
    return sorted(
        pages, key=lambda path: (path.parent != FOLDER, path.parent.name, path.stem != INDEX, path.stem)
    )


@lru_cache(maxsize=256)
def _read(path: Path, modified_ns: int) -> Page:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(path.read_text(encoding="utf-8"))
    folder = path.parent.relative_to(FOLDER).as_posix()
    for token in tokens:
        for child in token.children or ():
            _point_within(child, "" if folder == "." else f"{folder}/")
    html = parser.renderer.render(tokens, parser.options, {})
    return Page(_address(path), _title(tokens) or path.stem, html)


def _title(tokens: list[Token]) -> str:
    """The text of the first heading."""
    for heading, text in pairwise(tokens):
        if heading.type == "heading_open":
            return "".join(child.content for child in text.children or ())
    return ""


def _point_within(token: Token, folder: str) -> None:
    """Make a link or picture of one file to another one of the handbook."""
    name = {"link_open": "href", "image": "src"}.get(token.type)
    target = str(token.attrs.get(name, "")) if name else ""
    if not name or not target or ":" in target or target.startswith(("/", "#")):
        return
    place, hash_mark, anchor = target.partition("#")
    parts: list[str] = []
    for part in f"{folder}{place}".split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    whole = "/".join(parts)
    if whole.endswith(".md"):
        whole = whole.removesuffix(".md").removesuffix(INDEX).strip("/")
        whole += "/" if whole else ""
    token.attrs[name] = f"/docs/{whole}{hash_mark}{anchor}"
