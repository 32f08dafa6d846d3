"""Where the bytes of an uploaded file lie: one file that grows on the local disk, or parts in remote storage.

They are kept under the file's id, not under a hash of their content as other files are: the hash is known only when
the last byte has come, and a model of many gigabytes is not to be copied once more then.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from studio import storage
from studio.language_models.models import FilePart, ModelFile
from studio.web.exceptions import Conflict

_CHUNK_BYTES = 1 << 20


def append(file: ModelFile, offset: int, piece: bytes) -> None:
    """Add a piece at the end of what has been received, which must be at ``offset``.

    Raises:
        Conflict: the end is elsewhere by now, or the file is gone; of two that write at one place, one wins.
    """
    path = _path_on_disk(file)
    if path is None:
        _append_part(file, offset, piece)
    else:
        _append_on_disk(file, path, offset, piece)


def local_path(file: ModelFile) -> Path:
    """A local file with all that was received; fetched into the cache where storage is remote."""
    path = _path_on_disk(file)
    if path is not None:
        return path
    cached: Path = settings.CACHE_DIR / _key(file)
    if cached.exists() and cached.stat().st_size == file.received_bytes:
        os.utime(cached)
        return cached
    storage.trim_cache()
    cached.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=cached.parent, prefix=".partial-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            for key in file.parts.values_list("key", flat=True):
                with default_storage.open(key, "rb") as part:
                    for chunk in part.chunks(_CHUNK_BYTES):
                        target.write(chunk)
        os.replace(partial, cached)
    except BaseException:
        os.unlink(partial)
        raise
    return cached


def delete_after_commit(files: Iterable[ModelFile]) -> None:
    """Remove the bytes of files whose rows are deleted in this transaction. To be called before that."""
    keys = [key for file in files for key in (_key(file), *file.parts.values_list("key", flat=True))]
    transaction.on_commit(lambda: storage.delete(keys))


def room_bytes() -> int | None:
    """How many bytes the disk has room for; None where storage is remote."""
    try:
        root = Path(default_storage.path(""))
    except NotImplementedError:
        return None
    root.mkdir(parents=True, exist_ok=True)
    status = os.statvfs(root)
    return status.f_bavail * status.f_frsize


def _key(file: ModelFile) -> str:
    return f"{file.model.storage_folder}/{file.pk}"


def _path_on_disk(file: ModelFile) -> Path | None:
    try:
        return Path(default_storage.path(_key(file)))
    except NotImplementedError:
        return None


def _append_on_disk(file: ModelFile, path: Path, offset: int, piece: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        _hold_end_at(file, offset)
        # Beyond the end may lie what an attempt wrote that never came to its commit.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as target:
            target.seek(offset)
            target.write(piece)
            target.truncate()
            target.flush()
            os.fdatasync(target.fileno())
        _move_end_to(file, offset + len(piece))


def _append_part(file: ModelFile, offset: int, piece: bytes) -> None:
    key = f"{_key(file)}.parts/{offset:015d}-{uuid.uuid4().hex}"
    default_storage.save(key, ContentFile(piece))
    try:
        with transaction.atomic():
            _hold_end_at(file, offset)
            FilePart.objects.create(file=file, offset=offset, key=key)
            _move_end_to(file, offset + len(piece))
    except BaseException:
        storage.delete([key])
        raise


def _hold_end_at(file: ModelFile, offset: int) -> None:
    """Lock the file's row, and make sure that its end is where the caller believes."""
    row = ModelFile.objects.select_for_update().filter(pk=file.pk).first()
    if row is None:
        raise Conflict({"name": ["the file was deleted meanwhile"]})
    if row.received_bytes != offset:
        raise end_is_elsewhere(row, offset)


def _move_end_to(file: ModelFile, end: int) -> None:
    ModelFile.objects.filter(pk=file.pk).update(received_bytes=end)
    file.received_bytes = end


def end_is_elsewhere(file: ModelFile, offset: int) -> Conflict:
    """The refusal of a piece that does not join what is there."""
    return Conflict(
        {"offset": [f"{file.name} has {file.received_bytes} bytes by now; go on there, not at {offset}"]}
    )
