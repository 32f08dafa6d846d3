"""Files, kept under the hash of their content: ``FOLDER/ab/abcdef….npy``.

Where they lie is Django's ``default_storage``: local disk embedded, S3 in production. A file
appears whole or not at all, and putting the same content twice costs nothing. The folder is
a project's (``projects/<id>/signals``), so that one tenant's content is never another's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

_CHUNK_BYTES = 1 << 20
_PARALLEL_TRANSFERS = 8
_TRIM_EVERY_SECONDS = 600
_KEEP_AT_LEAST_SECONDS = 24 * 3600
_PARTIAL = ".partial-"


def project_folder(project_id: object, *parts: str) -> str:
    """The folder of what belongs to one project."""
    return "/".join(("projects", str(project_id), *parts))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put(source: Path, folder: str, *, suffix: str = "", sha256: str = "", finished: bool = False) -> str:
    """Keep a copy of ``source`` and return its key. ``sha256`` saves reading it once more where it is known.

    ``finished`` says that nobody writes to ``source`` any more: where it lies on the same disk as the storage, both are
    then one file under two names, and a file of many gigabytes is not copied.
    """
    digest = sha256 or file_sha256(source)
    key = f"{folder}/{digest[:2]}/{digest}{suffix}"
    target = _path_on_disk(key)
    if target is None:
        if not default_storage.exists(key):
            with source.open("rb") as file:
                default_storage.save(key, File(file))
    elif not target.exists() and not (finished and _link(source, target)):
        _copy_whole(source, target)
    return key


def put_bytes(content: bytes, folder: str, *, suffix: str = "") -> str:
    """As :func:`put`, for content that is in memory already."""
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        file.write(content)
        file.flush()
        return put(Path(file.name), folder, suffix=suffix, sha256=hashlib.sha256(content).hexdigest())


def exists(key: str) -> bool:
    return default_storage.exists(key)


def size(key: str) -> int:
    """Bytes of a stored file."""
    return default_storage.size(key)


def open_key(key: str) -> IO[bytes]:
    """A stored file, opened for reading and seeking."""
    return local_path(key).open("rb")


def delete(keys: Iterable[str]) -> None:
    """Remove stored files; those that are gone already are no error."""
    for key in keys:
        default_storage.delete(key)
        if _path_on_disk(key) is None:
            _cached(key).unlink(missing_ok=True)


def delete_folder(folder: str) -> None:
    """Remove a folder and all in it."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    delete(f"{folder}/{name}" for name in files if name)
    for name in folders:
        delete_folder(f"{folder}/{name}")
    path = _path_on_disk(folder)
    if path is None:
        shutil.rmtree(_cached(folder), ignore_errors=True)
        return
    with contextlib.suppress(OSError):  # someone has just put a file there
        path.rmdir()


def pieces(key: str, start: int, stop: int) -> Iterator[bytes]:
    """The bytes ``start <= i < stop`` of a stored file. From remote storage no more than these are fetched.

    Raises:
        FileNotFoundError: nothing is stored under that key.
    """
    path = _path_on_disk(key) or _cached(key)
    if path.exists() or _path_on_disk(key) is not None:
        yield from _pieces_of_file(path, start, stop)
    elif start < stop:
        remote = default_storage.bucket.Object(key)
        yield from remote.get(Range=f"bytes={start}-{stop - 1}")["Body"].iter_chunks(_CHUNK_BYTES)


def _pieces_of_file(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < stop and (piece := file.read(min(_CHUNK_BYTES, stop - start))):
            start += len(piece)
            yield piece


def local_path(key: str) -> Path:
    """A local file with the content, to be read or memory-mapped; fetched into the cache where storage is remote.

    Raises:
        FileNotFoundError: nothing is stored under that key.
    """
    path = _path_on_disk(key)
    if path is not None:
        return path
    cached = _cached(key)
    if cached.exists():
        os.utime(cached)
        return cached
    cached.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=cached.parent, prefix=_PARTIAL)
    try:
        with os.fdopen(descriptor, "wb") as target, default_storage.open(key, "rb") as source:
            for chunk in source.chunks(_CHUNK_BYTES):
                target.write(chunk)
        os.replace(partial, cached)
    except BaseException:
        os.unlink(partial)
        raise
    return cached


def local_paths(keys: Iterable[str]) -> dict[str, Path]:
    """:func:`local_path` for many keys, several at once where they must be fetched."""
    wanted = list(dict.fromkeys(keys))
    if not wanted or _path_on_disk(wanted[0]) is not None:
        return {key: local_path(key) for key in wanted}
    trim_cache()
    with ThreadPoolExecutor(_PARALLEL_TRANSFERS) as pool:
        return dict(zip(wanted, pool.map(local_path, wanted), strict=True))


def trim_cache() -> None:
    """Where the cache of remote files has grown over ``CACHE_BYTES``, drop the longest unused of them.

    Files used within the last day stay: a run may be about to open them.
    """
    settings.CACHE_DIR.mkdir(parents=True, exist_ok=True)
    last_trim = settings.CACHE_DIR / ".last-trim"
    now = time.time()
    if last_trim.exists() and now - last_trim.stat().st_mtime < _TRIM_EVERY_SECONDS:
        return
    last_trim.touch()
    found = [(path.stat(), path) for path in settings.CACHE_DIR.rglob("*") if path.is_file()]
    excess = sum(status.st_size for status, _ in found) - settings.CACHE_BYTES
    for status, path in sorted(found, key=lambda entry: entry[0].st_mtime):
        if excess <= 0 or now - status.st_mtime < _KEEP_AT_LEAST_SECONDS:
            return
        path.unlink(missing_ok=True)
        excess -= status.st_size


def _path_on_disk(key: str) -> Path | None:
    """Where a key lies if storage is the local disk."""
    try:
        return Path(default_storage.path(key))
    except NotImplementedError:
        return None


def _cached(key: str) -> Path:
    return settings.CACHE_DIR / key


def _link(source: Path, target: Path) -> bool:
    """Give a file that nobody writes to any more a second name; False where the disks differ or cannot do it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(source, target)
    except FileExistsError:
        return True
    except OSError:
        return False
    os.chmod(target, 0o600)
    return True


def _copy_whole(source: Path, target: Path) -> None:
    """Copy so that ``target`` is never seen half-written, and is on disk before anything refers to it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=_PARTIAL)
    try:
        with os.fdopen(descriptor, "wb") as writer, source.open("rb") as reader:
            while chunk := reader.read(_CHUNK_BYTES):
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise
