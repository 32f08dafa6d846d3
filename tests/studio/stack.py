"""A whole studio of its own for a test: database, Redis, web server and worker as real processes, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection as django_connection
from psycopg import sql

from studio.embedded import EmbeddedRedis
from studio.environment import embedded_redis_socket

ROOT = Path(__file__).parents[2]
SEED = Path(__file__).with_name("stack_seed.py")


def wait_until(condition: Callable[[], Any], timeout_s: float, what: str) -> Any:
    """The first true value of ``condition``, asked often; fails after ``timeout_s``."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"after {timeout_s} s still not: {what}")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class SentEvent:
    """One server-sent event, and when it came (``time.monotonic``)."""

    kind: str
    data: dict[str, Any]
    id: str
    at: float


@dataclass
class Stack:
    """The processes and how to talk to them. ``seed`` has ``project``, ``key``, ``design`` and ``other_key``."""

    folder: Path
    redis: EmbeddedRedis
    port: int
    environment: dict[str, str]
    seed: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, log: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_worker(self, app: str = "studio", **environment: str) -> subprocess.Popen[bytes]:
        """A worker that is ready; ``environment`` makes it one on another host, with a disk of its own."""
        log = self.folder / "worker.log"
        before = log.read_text().count(" ready.") if log.exists() else 0
        command = (sys.executable, "-m", "celery", "-A", app, "worker", "-l", "INFO")
        worker = self.start(*command, log="worker.log", **environment)
        wait_until(
            lambda: log.read_text().count(" ready.") > before, 40, "the worker is ready; see worker.log"
        )
        return worker

    def kill(self, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=30)

    def request(self, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(
                method,
                f"/api/v1/{path}",
                body=None if body is None else json.dumps(body),
                headers={
                    "Authorization": f"Bearer {key or self.seed['key']}",
                    "Content-Type": "application/json",
                },
            )
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        finally:
            connection.close()

    def project(self, method: str, path: str, body: Any = None) -> Answer:
        return self.request(method, f"projects/{self.seed['project']}/{path}", body)

    def job(self, job_id: str) -> dict[str, Any]:
        return self.project("GET", f"jobs/{job_id}/").json

    def wait_for_job(self, job_id: str, *states: str, timeout_s: float = 60) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            job = self.job(job_id)
            ended = job["state"] in {"succeeded", "failed", "cancelled"}
            assert not ended or job["state"] in states, f"{job}\n{self.log(job_id)}"
            return job if job["state"] in states else None

        return wait_until(reached, timeout_s, f"job {job_id} is {' or '.join(states)}")

    def log(self, job_id: str) -> str:
        return self.project("GET", f"jobs/{job_id}/log/").body.decode()

    def events(self, job_id: str, last_event_id: str = "", timeout_s: float = 60) -> Iterator[SentEvent]:
        """A job's events over HTTP as they come, to the end of the stream."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        headers = {"Authorization": f"Bearer {self.seed['key']}", "Accept": "text/event-stream"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        try:
            connection.request(
                "GET", f"/api/v1/projects/{self.seed['project']}/jobs/{job_id}/events/", headers=headers
            )
            response = connection.getresponse()
            assert response.status == 200, response.read()
            fields: dict[str, str] = {}
            while line := response.readline().decode():
                name, separator, value = line.rstrip("\n").partition(": ")
                if separator and name:
                    fields[name] = value
                elif not line.strip():
                    if "data" in fields:
                        yield SentEvent(
                            fields["event"],
                            json.loads(fields["data"]),
                            fields.get("id", ""),
                            time.monotonic(),
                        )
                    fields = {}
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running_stack(folder: Path, **environment: str) -> Iterator[Stack]:
    """Redis, a migrated database with a project in it, and the web server; the test starts the worker."""
    with EmbeddedRedis(folder / "redis", embedded_redis_socket(folder)) as redis:
        variables = os.environ | {
            "THIMBLE_DATA_DIR": str(folder / "data"),
            "THIMBLE_REDIS_URL": redis.url,
            "THIMBLE_DATABASE_URL": _new_database(folder),
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "PYTHONPATH": str(ROOT),
            "CUDA_VISIBLE_DEVICES": "",
        }
        stack = Stack(folder, redis, _free_port(), variables | environment)
        try:
            _run(stack, "manage.py", "migrate", "-v", "0")
            stack.seed = json.loads(_run(stack, str(SEED)).splitlines()[-1])
            stack.start(
                sys.executable, "-m", "gunicorn", "studio.wsgi", "--bind", f"127.0.0.1:{stack.port}",
                "--worker-class", "gthread", "--threads", "8", log="web.log",
            )  # fmt: skip
            wait_until(lambda: _answers(stack), 40, "the web server answers; see web.log")
            yield stack
        finally:
            for process in reversed(stack.processes):
                if process.poll() is None:
                    stack.kill(process)


def _new_database(folder: Path) -> str:
    """URL of a new database: on the PostgreSQL that the tests run on, or a file where they run on SQLite."""
    if django_connection.vendor != "postgresql":
        return f"sqlite:///{folder}/thimble.sqlite3"
    settings = django_connection.settings_dict
    name = f"stack_{uuid.uuid4().hex[:12]}"
    host, user, port = settings["HOST"], settings["USER"], settings["PORT"] or "5432"
    with psycopg.connect(
        host=host or settings["OPTIONS"].get("host"), user=user, password=settings["PASSWORD"] or None,
        port=port, dbname="postgres", autocommit=True,
    ) as database:  # fmt: skip
        database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"postgresql://{user}:{quote(settings['PASSWORD'] or '')}@/{name}?host={quote(host)}&port={port}"


def _run(stack: Stack, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _answers(stack: Stack) -> bool:
    try:
        return stack.request("GET", "health/").status == 200
    except OSError:
        return False
