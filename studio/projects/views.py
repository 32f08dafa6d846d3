"""Projects and their members."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from studio.accounts.models import ApiKey, Scope, User
from studio.projects.access import OWN, READ, SEE_MEMBERS, Access, ProjectScoped
from studio.projects.figures import ProjectFigures
from studio.projects.models import Membership, Project, Role
from studio.projects.serializers import MemberRoleSerializer, MemberSerializer, ProjectSerializer
from studio.web.exceptions import Conflict


class ProjectListView(ProjectFigures, generics.ListCreateAPIView[Project]):
    """The caller's projects, newest first."""

    permission_classes = [IsAuthenticated]

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if isinstance(request.auth, ApiKey):
            if request.method == "POST":
                raise PermissionDenied("API keys may not make projects; sign in as a person")
            if not request.auth.allows(Scope.READ):
                raise PermissionDenied("this API key lacks the scope 'read'")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.described(page or []))

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = ProjectSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        project = Project.objects.create_for(request.user, **serializer.validated_data)
        return Response(self.described([project])[0], status=201)


class ProjectView(ProjectScoped, ProjectFigures, generics.RetrieveUpdateDestroyAPIView[Project]):
    """One project. Deleting it deletes everything in it."""

    http_method_names = ["get", "patch", "delete", "head"]

    def access_needed(self, request: Request) -> Access:
        return READ if request.method in {"GET", "HEAD"} else OWN

    def get_queryset(self) -> QuerySet[Project]:
        return ProjectFigures.get_queryset(self)

    def get_object(self) -> Project:
        return self.get_queryset().get(pk=self.project.pk)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.described([self.get_object()])[0])

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = ProjectSerializer(self.project, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return self.retrieve(request)

    def perform_destroy(self, project: Project) -> None:
        project.delete_with_files()


class MemberListView(ProjectScoped, generics.ListCreateAPIView[Membership]):
    """Who works on the project. Only owners add members; whom they add has signed up before."""

    queryset = Membership.objects.select_related("user")
    serializer_class = MemberSerializer
    reading = SEE_MEMBERS
    writing = OWN

    def perform_create(self, serializer: Any) -> None:
        try:
            with transaction.atomic():
                serializer.save(project=self.project)
        except IntegrityError:
            raise Conflict({"email": ["is a member already; change their role instead"]}) from None


class MemberView(ProjectScoped, generics.RetrieveUpdateDestroyAPIView[Membership]):
    """One member. Owners change roles and remove members; anyone may leave. One owner always remains."""

    queryset = Membership.objects.select_related("user")
    serializer_class = MemberRoleSerializer
    lookup_url_kwarg = "member_id"
    http_method_names = ["get", "patch", "delete", "head"]
    reading = SEE_MEMBERS

    def access_needed(self, request: Request) -> Access:
        return OWN if request.method == "PATCH" else SEE_MEMBERS

    @extend_schema(request=MemberRoleSerializer)
    @transaction.atomic
    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.project.lock()
        return self.partial_update(request, *args, **kwargs)

    def perform_update(self, serializer: Any) -> None:
        if serializer.validated_data.get("role", Role.OWNER) != Role.OWNER:
            self._keep_an_owner(serializer.instance, "role", "make someone else an owner first")
        serializer.save()

    @transaction.atomic
    def perform_destroy(self, membership: Membership) -> None:
        user: User = self.request.user
        if membership.user_id != user.pk and self.role != Role.OWNER:
            raise PermissionDenied("only an owner removes others")
        self.project.lock()
        self._keep_an_owner(membership, "", "make someone else an owner first, or delete the project")
        membership.delete()

    def _keep_an_owner(self, membership: Membership, field: str, cure: str) -> None:
        """Called with the project locked, so that the last two owners cannot leave at one moment."""
        owners = set(self.project.memberships.filter(role=Role.OWNER).values_list("pk", flat=True))
        if owners == {membership.pk}:
            raise ValidationError({field: [f"this is the project's last owner; {cure}"]})
