"""What is answered where a request cannot be served."""

from __future__ import annotations


class Problem(Exception):
    """An answer other than success.

    Args:
        status: of HTTP.
        message: what was wrong and what to do, for the person who asked.
        headers: to be sent with it.
    """

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}

    def as_json(self) -> dict[str, object]:
        return {"error": {"status": self.status, "message": self.message}}
