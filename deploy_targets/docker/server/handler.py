"""Requests -> answers."""

from __future__ import annotations

import contextlib
import io
import json
import socket
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from .answers import classified, decided, described
from .bodies import samples_of
from .connection import DeadlineReader
from .openapi import openapi_document
from .problems import Problem
from .settings import Settings

_PAGE = Path(__file__).parent / "page"
_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
_DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "/healthz": lambda: {"status": "ok"},
    "/openapi.json": openapi_document,
    "/v1/model": described,
}
_WORK = {"/v1/classify": classified, "/v1/decisions": decided}
_JSON = "application/json"
_DRAIN_SECONDS, _DRAIN_BYTES = 2, 65_536
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "frame-ancestors 'none'"
)


class Handler(BaseHTTPRequestHandler):
    """One connection. ``settings`` is set by :func:`handler_for`."""

    protocol_version = "HTTP/1.1"
    server_version = "thimble"
    sys_version = ""
    settings: Settings
    _is_read = True

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._reader = DeadlineReader(self.connection, self.settings.request_seconds)
        self.rfile = io.BufferedReader(self._reader)

    def finish(self) -> None:
        """A client that is still sending would not read an answer to which the connection was closed at once."""
        if not self._is_read:
            self.wfile.flush()
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
                self._reader.restart(_DRAIN_SECONDS)
                while self.rfile.read1(_DRAIN_BYTES):
                    pass
        super().finish()

    def handle_one_request(self) -> None:
        self._reader.restart()
        super().handle_one_request()

    def do_GET(self) -> None:
        self._answer(self._got)

    def do_HEAD(self) -> None:
        self._answer(self._got)

    def do_POST(self) -> None:
        self._answer(self._posted)

    def do_PUT(self) -> None:
        self._answer(self._posted)

    do_DELETE = do_PATCH = do_OPTIONS = do_PUT

    @property
    def _path(self) -> str:
        return self.path.partition("?")[0]

    def _got(self) -> tuple[bytes, str]:
        if self._path in _FILES:
            name, kind = _FILES[self._path]
            return (_PAGE / name).read_bytes(), kind
        if self._path in _DOCUMENTS:
            return _encoded(_DOCUMENTS[self._path]()), _JSON
        raise self._nowhere()

    def _posted(self) -> tuple[bytes, str]:
        if self._path not in _WORK or self.command != "POST":
            raise self._nowhere()
        samples = samples_of(self._body(), self.headers.get("Content-Type", ""))
        return _encoded(_WORK[self._path](samples)), _JSON

    def _nowhere(self) -> Problem:
        """Why there is nothing at this path by this method."""
        allowed = "POST" if self._path in _WORK else "GET, HEAD"
        if self._path in _WORK or self._path in _FILES or self._path in _DOCUMENTS:
            return Problem(405, f"{self.command} is not possible here: use {allowed}", {"Allow": allowed})
        return Problem(404, "there is nothing at this address; see / for what there is")

    def _body(self) -> bytes:
        length, most = self.headers.get("Content-Length", ""), self.settings.max_body_bytes
        if self.headers.get("Transfer-Encoding"):
            raise Problem(411, "chunked bodies are not taken: send a Content-Length")
        if not length:
            raise Problem(411, "the request has no Content-Length")
        if not (length.isascii() and length.isdigit()):
            raise Problem(400, "the Content-Length is no number")
        if len(length) > 15 or int(length) > most:
            raise Problem(413, f"the body is larger than {most:,} bytes")
        content = self.rfile.read(int(length))
        if len(content) < int(length):
            raise Problem(400, f"the body ended after {len(content):,} of {int(length):,} bytes")
        self._is_read = True
        return content

    def _answer(self, work: Callable[[], tuple[bytes, str]]) -> None:
        """Do it, and send the outcome whatever it is; a body that was not read ends the connection."""
        self._is_read = self.headers.get("Content-Length", "0") == "0" and not self.headers.get(
            "Transfer-Encoding"
        )
        try:
            content, kind = work()
            self._send(200, content, kind, {})
        except Problem as problem:
            self._refuse(problem)
        except TimeoutError:
            self._refuse(Problem(408, "the request did not arrive in time"))
        except ConnectionError:
            raise
        except Exception as error:
            self.log_error("%s: %s", type(error).__name__, error)
            self._refuse(Problem(500, "the server failed; its log says why"))

    def _refuse(self, problem: Problem) -> None:
        self._send(problem.status, _encoded(problem.as_json()), _JSON, problem.headers)

    def _send(self, status: int, content: bytes, kind: str, headers: dict[str, str]) -> None:
        if not self._is_read:
            self.close_connection = True
            headers = {**headers, "Connection": "close"}
        self.send_response(status)
        always = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
        }
        for name, value in {**always, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What :mod:`http.server` itself refuses, in the same form as everything else."""
        self._is_read = False
        self.request_version = (
            self.protocol_version
        )  # what could not be read is taken for 0.9, which has no status
        words = message or HTTPStatus(code).phrase
        self._send(code, _encoded(Problem(code, words).as_json()), _JSON, {})


def handler_for(settings: Settings) -> type[Handler]:
    """The class of connections with these settings."""
    return type("ConfiguredHandler", (Handler,), {"settings": settings})


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
