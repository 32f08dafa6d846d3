"""Language models over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveDestroyAPIView
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studio.language_models.checking import add_from_server, complete
from studio.language_models.models import LanguageModel, ModelFile
from studio.language_models.receiving import announced, delete_file, receive
from studio.language_models.serializers import (
    LanguageModelSerializer,
    ModelFileSerializer,
    ServerFolderSerializer,
)
from studio.language_models.server_folders import server_folders
from studio.projects.access import WRITE, ProjectScoped
from studio.web.exceptions import Conflict


class ModelScoped(ProjectScoped):
    queryset = LanguageModel.objects.all()
    serializer_class = LanguageModelSerializer
    lookup_url_kwarg = "model_id"

    def get_queryset(self) -> QuerySet[LanguageModel]:
        counted = super().get_queryset().annotate(deployment_count=Count("deployments"))
        return counted.prefetch_related("files").order_by("-created_at", "id")


class LanguageModelListView(ModelScoped, ListAPIView[LanguageModel]):
    """A project's language models, the newest first."""

    @extend_schema(request=LanguageModelSerializer, responses={201: LanguageModelSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Begin a language model, whose files are then sent; or take one that lies on the server."""
        asked = LanguageModelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        model = LanguageModel(project=self.project, created_by=request.user, **asked.validated_data)
        try:
            with transaction.atomic():
                if model.server_folder:
                    add_from_server(model)
                else:
                    model.save()
        except IntegrityError:
            raise Conflict({"name": ["the project has a language model of that name"]}) from None
        return Response(LanguageModelSerializer(model).data, status=201)


class LanguageModelView(ModelScoped, RetrieveDestroyAPIView[LanguageModel]):
    """One language model with its files; deleting it deletes its files and its deployments."""

    def perform_destroy(self, model: LanguageModel) -> None:
        with transaction.atomic():
            model.discard()


class CompleteView(ModelScoped, GenericAPIView[LanguageModel]):
    """All files are there: check them, and make the model ready to be deployed."""

    @extend_schema(request=None, responses=LanguageModelSerializer)
    def post(self, request: Request, project_id: UUID, model_id: UUID) -> Response:
        model = self.get_object()
        complete(model)
        return Response(LanguageModelSerializer(model).data)


class _AnyContent(BaseParser):
    """Lets every content type in and reads nothing: the view takes the bytes as they come."""

    media_type = "*/*"


_PIECE = [
    OpenApiParameter(
        "offset", int, description="Where in the file the body's first byte belongs; 0 without."
    ),
    OpenApiParameter("size", int, description="Bytes of the whole file; without, the body ends it."),
    OpenApiParameter("sha256", str, description="That of the whole file, to be checked at its end."),
    OpenApiParameter(
        "Content-Range",
        str,
        OpenApiParameter.HEADER,
        description="bytes FIRST-LAST/SIZE, instead of the query.",
    ),
]


class FileView(ProjectScoped, GenericAPIView[ModelFile]):
    """One file of a language model."""

    queryset = ModelFile.objects.none()
    serializer_class = ModelFileSerializer
    parser_classes = [_AnyContent]

    def get(self, request: Request, project_id: UUID, model_id: UUID, name: str) -> Response:
        """How much of the file is there, and so where to go on."""
        return Response(ModelFileSerializer(self._file()).data)

    @extend_schema(
        parameters=_PIECE,
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={
            200: ModelFileSerializer,
            201: OpenApiResponse(ModelFileSerializer, "These are the file's first bytes."),
        },
    )
    def put(self, request: Request, project_id: UUID, model_id: UUID, name: str) -> Response:
        """Send the file, whole or a piece after another. 409 where a piece does not join what is there."""
        model = get_object_or_404(LanguageModel, project=self.project, pk=model_id)
        file, is_new = receive(model, name, announced(request), request._request)
        return Response(ModelFileSerializer(file).data, status=201 if is_new else 200)

    def delete(self, request: Request, project_id: UUID, model_id: UUID, name: str) -> Response:
        """Drop the file, to send another."""
        delete_file(self._file())
        return Response(status=204)

    def _file(self) -> ModelFile:
        files = ModelFile.objects.select_related("model")
        return get_object_or_404(
            files,
            model__project=self.project,
            model_id=self.kwargs["model_id"],
            name=self.kwargs["name"],
        )


class ServerFolderListView(ProjectScoped, APIView):
    """Folders on the server with a language model in them, which the operator of the studio offers."""

    reading = WRITE

    @extend_schema(
        operation_id="projects_language_model_folders_list", responses=ServerFolderSerializer(many=True)
    )
    def get(self, request: Request, project_id: UUID) -> Response:
        found: list[dict[str, Any]] = [
            {"name": folder.name, "size_bytes": folder.size_bytes, "file_count": len(folder.files)}
            for folder in server_folders()
        ]
        return Response(ServerFolderSerializer(found, many=True).data)
