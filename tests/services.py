"""Throw-away servers for the tests: a real PostgreSQL cluster and a real Redis, each in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.embedded import EmbeddedRedis

_SERVER_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, which Debian keeps off the PATH; None where there is none."""
    found = shutil.which("initdb")
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if candidates:
        return candidates[0].parent
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """A fresh cluster on a Unix socket; gives the URL of its database. It is gone afterwards.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    programs = postgres_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="thimble-postgres-"))
    as_user: list[str] = []
    if os.getuid() == 0:
        user = pwd.getpwnam(_SERVER_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["runuser", "-u", _SERVER_USER, "--"]

    def run(*command: str) -> None:
        done = subprocess.run([*as_user, *command], capture_output=True, text=True, cwd=folder, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    data = folder / "data"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    settings = (
        f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"
    )
    try:
        run(
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "thimble",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        run(*control, "-l", str(folder / "log"), "-o", settings, "start")
        try:
            yield f"postgresql://thimble@/postgres?host={folder}"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """A fresh Redis on a Unix socket; gives its URL. It is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="thimble-redis-"))
    try:
        with EmbeddedRedis(folder, folder / "redis.sock") as server:
            yield server.url
    finally:
        shutil.rmtree(folder, ignore_errors=True)
