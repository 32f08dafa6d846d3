"""Every error of the API has one shape: ``{"errors": [{"field": "label", "message": "..."}]}``.

``field`` is the dotted name of what was wrong, and empty where it was no field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from studio.web.exceptions import TooLarge


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: any refusal as ``{"errors": [...]}``; a bug stays a 500 in the log."""
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    elif isinstance(error, SuspiciousOperation | BadRequest | MultiPartParserError):
        error = exceptions.ParseError(str(error) or "the request is malformed")
    response = default_handler(error, context)
    if response is None:
        return None
    detail = error.detail if isinstance(error, exceptions.APIException) else response.data
    response.data = {"errors": list(flatten(detail))}
    return response


def flatten(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested error details as one list of field and message."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            own = "" if key in {"non_field_errors", "detail", ""} else str(key)
            yield from flatten(inner, ".".join(part for part in (field, own) if part))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            if nested and not inner:
                continue
            yield from flatten(inner, ".".join(filter(None, (field, str(index)))) if nested else field)
    else:
        yield {"field": field, "message": str(detail)}


def errors(status_code: int, message: str, field: str = "") -> JsonResponse:
    return JsonResponse({"errors": [{"field": field, "message": message}]}, status=status_code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return errors(413, TooLarge.default_detail)
    return errors(400, "the request is malformed")


def permission_denied(request: HttpRequest, exception: PermissionDenied | None = None) -> HttpResponse:
    return errors(403, "you may not do this")


def page_not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    return errors(404, "there is nothing here")


def server_error(request: HttpRequest) -> HttpResponse:
    return errors(500, "something went wrong on our side; it is in the studio's log")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return errors(403, f"the request carries no valid CSRF token; load the page again ({reason})")
