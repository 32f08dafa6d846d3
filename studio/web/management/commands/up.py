"""``manage.py up``: the whole studio on this machine: Redis, database, web server and worker."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio import environment
from studio.embedded import EmbeddedRedis, EmbeddedRedisError, end_with_parent

_READY_SECONDS = 60.0
_STOP_SECONDS = 20.0
_SHORTEST_LIFE_SECONDS = 5.0
_WEB_THREADS = 64
"""Each open stream of events holds a thread, so there are many; an idle one costs little."""


class _Stop(Exception):
    """Someone asked us to stop."""


@dataclass
class _Part:
    """A process that is kept running."""

    title: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        # A session of its own: Ctrl-C reaches us only, and we end the parts in order. Were we killed
        # ourselves, the kernel would end them.
        self.process = subprocess.Popen(
            self.command,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - this process has one thread
        )

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


class Command(BaseCommand):
    help = "Start the studio: Redis (unless THIMBLE_REDIS_URL names one), database, web server, worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        self._asked_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_stop)
        with ExitStack() as at_the_end:
            try:
                self._run(at_the_end, host, port)
            except _Stop:
                self._say("Stopping …")
        self._say("Stopped.")

    def _note_stop(self, _number: int, _frame: FrameType | None) -> None:
        # Only noted: Python drops what a handler raises while a process is being forked, and raised elsewhere
        # it would leave a process that nobody knows of, or a half-done migration.
        self._asked_to_stop = True

    def _pause(self, seconds: float) -> None:
        """
        Raises:
            _Stop: someone asked us to stop, now or before.
        """
        end = time.monotonic() + seconds
        while not self._asked_to_stop and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        if self._asked_to_stop:
            raise _Stop

    def _run(self, at_the_end: ExitStack, host: str, port: int) -> None:
        at_the_end.enter_context(_only_one())
        _check_port(host, port)
        if not environment.text("THIMBLE_REDIS_URL"):
            self._say("Starting the embedded Redis")
            redis = EmbeddedRedis(
                settings.DATA_DIR / "redis", environment.embedded_redis_socket(settings.DATA_DIR)
            )
            try:
                at_the_end.enter_context(redis)
            except EmbeddedRedisError as error:
                raise CommandError(str(error)) from None
        self._say("Bringing the database up to date")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("clearsessions")
        parts = [_Part("web server", web_command(host, port)), _Part("worker", worker_command())]
        for part in parts:
            self._say(f"Starting the {part.title}")
            at_the_end.callback(part.stop)
            part.start()
        self._wait_until_ready(parts[0], host, port)
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::1", "::"} else host  # noqa: S104
        self._say(f"Thimble is ready: http://{shown}:{port}/   (Ctrl-C stops it)")
        while True:
            self._pause(0.5)
            for part in parts:
                if part.ended():
                    self._restart(part)

    def _restart(self, part: _Part) -> None:
        self._say(f"The {part.title} has ended; starting it again")
        if time.monotonic() - part.started_at < _SHORTEST_LIFE_SECONDS:
            self._pause(_SHORTEST_LIFE_SECONDS)
        part.start()

    def _wait_until_ready(self, web: _Part, host: str, port: int) -> None:
        target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        give_up = time.monotonic() + _READY_SECONDS
        while time.monotonic() < give_up:
            if web.ended():
                raise CommandError("the web server has ended at once; its message is above")
            connection = http.client.HTTPConnection(target, port, timeout=5)
            try:
                connection.request("GET", "/api/v1/health/", headers={"Host": "localhost"})
                connection.getresponse().read()
                return
            except OSError:
                pass
            finally:
                connection.close()
            self._pause(0.1)
        raise CommandError("the web server does not answer")

    def _say(self, text: str) -> None:
        self.stdout.write(f"==> {text}")
        self.stdout.flush()


def web_command(host: str, port: int) -> list[str]:
    """How gunicorn is started, here and in production."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        sys.executable, "-m", "gunicorn", "studio.wsgi",
        "--bind", address,
        "--worker-class", "gthread",
        "--workers", str(environment.whole_number("THIMBLE_WEB_WORKERS", 1)),
        "--threads", str(_WEB_THREADS),
        "--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else str(settings.DATA_DIR),  # noqa: S108
        "--keep-alive", "30",
        "--timeout", "120",
        "--graceful-timeout", "5",
        "--no-control-socket",
        "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "-A", "studio", "worker", "--loglevel", "WARNING"]


def _only_one() -> Any:
    """Hold the data folder's lock; it is let go when we end, however we end."""
    lock = (settings.DATA_DIR / "up.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(f"the studio is running already on the data in {settings.DATA_DIR}") from None
    return lock


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"port {port} cannot be used ({error.strerror}); choose another with --port"
            ) from None
