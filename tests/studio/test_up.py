"""``manage.py up``: the whole studio as one process tree."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, before: str = "") -> subprocess.Popen[str]:
    """``manage.py up``; ``before`` is Python that its process runs first."""
    program = [sys.executable, "manage.py"]
    if before:
        program = [
            sys.executable,
            "-c",
            f"{before}\nimport runpy\nrunpy.run_path('manage.py', run_name='__main__')",
        ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THIMBLE_")}
    return subprocess.Popen(
        [*program, "up", "--port", str(port)],
        cwd=ROOT,
        env={**environment, "THIMBLE_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(process: subprocess.Popen[str], text: str) -> str:
    """Read what it says until it says that."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"it ended without saying {text!r}:\n{said}")


def children(pid: int) -> dict[int, str]:
    """Every process below, with its command line."""
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        for task in Path(f"/proc/{current}/task").glob("*/children"):
            for child in map(int, task.read_text().split()):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
                waiting.append(child)
    return found


def status_of(port: int, path: str = "/api/v1/health/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    return connection.getresponse().status


def gone(pid: int, seconds: float = 20) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def studio() -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    with tempfile.TemporaryDirectory(prefix="thimble-up-") as folder:
        port = free_port()
        process = start(Path(folder), port)
        wait_for(process, "Thimble is ready")
        yield process, port, Path(folder)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def test_it_starts_mends_itself_and_stops_without_a_trace(
    studio: tuple[subprocess.Popen[str], int, Path],
) -> None:
    process, port, data = studio
    assert status_of(port) == 200
    assert status_of(port, "/api/docs/") == 200
    again = start(data, free_port())
    said, _ = again.communicate(timeout=60)
    assert again.returncode != 0
    assert "running already" in said
    taken = start(data / "other", port)
    said, _ = taken.communicate(timeout=60)
    assert taken.returncode != 0
    assert "--port" in said

    worker = next(pid for pid, command in children(process.pid).items() if "celery" in command)
    os.kill(worker, signal.SIGKILL)
    wait_for(process, "The worker has ended; starting it again")
    assert status_of(port) == 200

    below = children(process.pid)
    assert any("redis-server" in command for command in below.values())
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert "Stopped." in process.stdout.read()
    assert process.wait(60) == 0
    assert all(gone(pid) for pid in below)


def test_were_it_killed_the_web_server_and_the_worker_end_too(
    studio: tuple[subprocess.Popen[str], int, Path],
) -> None:
    process, _, _ = studio
    below = children(process.pid)
    process.kill()
    process.wait(60)
    assert [command for pid, command in below.items() if not gone(pid)] == []


def test_a_request_to_stop_that_comes_while_a_process_is_being_started_is_not_lost(tmp_path: Path) -> None:
    interrupt_at_the_first_fork = """
import itertools, os, signal
count = itertools.count()
os.register_at_fork(before=lambda: next(count) or os.kill(os.getpid(), signal.SIGINT))
"""
    process = start(tmp_path, free_port(), interrupt_at_the_first_fork)
    try:
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert said.rstrip().endswith("Stopped.")
    assert process.returncode == 0
