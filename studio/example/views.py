"""The example project over REST."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from pipelines.example import ExampleMissingError
from studio.accounts.models import ApiKey
from studio.example.ready_made import make_example_project
from studio.projects.figures import ProjectFigures
from studio.projects.models import Project
from studio.projects.serializers import ProjectSerializer


class ExampleView(ProjectFigures, generics.GenericAPIView[Project]):
    """Make the example project, ready to train, for whoever is signed in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, ApiKey):
            raise PermissionDenied("API keys may not make projects; sign in as a person")
        try:
            project = make_example_project(request.user)
        except ExampleMissingError as error:
            raise NotFound(str(error)) from None
        return Response(self.described(self.get_queryset().filter(pk=project.pk))[0], status=201)
