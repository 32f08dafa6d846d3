"""Machines sign each request: ``Authorization: Bearer thk_…``."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from studio.accounts.models import ApiKey, User


class ApiKeyAuthentication(BaseAuthentication):
    """``request.auth`` is the :class:`ApiKey`; ``request.user`` is who made it, so that rows have an author.

    What the key may do is decided by its project and scopes alone, see ``studio.projects.access``.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        kind, _, token = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        digest = ApiKey.hash(token.strip().decode("latin-1"))
        key = ApiKey.objects.select_related("created_by", "project").filter(key_sha256=digest).first()
        if key is None or not key.created_by.is_active:
            raise AuthenticationFailed("this API key is not known; it may have been deleted")
        if key.expired:
            raise AuthenticationFailed("this API key has expired; ask a project owner for a new one")
        key.note_use()
        return key.created_by, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of the project: thk_…"}
