"""Deployments and targets over REST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studio.deployments.models import Deployment
from studio.deployments.serializers import (
    DeploymentSerializer,
    StartDeploymentSerializer,
    TargetSerializer,
)
from studio.deployments.start import Wanted, start_deployment
from studio.deployments.targets import described_targets
from studio.downloads import StoredFile, serve
from studio.projects.access import ProjectScoped
from studio.web.exceptions import Conflict


class DeploymentListView(ProjectScoped, ListAPIView[Deployment]):
    """A project's deployments, the newest first."""

    queryset = Deployment.objects.select_related("job")
    serializer_class = DeploymentSerializer

    def get_queryset(self) -> QuerySet[Deployment]:
        deployments = super().get_queryset()
        target = self.request.query_params.get("target", "")
        return deployments.filter(target=target) if target else deployments

    @extend_schema(parameters=[OpenApiParameter("target", str, description="Only those of this target.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=StartDeploymentSerializer, responses={201: DeploymentSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Build a run's model, or a language model, for a target: queued at once, or refused by field."""
        asked = StartDeploymentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        deployment = start_deployment(self.project, request.user, Wanted(**asked.validated_data))
        return Response(DeploymentSerializer(deployment).data, status=201)


class DeploymentView(ProjectScoped, RetrieveDestroyAPIView[Deployment]):
    """One deployment; deleting it stops its build and deletes its file."""

    queryset = Deployment.objects.select_related("job")
    serializer_class = DeploymentSerializer
    lookup_url_kwarg = "deployment_id"

    def perform_destroy(self, deployment: Deployment) -> None:
        with transaction.atomic():
            deployment.discard()


class DownloadView(ProjectScoped, GenericAPIView[Deployment]):
    """The zip; supports Range."""

    queryset = Deployment.objects.select_related("job")
    serializer_class = DeploymentSerializer
    lookup_url_kwarg = "deployment_id"

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, project_id: UUID, deployment_id: UUID) -> HttpResponseBase:
        deployment = self.get_object()
        if not deployment.key:
            raise Conflict(
                {"state": [f"the deployment is {deployment.state}; there is no file to download yet"]}
            )
        return serve(
            request,
            StoredFile(deployment.key),
            content_type="application/zip",
            file_name=deployment.file_name,
        )


class TargetListView(APIView):
    """The targets that a model can be built for."""

    @extend_schema(operation_id="deploy_targets_list", responses=TargetSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(described_targets())
