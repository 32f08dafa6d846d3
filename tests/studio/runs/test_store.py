"""Where finished steps are kept: on this disk, or for several hosts in the files' storage."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from pipelines.steps import LocalStore, run_step
from studio.runs.store import FreshStore, MirroredStore

KEY = "features-0123456789"


def finish(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "features.npy").write_bytes(b"numbers")


@pytest.fixture
def shared(tmp_path: Path) -> FileSystemStorage:
    """The storage that two hosts share."""
    return FileSystemStorage(location=tmp_path / "shared")


def host(tmp_path: Path, name: str, shared: FileSystemStorage) -> MirroredStore:
    return MirroredStore(LocalStore(tmp_path / name), shared)


def test_a_step_finished_on_one_host_is_found_on_another(tmp_path: Path, shared: FileSystemStorage) -> None:
    one, other = host(tmp_path, "one", shared), host(tmp_path, "other", shared)
    assert other.get(KEY) is None
    _, was_there = run_step(one, KEY, finish)
    assert not was_there
    folder, was_there = run_step(other, KEY, lambda folder: pytest.fail("the step was finished elsewhere"))
    assert was_there
    assert folder.is_relative_to(tmp_path / "other")
    assert (folder / "deep" / "features.npy").read_bytes() == b"numbers"


def test_a_step_that_failed_is_kept_nowhere(tmp_path: Path, shared: FileSystemStorage) -> None:
    one = host(tmp_path, "one", shared)

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run_step(one, KEY, fail)
    assert one.get(KEY) is None
    assert list((tmp_path / "one").iterdir()) == []
    assert not shared.exists(f"steps/{KEY}.tar")


def test_two_hosts_may_finish_the_same_step(tmp_path: Path, shared: FileSystemStorage) -> None:
    one, other = host(tmp_path, "one", shared), host(tmp_path, "other", shared)
    work = other.workspace()
    finish(work)
    run_step(one, KEY, finish)
    assert (other.put(KEY, work) / "deep" / "features.npy").read_bytes() == b"numbers"
    assert shared.listdir("steps")[1] == [f"{KEY}.tar"]


def test_steps_that_nobody_uses_are_forgotten_and_others_are_not(tmp_path: Path) -> None:
    store = FreshStore(tmp_path)
    old, used = (run_step(store, f"learn-{name}", finish)[0] for name in ("old", "used"))
    long_ago = time.time() - 100
    for folder in (old, used):
        os.utime(folder, (long_ago, long_ago))
    assert store.get("learn-used") == used
    assert store.forget_unused(max_age_s=50) == 1
    assert store.get("learn-old") is None
    assert store.get("learn-used") == used
