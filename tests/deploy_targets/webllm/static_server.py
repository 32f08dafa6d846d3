"""A plain static web server that counts what is asked of it, and can be told to go wrong."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class StaticServer:
    """Args:
    url: with a slash at its end.
    requests: how often each path was asked for.
    ranges: the ``Range`` headers that were sent, by path.
    damaged: paths in whose content one byte is changed.
    cut: path -> after how many bytes the connection breaks, as long as it is in here.
    held: paths whose answer breaks off after its first half, and whose sending then waits for ``release``.
    """

    folder: Path
    url: str = ""
    requests: Counter[str] = field(default_factory=Counter)
    ranges: dict[str, list[str]] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    cut: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    release: threading.Event = field(default_factory=threading.Event)
    down: bool = False


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, server_state: StaticServer, **more: object) -> None:
        self.state = server_state
        super().__init__(*arguments, directory=str(server_state.folder), **more)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.state.down:
            self.close_connection = True
            return
        name = self.path.split("?")[0].lstrip("/") or "index.html"
        self.state.requests[name] += 1
        path = self.state.folder / name
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content = path.read_bytes()
        if name in self.state.damaged:
            middle = len(content) // 2
            content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        self._send(name, content)

    def _send(self, name: str, content: bytes) -> None:
        wanted = self.headers.get("Range")
        start = 0
        if wanted:
            self.state.ranges.setdefault(name, []).append(wanted)
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(HTTPStatus.PARTIAL_CONTENT)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(name))
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        body = content[start:]
        if name in self.state.cut and not wanted:
            body = body[: self.state.cut[name]]
            self.close_connection = True
        if name in self.state.held:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.state.release.wait(60)
            body = body[len(body) // 2 :]
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[StaticServer]:
    state = StaticServer(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, server_state=state)) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.release.set()
            server.shutdown()
            thread.join()
