"""Language models on the server's own disk: the sub-folders of ``THIMBLE_MODELS_DIR``, and nothing else.

A folder is found by comparing its name with those that are there, never by joining what somebody sent to a path.
Symbolic links are not followed, neither to a folder nor to a file, so that nothing outside can be reached.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from rest_framework.exceptions import ValidationError

from studio.language_models.names import MAX_FILES, belongs


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """A folder that may be used, and what of it belongs to the model: name -> size in bytes."""

    name: str
    path: Path
    files: dict[str, int]

    @property
    def size_bytes(self) -> int:
        return sum(self.files.values())


def server_folders() -> list[ServerFolder]:
    """Those that hold a ``config.json``, by name; none where the operator offers none."""
    root = settings.MODELS_DIR
    if root is None or not root.is_dir():
        return []
    with os.scandir(root) as entries:
        found = [
            entry for entry in entries if entry.is_dir(follow_symlinks=False) and _is_sayable(entry.name)
        ]
    opened = (_opened(entry) for entry in sorted(found, key=lambda entry: entry.name))
    return [folder for folder in opened if "config.json" in folder.files]


def server_folder(name: str) -> ServerFolder:
    """
    Raises:
        ValidationError: none of that name is offered, or it cannot be used as it is.
    """
    folder = next((folder for folder in server_folders() if folder.name == name), None)
    if folder is None:
        known = ", ".join(folder.name for folder in server_folders()) or "none"
        raise ValidationError(
            {"server_folder": [f"the server offers no folder of that name; there is {known}"]}
        )
    links = sorted(
        entry.name for entry in os.scandir(folder.path) if entry.is_symlink() and belongs(entry.name)
    )
    if links:
        raise ValidationError(
            {
                "server_folder": [
                    f"{links[0]} is a symbolic link, which is not followed; copy the folder with cp -rL"
                ]
            }
        )
    if len(folder.files) > MAX_FILES:
        raise ValidationError({"server_folder": [f"it holds over {MAX_FILES} files"]})
    return folder


def _opened(entry: os.DirEntry[str]) -> ServerFolder:
    with os.scandir(entry.path) as inside:
        files = {
            file.name: file.stat(follow_symlinks=False).st_size
            for file in inside
            if file.is_file(follow_symlinks=False) and belongs(file.name)
        }
    return ServerFolder(entry.name, Path(entry.path), dict(sorted(files.items())))


def _is_sayable(name: str) -> bool:
    """Whether the name can be kept in a database and shown on a page; hidden folders are not offered."""
    return name.isprintable() and not name.startswith(".") and len(name) <= 255
