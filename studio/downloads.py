"""Answering with a file or with bytes made on the way: streamed, in parts where the browser asks for a part.

Implements single byte ranges of RFC 9110 section 14 with strong validators; a request for
several ranges is answered whole, as the RFC allows.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from studio import storage
from studio.web.errors import errors

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Content(ABC):
    """Bytes of a known size, readable from anywhere."""

    size_bytes: int
    etag: str

    @abstractmethod
    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes ``start <= i < stop``, in pieces."""


class StoredFile(Content):
    """A file of content-addressed storage; its key is its validator."""

    def __init__(self, key: str) -> None:
        """
        Raises:
            FileNotFoundError: nothing is stored under that key.
        """
        self._key = key
        self.size_bytes = storage.size(key)
        self.etag = f'"{Path(key).stem}"'

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        return storage.pieces(self._key, start, stop)


def serve(
    request: HttpRequest | Request,
    content: Content,
    *,
    content_type: str = "application/octet-stream",
    file_name: str | None = None,
) -> HttpResponseBase:
    """Answer GET or HEAD with the content: 200, 206, 304 or 416.

    ``file_name`` makes it a download under that name; without, it is shown in place. Uploaded content is
    always served as a download, so that a page in it is never run as ours.
    """
    headers = {
        "ETag": content.etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if file_name is not None:
        headers["Content-Disposition"] = _attachment(file_name)
    if content.etag in _etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    start, stop, status = 0, content.size_bytes, 200
    wanted = request.headers.get("Range", "")
    if wanted and request.headers.get("If-Range", content.etag) == content.etag:
        part = _byte_range(wanted, content.size_bytes)
        if part == (0, 0):
            refused = errors(416, f"the file has {content.size_bytes} bytes", "Range")
            refused["Content-Range"] = f"bytes */{content.size_bytes}"
            return refused
        if part is not None:
            start, stop = part
            status = 206
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size_bytes}"
    headers["Content-Length"] = str(stop - start)
    body = content.read(start, stop) if request.method != "HEAD" else iter(())
    return StreamingHttpResponse(body, status=status, content_type=content_type, headers=headers)


def _byte_range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """``(start, stop)``; ``(0, 0)`` where no byte of it exists; None where the header is to be ignored."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size_bytes)
        return (size_bytes - length, size_bytes) if length else (0, 0)
    start = int(first)
    if last and int(last) < start:
        return None
    stop = min(int(last) + 1, size_bytes) if last else size_bytes
    return (start, stop) if start < size_bytes else (0, 0)


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _attachment(file_name: str) -> str:
    """Content-Disposition for any name (RFC 6266): a plain one, and the exact one in UTF-8."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", file_name) or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
