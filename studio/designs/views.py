"""Designs over REST, and what helps to draw them."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListCreateAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines.blocks import BlockError
from pipelines.spec import load_spec, pipeline_json_schema
from pipelines.suggest import NoSuggestionError
from pipelines.windows import WindowError
from studio.data.models import Sample
from studio.designs.checks import PreviewError, check, preview
from studio.designs.models import Design
from studio.designs.serializers import (
    CheckRequestSerializer,
    CheckSerializer,
    DesignSerializer,
    PreviewRequestSerializer,
    PreviewSerializer,
    SuggestionSerializer,
)
from studio.designs.suggestion import suggestion_for
from studio.projects.access import READ, ProjectScoped
from studio.web.exceptions import Conflict


class DesignListView(ProjectScoped, ListCreateAPIView[Design]):
    """A project's designs, the last changed first; or save a new one."""

    queryset = Design.objects.all()
    serializer_class = DesignSerializer

    def perform_create(self, serializer: Any) -> None:
        serializer.save(project=self.project, created_by=self.request.user)


class DesignView(ProjectScoped, RetrieveUpdateDestroyAPIView[Design]):
    """One design. Deleting it leaves its runs, which carry their own copy of the pipeline."""

    queryset = Design.objects.all()
    serializer_class = DesignSerializer
    lookup_url_kwarg = "design_id"


class SuggestionView(ProjectScoped, APIView):
    """A first pipeline for the project's own data, with its reasons."""

    @extend_schema(responses=SuggestionSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        try:
            spec, reasons = suggestion_for(self.project)
        except NoSuggestionError as error:
            raise Conflict({"samples": [str(error)]}) from None
        return Response({"spec": spec, "reasons": reasons})


class CheckView(ProjectScoped, APIView):
    """Shapes, costs and faults of a pipeline that need not be saved. Faults are an answer here, not an error."""

    writing = READ

    @extend_schema(request=CheckRequestSerializer, responses=CheckSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        asked = CheckRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(check(asked.validated_data["spec"], self.project))


class PreviewView(ProjectScoped, APIView):
    """One window of a sample, and each feature block's picture of it, by the code that the device runs."""

    writing = READ

    @extend_schema(request=PreviewRequestSerializer, responses=PreviewSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        asked = PreviewRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        sample = get_object_or_404(Sample, project=self.project, pk=given["sample_id"])
        try:
            return Response(preview(load_spec(given["spec"]), sample, given["start_ms"]))
        except PreviewError as error:
            raise ValidationError({error.field: [str(error)]}) from None
        except (WindowError, BlockError) as error:
            raise ValidationError({"sample_id": [str(error)]}) from None


@cache
def _schema() -> dict[str, Any]:
    return pipeline_json_schema()


class PipelineSchemaView(APIView):
    """JSON Schema of a pipeline: what the forms are drawn from."""

    @extend_schema(operation_id="schema_pipeline", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(_schema())
