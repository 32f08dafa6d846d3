"""Runs and boards over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines.profile.boards import boards
from studio.downloads import StoredFile, serve
from studio.projects.access import ProjectScoped
from studio.runs.models import Artifact, Run
from studio.runs.serializers import (
    BoardSerializer,
    RunDetailSerializer,
    RunSerializer,
    StartRunSerializer,
)
from studio.runs.start import start_run


class RunListView(ProjectScoped, ListAPIView[Run]):
    """A project's runs, the newest first."""

    queryset = Run.objects.select_related("job")
    serializer_class = RunSerializer

    @extend_schema(request=StartRunSerializer, responses={201: RunDetailSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Run a design: it is queued at once, or refused by field where it could only fail."""
        asked = StartRunSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        run = start_run(
            self.project,
            request.user,
            design_id=given["design"],
            board=given["board"],
            dataset_version_id=given.get("dataset_version"),
        )
        return Response(RunDetailSerializer(run).data, status=201)


class RunView(ProjectScoped, RetrieveDestroyAPIView[Run]):
    """One run with its artifacts; deleting it stops its work and deletes its deployments and files."""

    queryset = Run.objects.select_related("job").prefetch_related("artifacts")
    serializer_class = RunDetailSerializer
    lookup_url_kwarg = "run_id"

    def perform_destroy(self, run: Run) -> None:
        with transaction.atomic():
            run.discard()


class ArtifactView(ProjectScoped, GenericAPIView[Artifact]):
    """A file that a run made; supports Range."""

    queryset = Run.objects.all()

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, project_id: UUID, run_id: UUID, name: str) -> HttpResponseBase:
        artifact = get_object_or_404(Artifact, run__project=self.project, run_id=run_id, name=name)
        return serve(request, StoredFile(artifact.key), file_name=artifact.name)


class BoardListView(APIView):
    """The boards that a model can be measured and built for."""

    @extend_schema(operation_id="boards_list", responses=BoardSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response([board.summary() for board in boards()])
