"""A folder of recordings to a dataset: labels from folders or file names, splits from folders or by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.ingest import IngestError, IngestOptions, label_of, read_signal
from pipelines.ingest.split import automatic_split
from pipelines.signals import Dataset, SignalError, Split, store_sample

_SPLIT_FOLDERS: dict[str, Split] = {
    "training": "training",
    "train": "training",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True, slots=True)
class Folder:
    """What was read, and what could not be: ``refused`` holds one ``(path, reason)`` a file."""

    dataset: Dataset
    refused: tuple[tuple[str, str], ...]


def read_folder(
    folder: Path, values_folder: Path, options: IngestOptions, on_file: Callable[[int, int], None]
) -> Folder:
    """Read every file below ``folder``, hidden ones left out.

    A file in a folder called ``training`` or ``test`` (at any depth) belongs to that split; any other to the one that
    its content's hash decides. The same content twice is one recording.

    Args:
        folder: where the recordings lie.
        values_folder: where their values are kept, for mapping into memory.
        options: for every file alike.
        on_file: told ``(files done, files in all)``.

    Raises:
        IngestError: there is no such folder, or nothing in it that can be read.
    """
    if not folder.is_dir():
        raise IngestError("folder", f"there is no folder {folder}")
    paths = sorted(
        path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.relative_to(folder))
    )
    samples, refused, seen = [], [], set()
    for number, path in enumerate(paths, 1):
        name = path.relative_to(folder).as_posix()
        try:
            signal = read_signal(path, name, options)
        except (IngestError, SignalError) as error:
            refused.append((name, str(error)))
        else:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest not in seen:
                seen.add(digest)
                split = _split_of(name) or automatic_split(digest)
                label = label_of(name)
                samples.append(store_sample(signal, values_folder, name=name, label=label, split=split))
        on_file(number, len(paths))
    if not samples:
        why = f"; the first refusal: {refused[0][0]}: {refused[0][1]}" if refused else ""
        raise IngestError("folder", f"no recording in {folder} could be read{why}")
    return Folder(Dataset(tuple(samples)), tuple(refused))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _split_of(name: str) -> Split | None:
    folders = (part.lower() for part in PurePosixPath(name).parts[:-1])
    return next((_SPLIT_FOLDERS[part] for part in folders if part in _SPLIT_FOLDERS), None)
