"""Zips as a user has them: unpacked."""

import zipfile
from pathlib import Path


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack a zip into a folder; the folder."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder
