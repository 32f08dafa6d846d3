"""Content-addressed storage, on the local disk and on S3."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from studio import storage


@pytest.fixture(params=["disk", "s3"])
def _place(request: pytest.FixtureRequest) -> None:
    if request.param == "s3":
        request.getfixturevalue("s3")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.bin"
    path.write_bytes(b"thimble" * 100_000)
    return path


@pytest.mark.usefixtures("_place")
def test_a_file_is_kept_under_the_hash_of_its_content(source: Path) -> None:
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    key = storage.put(source, "projects/p/originals", suffix=".bin")
    assert key == f"projects/p/originals/{digest[:2]}/{digest}.bin"
    assert storage.exists(key)
    assert storage.size(key) == source.stat().st_size
    with storage.open_key(key) as file:
        assert file.read() == source.read_bytes()
    assert storage.local_path(key).read_bytes() == source.read_bytes()


@pytest.mark.usefixtures("_place")
def test_putting_the_same_content_twice_keeps_it_once(source: Path) -> None:
    assert storage.put(source, "f") == storage.put_bytes(source.read_bytes(), "f")
    storage.delete([storage.put(source, "f")])
    assert not storage.exists(storage.put(source, "g").replace("g/", "f/", 1))


@pytest.mark.usefixtures("_place")
def test_deleting_is_final_and_may_be_repeated(source: Path) -> None:
    key = storage.put(source, "f")
    storage.local_path(key)
    for _ in range(2):
        storage.delete([key])
    assert not storage.exists(key)
    with pytest.raises(FileNotFoundError):
        storage.open_key(key)


@pytest.mark.usefixtures("_place")
def test_a_folder_is_deleted_with_all_in_it_and_nothing_beside_it(source: Path) -> None:
    inside = [storage.put(source, f"projects/a/{kind}") for kind in ("originals", "signals")]
    beside = storage.put(source, "projects/ab/originals")
    storage.delete_folder("projects/a")
    storage.delete_folder("projects/never-there")
    assert not any(storage.exists(key) for key in inside)
    assert storage.exists(beside)


@pytest.mark.usefixtures("_place")
def test_many_local_paths_at_once(tmp_path: Path) -> None:
    keys = [storage.put_bytes(bytes([number]) * 100, "f") for number in range(30)]
    paths = storage.local_paths([*keys, *keys])
    assert [paths[key].read_bytes()[0] for key in keys] == list(range(30))
    assert storage.local_paths([]) == {}


@pytest.mark.usefixtures("_place")
@pytest.mark.parametrize(
    ("start", "stop"), [(0, 700_000), (0, 1), (699_999, 700_000), (5, 5), (350_000, 600_001)]
)
def test_any_part_of_a_file_is_read_in_pieces(source: Path, start: int, stop: int) -> None:
    key = storage.put(source, "f")
    assert b"".join(storage.pieces(key, start, stop)) == source.read_bytes()[start:stop]


@pytest.mark.usefixtures("s3")
def test_a_part_of_a_remote_file_is_read_without_fetching_the_rest(source: Path, settings: Any) -> None:
    key = storage.put(source, "f")
    assert b"".join(storage.pieces(key, 7, 14)) == b"thimble"
    assert not [path for path in settings.CACHE_DIR.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("_place")
def test_a_finished_file_is_kept_as_any_other(source: Path) -> None:
    content = source.read_bytes()
    key = storage.put(source, "f", finished=True)
    assert storage.put(source, "f", finished=True) == key
    source.unlink()
    assert storage.local_path(key).read_bytes() == content


def test_a_finished_file_is_not_copied(source: Path) -> None:
    path = storage.local_path(storage.put(source, "f", finished=True))
    assert path.samefile(source)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_finished_file_on_another_disk_is_copied(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    path = storage.local_path(storage.put(source, "f", finished=True))
    assert not path.samefile(source)
    assert path.read_bytes() == source.read_bytes()


def test_a_remote_file_is_fetched_once(s3: dict[str, bytes], source: Path) -> None:
    key = storage.put(source, "f")
    assert list(s3) == [key]
    first = storage.local_path(key)
    inode = first.stat().st_ino
    assert storage.local_path(key).stat().st_ino == inode
    assert not list(first.parent.glob(".partial-*"))


@pytest.mark.usefixtures("s3")
def test_a_fetch_that_fails_leaves_nothing_half_done(settings: Any) -> None:
    with pytest.raises(FileNotFoundError):
        storage.local_path("f/ab/absent.npy")
    assert not [path for path in settings.CACHE_DIR.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("s3")
def test_the_cache_drops_what_was_not_used_for_longest(settings: Any) -> None:
    settings.CACHE_BYTES = 250
    paths = [storage.local_path(storage.put_bytes(bytes([n]) * 100, "f")) for n in range(4)]
    for age_days, path in enumerate(reversed(paths)):
        os.utime(path, (time.time() - age_days * 90_000,) * 2)
    storage.trim_cache()
    assert [path.exists() for path in paths] == [False, False, True, True]


def test_writers_of_the_same_content_do_not_disturb_one_another(source: Path) -> None:
    keys: set[str] = set()
    threads = [threading.Thread(target=lambda: keys.add(storage.put(source, "f"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (key,) = keys
    path = storage.local_path(key)
    assert path.read_bytes() == source.read_bytes()
    assert list(path.parent.iterdir()) == [path]
