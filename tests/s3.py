"""A stand-in for S3 that keeps objects in memory: as much of its REST protocol as boto3 uses for whole objects.

Reference: Amazon S3 API (PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self) -> bytes:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return content
        whole = b""
        while content:
            size, _, content = content.partition(b"\r\n")
            length = int(size.partition(b";")[0], 16)
            if not length:
                break
            whole, content = whole + content[:length], content[length + 2 :]
        return whole

    def do_PUT(self) -> None:
        content = self._body()
        self.server.objects[self._key()] = content
        self._answer(200, ETag=f'"{hashlib.md5(content).hexdigest()}"')

    def do_GET(self) -> None:
        if not self._key():
            self._list()
            return
        content = self.server.objects.get(self._key())
        if content is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", Content_Type="application/xml")
            return
        headers = {"ETag": f'"{hashlib.md5(content).hexdigest()}"', "Last_Modified": formatdate(usegmt=True)}
        wanted = self.headers.get("Range", "")
        if wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last) + 1 if last else None]
            spread = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
            self._answer(206, part, Content_Range=spread, **headers)
        else:
            self._answer(200, content, Content_Length=str(len(content)), **headers)

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        self.server.objects.pop(self._key(), None)
        self._answer(204)

    def _list(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        prefix = query.get("prefix", [""])[0]
        files: list[str] = []
        folders: set[str] = set()
        for key in sorted(self.server.objects):
            if key.startswith(prefix):
                rest = key[len(prefix) :]
                if "/" in rest:
                    folders.add(prefix + rest.partition("/")[0] + "/")
                else:
                    files.append(key)
        body = "<ListBucketResult><IsTruncated>false</IsTruncated>"
        body += "".join(f"<Contents><Key>{escape(key)}</Key><Size>1</Size></Contents>" for key in files)
        body += "".join(
            f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
            for folder in sorted(folders)
        )
        self._answer(200, f"{body}</ListBucketResult>".encode(), Content_Type="application/xml")

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}


@contextmanager
def s3_server() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Gives the endpoint's URL and what is in it: key -> content."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.objects
    finally:
        server.shutdown()
        server.server_close()
