"""Pages that belong to no app: health, the single-page app, and the end of the API."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines.spec import pipeline_json_schema
from studio.web.errors import errors

_NONCE_MARK = "__CSP_NONCE__"


class HealthView(APIView):
    """Whether this process can serve: it reaches the database."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="health",
        responses=inline_serializer("Health", {"status": serializers.CharField()}),
    )
    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Response({"status": "ok"})


@csrf_exempt
def no_such_endpoint(request: HttpRequest, *args: str) -> JsonResponse:
    return errors(404, "the API has nothing at this address; see /api/docs/")


@lru_cache(maxsize=2)
def _index_html(path: Path, modified_ns: int) -> str:
    return path.read_text(encoding="utf-8")


@never_cache
@require_safe
def single_page_app(request: HttpRequest, path: str) -> HttpResponse:
    """The front end, for every address that is its own; it finds the page by itself."""
    if "." in path.rpartition("/")[2]:
        return errors(404, "there is no such file")
    index = settings.FRONTEND_DIR / "index.html"
    try:
        html = _index_html(index, index.stat().st_mtime_ns)
    except FileNotFoundError:
        return render(request, "web/not_built.html", status=503)
    return HttpResponse(html.replace(_NONCE_MARK, str(request.csp_nonce)))  # type: ignore[attr-defined]


class PipelineSchemaView(APIView):
    """JSON Schema of a pipeline: what the browser draws its forms from."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="schema_pipeline", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(pipeline_json_schema())
