"""What can be set, from the environment or the command line."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Attributes:
        host, port: where it listens.
        max_body_bytes: larger requests are refused.
        request_seconds: a request must have arrived whole within this time.
        max_connections: more at a time wait until one ends.
    """

    host: str
    port: int
    max_body_bytes: int
    request_seconds: float
    max_connections: int


def settings_of(arguments: list[str] | None = None) -> Settings:
    """Settings from ``HOST``, ``PORT``, ``MAX_BODY_MB``, ``REQUEST_SECONDS``, ``MAX_CONNECTIONS``, or from options."""
    parser = argparse.ArgumentParser(prog="python -m server", description="Serve the pipeline over HTTP.")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8080"))
    parser.add_argument("--max-body-mb", type=float, default=os.environ.get("MAX_BODY_MB", "16"))
    parser.add_argument("--request-seconds", type=float, default=os.environ.get("REQUEST_SECONDS", "15"))
    parser.add_argument("--max-connections", type=int, default=os.environ.get("MAX_CONNECTIONS", "64"))
    chosen = parser.parse_args(arguments)
    return Settings(
        host=chosen.host,
        port=chosen.port,
        max_body_bytes=int(chosen.max_body_mb * _MEGABYTE),
        request_seconds=chosen.request_seconds,
        max_connections=chosen.max_connections,
    )
