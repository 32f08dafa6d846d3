"""Keeping what jobs made in storage, and letting go of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import transaction

from studio import storage
from studio.projects.models import Project


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that a job made, and where it is kept."""

    name: str
    path: Path
    key: str
    sha256: str
    size_bytes: int
    finished: bool = False

    def keep_again(self) -> None:
        """Make sure that it is still there: another's deletion may have taken the same content away.

        To be called while the project is locked.
        """
        folder = self.key.rsplit("/", 2)[0]
        storage.put(self.path, folder, suffix=self.path.suffix, sha256=self.sha256, finished=self.finished)


def keep(project_id: object, name: str, path: Path, *, finished: bool = False) -> MadeFile:
    """Put a file among the project's artifacts; ``finished`` as in :func:`studio.storage.put`."""
    digest = storage.file_sha256(path)
    folder = storage.project_folder(project_id, "artifacts")
    key = storage.put(path, folder, suffix=path.suffix, sha256=digest, finished=finished)
    return MadeFile(name, path, key, digest, path.stat().st_size, finished)


def release(project_id: object, keys: Iterable[str]) -> None:
    """Remove those of the files that no run and no deployment of the project refers to any more."""
    wanted = set(keys)
    with transaction.atomic():
        project = Project.objects.filter(pk=project_id).first()
        if project is None:
            # Whoever deletes a project deletes its folder of files.
            return
        project.lock()
        artifacts = apps.get_model("runs", "Artifact").objects.filter(key__in=wanted)
        deployments = apps.get_model("deployments", "Deployment").objects.filter(key__in=wanted)
        used = {*artifacts.values_list("key", flat=True), *deployments.values_list("key", flat=True)}
        storage.delete(sorted(wanted - used))


def release_after_commit(project_id: object, keys: Iterable[str]) -> None:
    wanted = [key for key in keys if key]
    if wanted:
        transaction.on_commit(lambda: release(project_id, wanted))
