"""Who may do what in a project: the one place that decides.

A view under ``projects/<uuid:project_id>/`` takes :class:`ProjectScoped` as its first base. Before
its code runs the caller has been found to be a member with a sufficient role, or an API key of this
project with the scope; ``self.project`` is the project and ``get_queryset()`` is narrowed to it.
To a stranger the project does not exist: 404, never 403.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from studio.accounts.models import ApiKey, Scope
from studio.projects.models import Membership, Project, Role


@dataclass(frozen=True, slots=True)
class Access:
    """What a request needs: a role for people, a scope for machines (None: people only)."""

    role: Role
    scope: Scope | None


READ = Access(Role.VIEWER, Scope.READ)
WRITE = Access(Role.EDITOR, Scope.WRITE)
UPLOAD = Access(Role.EDITOR, Scope.UPLOAD)
OWN = Access(Role.OWNER, None)
SEE_MEMBERS = Access(Role.VIEWER, None)


def visible_projects(request: Request) -> QuerySet[Project]:
    """The projects that the caller may know of."""
    if isinstance(request.auth, ApiKey):
        return Project.objects.filter(pk=request.auth.project_id)
    return Project.objects.filter(memberships__user=request.user)


def project_for(request: Request, project_id: UUID, needed: Access) -> tuple[Project, Role | None]:
    """The project and the caller's role in it (None for an API key).

    Raises:
        Http404: there is none such for this caller.
        PermissionDenied: it may not do this there.
    """
    if isinstance(request.auth, ApiKey):
        if request.auth.project_id != project_id:
            raise Http404
        if needed.scope is None:
            raise PermissionDenied("API keys may not do this; sign in as a person")
        if not request.auth.allows(needed.scope):
            raise PermissionDenied(f"this API key lacks the scope {needed.scope.value!r}")
        return request.auth.project, None
    membership = (
        Membership.objects.select_related("project").filter(project_id=project_id, user=request.user).first()
    )
    if membership is None:
        raise Http404
    role = Role(membership.role)
    if not role.covers(needed.role):
        raise PermissionDenied(
            f"this needs the role {needed.role.value}; you are {role.value} of this project"
        )
    return membership.project, role


class ProjectPermission(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        view.project, view.role = project_for(request, view.kwargs["project_id"], view.access_needed(request))
        return True


class ProjectScoped:
    """Mixin for views of one project; see the module. Override ``reading`` and ``writing`` to ask for more."""

    permission_classes = [ProjectPermission]
    reading: Access = READ
    writing: Access = WRITE
    project: Project
    role: Role | None

    def access_needed(self, request: Request) -> Access:
        return self.reading if request.method in SAFE_METHODS else self.writing

    def get_queryset(self) -> QuerySet[Any]:
        queryset = super().get_queryset()  # type: ignore[misc]
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        return queryset.filter(project=self.project)

    def perform_create(self, serializer: Any) -> None:
        serializer.save(project=self.project)
