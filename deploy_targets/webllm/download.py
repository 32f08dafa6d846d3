"""Fetch one file from an address that a person gave, from a server that may stand in a private network.

Only https, only public addresses (every redirect is looked at anew), only as many bytes as are allowed, and only the
file with the SHA-256 that was given.
"""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from deploy_targets.errors import TargetError

_REDIRECTS = 5
_TIMEOUT_SECONDS = 60
_CHUNK_BYTES = 1 << 16
_URL = "options.model_library_url"
_SHA256 = "options.model_library_sha256"

Allowed = Callable[[str], bool]
"""Whether a numeric address may be connected to."""


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet, and not to this machine or its network."""
    return ipaddress.ip_address(address).is_global


def download(
    url: str,
    sha256: str,
    max_bytes: int,
    *,
    allowed: Allowed = is_public,
    context: ssl.SSLContext | None = None,
) -> bytes:
    """The file at an address.

    Args:
        allowed: which addresses may be connected to.
        context: which certificates are trusted; None for the system's.

    Raises:
        TargetError: it cannot be fetched, is too large, or is another file.
    """
    for _ in range(_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise TargetError(f"{url}: only addresses that begin with https:// are fetched", field=_URL)
        connection = _Connection(parts.hostname, parts.port or 443, allowed, context)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"User-Agent": "thimble", "Accept-Encoding": "identity"})
            response = connection.getresponse()
            if response.status in {301, 302, 303, 307, 308}:
                url = urljoin(url, response.headers.get("Location", ""))
                continue
            if response.status != 200:
                raise TargetError(f"{url}: the server answered {response.status}", field=_URL)
            return _checked(_read(response, url, max_bytes), url, sha256)
        except (OSError, http.client.HTTPException) as error:
            raise TargetError(f"{url} could not be fetched: {error}", field=_URL) from None
        finally:
            connection.close()
    raise TargetError(f"{url}: redirected more than {_REDIRECTS} times", field=_URL)


def _read(response: http.client.HTTPResponse, url: str, max_bytes: int) -> bytes:
    content = bytearray()
    while chunk := response.read(_CHUNK_BYTES):
        content += chunk
        if len(content) > max_bytes:
            raise TargetError(f"{url} has more than {max_bytes >> 20} MB, which no library has", field=_URL)
    return bytes(content)


def _checked(content: bytes, url: str, sha256: str) -> bytes:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256.lower():
        raise TargetError(f"{url} has the SHA-256 {found}, not {sha256}", field=_SHA256)
    return content


class _Connection(http.client.HTTPSConnection):
    """Looks a name up once, and connects to exactly the address that was looked at."""

    def __init__(self, host: str, port: int, allowed: Allowed, context: ssl.SSLContext | None) -> None:
        self._tls = context or ssl.create_default_context()
        super().__init__(host, port, timeout=_TIMEOUT_SECONDS, context=self._tls)
        self._allowed = allowed

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        refused = [address for address in addresses if not self._allowed(address)]
        if refused:
            raise OSError(f"{self.host} is {refused[0]}, an address of a private network")
        plain = socket.create_connection((addresses[0], self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
