"""Deployments and targets over REST."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from deploy_targets.registry import targets
from studio.deployments.models import Deployment
from studio.deployments.serializers import (
    DeploymentSerializer,
    StartDeploymentSerializer,
    TargetSerializer,
)
from studio.deployments.start import start_deployment
from studio.downloads import StoredFile, serve
from studio.projects.access import ProjectScoped
from studio.web.exceptions import Conflict


class DeploymentListView(ProjectScoped, ListAPIView[Deployment]):
    """A project's deployments, the newest first."""

    queryset = Deployment.objects.select_related("job")
    serializer_class = DeploymentSerializer

    @extend_schema(request=StartDeploymentSerializer, responses={201: DeploymentSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Build one variant of a run's model for a target and a board: queued at once, or refused by field."""
        asked = StartDeploymentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        deployment = start_deployment(
            self.project,
            request.user,
            run_id=given["run"],
            target_id=given["target"],
            variant=given["variant"],
            board=given["board"],
            options=given["options"],
        )
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
        return Response(
            [
                {
                    "id": target.id,
                    "title": target.title,
                    "pitch": target.pitch,
                    "icon": target.icon,
                    "variants": list(target.variants),
                    "options_schema": target.Options.model_json_schema(),
                }
                for target in targets()
            ]
        )
