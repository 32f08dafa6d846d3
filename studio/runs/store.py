"""Where the finished steps of runs are kept: on this disk, or in the files' storage where several hosts share it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tarfile
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage

from pipelines.steps import ArtifactStore, LocalStore

UNUSED_STEP_MAX_AGE_S = 30 * 24 * 3600


def step_store() -> ArtifactStore:
    """The store of this installation."""
    local = FreshStore(Path(settings.DATA_DIR) / "steps")
    return MirroredStore(local, default_storage) if settings.S3_BUCKET else local


class FreshStore(LocalStore):
    """A local store that remembers when a step was last used, and forgets those that nobody uses."""

    def get(self, key: str) -> Path | None:
        folder = super().get(key)
        if folder is not None:
            with contextlib.suppress(OSError):
                os.utime(folder)
        return folder

    def workspace(self) -> Path:
        self.forget_unused()
        return super().workspace()

    def forget_unused(self, max_age_s: float = UNUSED_STEP_MAX_AGE_S) -> int:
        """Remove the steps that no run has used for so long; returns how many."""
        oldest = time.time() - max_age_s
        removed = 0
        for folder in self.root.glob("*-*"):
            with contextlib.suppress(FileNotFoundError):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)
                    removed += 1
        return removed


class MirroredStore:
    """A local store in front of the files' storage, where each finished step is one tar file, ``steps/KEY.tar``.

    A step finished on one host is found on every other. The tar appears whole or not at all, as a storage's
    objects do. Let the bucket expire objects under ``steps/`` as it suits you: a step that is gone is done again.
    """

    def __init__(self, local: LocalStore, storage: Storage) -> None:
        self.local = local
        self.storage = storage

    def workspace(self) -> Path:
        return self.local.workspace()

    def get(self, key: str) -> Path | None:
        folder = self.local.get(key)
        if folder is not None:
            return folder
        name = _tar_name(key)
        if not self.storage.exists(name):
            return None
        partial = self.local.workspace()
        try:
            with self.storage.open(name) as remote, tarfile.open(fileobj=remote, mode="r|") as tar:
                tar.extractall(partial, filter="data")
            return self.local.put(key, partial)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def put(self, key: str, folder: Path) -> Path:
        name = _tar_name(key)
        with tempfile.TemporaryFile() as packed:
            with tarfile.open(fileobj=packed, mode="w") as tar:
                tar.add(folder, arcname=".")
            packed.seek(0)
            if not self.storage.exists(name):
                self.storage.save(name, File(packed, name=f"{key}.tar"))
        return self.local.put(key, folder)


def _tar_name(key: str) -> str:
    return f"steps/{key}.tar"
