"""Cached, resumable steps: a step's output is a folder, kept under the hash of what made it.

A key is the hash of the step's inputs, its part of the spec and the version of the code that it
runs. A folder is kept whole or not at all, so a killed worker leaves nothing half-written, and the
next attempt finds every step that was finished.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import pipelines
from pipelines.signals import hash_json

PARTIAL_MAX_AGE_S = 24 * 3600


class ArtifactStore(Protocol):
    """Where finished steps are kept. Two steps may run on two hosts: only the store is common to both."""

    def get(self, key: str) -> Path | None:
        """A local folder with the finished step's files, or None where it was never finished."""

    def put(self, key: str, folder: Path) -> Path:
        """Keep a finished folder (which the store may move) and return where its files are now."""

    def workspace(self) -> Path:
        """A new empty folder to work in, on the store's own disk."""


class LocalStore:
    """Finished steps in a folder of this machine; safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, key: str) -> Path | None:
        folder = self.root / key
        return folder if folder.is_dir() else None

    def put(self, key: str, folder: Path) -> Path:
        target = self.root / key
        try:
            folder.rename(target)
        except OSError:
            # Another process finished the same step first: its folder is as good as this one.
            if not target.is_dir():
                raise
            shutil.rmtree(folder, ignore_errors=True)
        return target

    def workspace(self) -> Path:
        self.root.mkdir(parents=True, exist_ok=True)
        self._sweep()
        return Path(tempfile.mkdtemp(prefix="partial-", dir=self.root))

    def _sweep(self) -> None:
        """Remove what killed processes left behind a day ago or earlier."""
        oldest = time.time() - PARTIAL_MAX_AGE_S
        for folder in self.root.glob("partial-*"):
            try:
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)
            except FileNotFoundError:
                continue


@contextmanager
def _temporary(store: ArtifactStore) -> Iterator[Path]:
    folder = store.workspace()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_step(store: ArtifactStore, key: str, work: Callable[[Path], None]) -> tuple[Path, bool]:
    """The finished step's folder, and whether it was there already.

    ``work`` fills the empty folder that it is given; where it raises, nothing is kept.
    """
    kept = store.get(key)
    if kept is not None:
        return kept, True
    with _temporary(store) as folder:
        work(folder)
        return store.put(key, folder), False


def step_key(name: str, code: tuple[str, ...], *inputs: object) -> str:
    """``NAME-HASH`` for a step that runs ``code`` (modules or packages of ``pipelines``) on JSON ``inputs``."""
    return f"{name}-{hash_json([*inputs, [code_sha256(part) for part in code]])[:40]}"


@cache
def code_sha256(part: str) -> str:
    """Hash of the text of a module or package of ``pipelines``, its C and TOML files included."""
    root = Path(next(iter(pipelines.__path__)))
    place = root / part
    files = sorted(place.rglob("*")) if place.is_dir() else [place.with_suffix(".py")]
    digest = hashlib.sha256()
    for file in files:
        if file.is_file() and file.suffix in {".py", ".c", ".h", ".toml", ".txt", ".ld"}:
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
