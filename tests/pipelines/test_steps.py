"""Cached steps: kept whole or not at all."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.steps import LocalStore, code_sha256, run_step, step_key


def write(text):
    def work(folder):
        (folder / "out.txt").write_text(text)

    return work


def test_a_step_runs_once_for_one_key(tmp_path):
    store = LocalStore(tmp_path)
    first, was_there = run_step(store, "a-1", write("one"))
    again, was_there_again = run_step(store, "a-1", write("two"))
    assert (was_there, was_there_again) == (False, True)
    assert first == again
    assert (again / "out.txt").read_text() == "one"


def test_a_step_that_fails_leaves_nothing_behind(tmp_path):
    def fail(folder):
        (folder / "half.txt").write_text("half")
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        run_step(LocalStore(tmp_path), "a-1", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_step_killed_in_its_middle_is_not_taken_for_finished(tmp_path):
    program = (
        "import sys, os, signal; from pathlib import Path; from pipelines.steps import *\n"
        "def work(folder):\n"
        "    (folder / 'half.txt').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
        "run_step(LocalStore(Path(sys.argv[1])), 'a-1', work)"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert killed.returncode == -9
    folder, was_there = run_step(LocalStore(tmp_path), "a-1", write("whole"))
    assert not was_there
    assert [file.name for file in folder.iterdir()] == ["out.txt"]


def test_what_a_killed_process_left_is_swept_away_after_a_day(tmp_path):
    left = tmp_path / "partial-old"
    left.mkdir()
    two_days_ago = time.time() - 48 * 3600
    os.utime(left, (two_days_ago, two_days_ago))
    run_step(LocalStore(tmp_path), "a-1", write("x"))
    assert not left.exists()


def test_two_processes_that_finish_the_same_step_agree(tmp_path):
    store = LocalStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: run_step(store, "a-1", write("same"))[0], range(32)))
    assert set(folders) == {tmp_path / "a-1"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a-1"]


def test_the_key_changes_with_the_inputs_and_with_the_code():
    assert step_key("x", ("signals",), {"a": 1}) == step_key("x", ("signals",), {"a": 1})
    assert step_key("x", ("signals",), {"a": 1}) != step_key("x", ("signals",), {"a": 2})
    assert step_key("x", ("signals",), {"a": 1}) != step_key("x", ("spec",), {"a": 1})
    assert code_sha256("features") != code_sha256("spec")
