"""Serve until told to stop (SIGTERM or Ctrl-C)."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Any

from .handler import handler_for
from .settings import Settings, settings_of


class Server(ThreadingHTTPServer):
    """A thread a connection, so many at a time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, settings: Settings) -> None:
        self._free = threading.BoundedSemaphore(settings.max_connections)
        if ":" in settings.host:
            self.address_family = socket.AF_INET6
        super().__init__((settings.host, settings.port), handler_for(settings))

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free.acquire()  # others wait to be accepted; a connection ends when its time is up
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no fault of the server's."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def main() -> int:
    server = Server(settings_of())
    host, port = str(server.server_address[0]), server.server_address[1]
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    shown = f"[{host}]" if ":" in host else host
    print(f"Listening on http://{shown}:{port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
