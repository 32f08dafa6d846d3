"""Reading settings from the environment: each helper names the variable in its error."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_LONGEST_SOCKET_PATH = 100
"""Linux allows 107 bytes for the path of a Unix socket."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name}: write 1 or 0, not {value!r}")
    return value in {"1", "true", "yes", "on"}


def whole_number(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}: write a whole number, not {value!r}")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str) -> Path | None:
    """A folder that is there, with no symbolic link left in its path; None where none is named."""
    value = text(name)
    if not value:
        return None
    path = Path(value).resolve()
    if not path.is_dir():
        raise ImproperlyConfigured(f"{name}: there is no folder {value}")
    return path


def secret_key(data_dir: Path) -> str:
    """``THIMBLE_SECRET_KEY``, or one that is made once and kept in the data folder, readable by its owner only."""
    given = text("THIMBLE_SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret-key"
    for _ in range(2):
        try:
            kept = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            data_dir.mkdir(parents=True, exist_ok=True)
            descriptor, partial = tempfile.mkstemp(dir=data_dir, prefix="secret-key-")  # made with mode 0600
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64))
            try:
                os.link(partial, path)  # only one of two processes that start at once can make it
            except FileExistsError:
                pass
            finally:
                os.unlink(partial)
            continue
        if len(kept) >= 50:
            return kept
        break
    raise ImproperlyConfigured(f"{path} holds no secret key; delete it and a new one is made")


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings for ``postgresql://user:password@host:port/name?sslmode=…`` or ``sqlite:////absolute/path``.

    Without a URL it is SQLite in the data folder, in WAL mode, where a writer takes its lock
    at the start of a transaction, so that two writers wait for each other instead of failing.
    """
    parts = urlsplit(url)
    if parts.scheme in {"", "sqlite"}:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path.removeprefix("/")) if url else str(data_dir / "thimble.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; "
                "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
            "PORT": str(parts.port or options.pop("port", "")),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(
        f"THIMBLE_DATABASE_URL: {parts.scheme!r} is not known; write postgresql:// or sqlite:///"
    )


def s3_options(bucket: str, endpoint_url: str, region: str) -> dict[str, Any]:
    """Options of django-storages' S3 storage; the credentials come from boto3's own variables."""
    return {
        "bucket_name": bucket,
        "endpoint_url": endpoint_url or None,
        "region_name": region or None,
        "default_acl": None,
        "file_overwrite": True,  # a key is the hash of its content
        "max_memory_size": 8_000_000,  # larger files pass through a temporary file
    }


def embedded_redis_socket(data_dir: Path) -> Path:
    """Where the embedded Redis listens: in the data folder, or in /tmp where that path is too long for a socket."""
    path = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"thimble-{os.getuid()}-{name}" / "redis.sock"
