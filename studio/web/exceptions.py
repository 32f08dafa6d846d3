"""Refusals that DRF has no exception for. Their detail may name the field: ``Conflict({"file": ["..."]})``."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions, status


class TooLarge(exceptions.APIException):
    """More bytes than are taken."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "the request is too large"
    default_code = "too_large"

    def __init__(self, detail: Any = None) -> None:
        super().__init__("")
        self.detail = detail or self.default_detail


class LengthRequired(exceptions.APIException):
    """A body whose length must be known beforehand."""

    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_detail = "say how long the body is: send Content-Length"
    default_code = "length_required"


class Conflict(exceptions.APIException):
    """What is asked for clashes with what is there."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "this clashes with what is there"
    default_code = "conflict"

    def __init__(self, detail: Any = None) -> None:
        super().__init__("")
        self.detail = detail or self.default_detail


class Unavailable(exceptions.APIException):
    """A part that this needs does not answer just now."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "a part of the studio does not answer; try again in a minute"
    default_code = "unavailable"
