"""Reading from a connection with one deadline for a whole request, however slowly its bytes drip in."""

from __future__ import annotations

import io
import socket
import time


class DeadlineReader(io.RawIOBase):
    """The receiving side of a socket. Reading past the deadline raises ``TimeoutError``."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def restart(self, seconds: float | None = None) -> None:
        """Begin the time anew, for the next request."""
        self._deadline = time.monotonic() + (self._seconds if seconds is None else seconds)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not arrive in time")
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(self._seconds)
