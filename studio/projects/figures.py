"""Projects with their figures: how many samples and runs, which labels, and the caller's role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework.request import Request

from studio.accounts.models import ApiKey
from studio.data.models import Sample
from studio.projects.access import visible_projects
from studio.projects.models import Membership, Project
from studio.projects.serializers import ProjectSerializer
from studio.runs.models import Run


def _count_of(queryset: QuerySet[Any]) -> Coalesce:
    """How many rows of ``queryset`` belong to the project of the outer query."""
    counted = (
        queryset.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class ProjectFigures:
    """Base of views that answer with projects: the figures take a few queries, however many projects there are."""

    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        if getattr(self, "swagger_fake_view", False):
            return Project.objects.none()
        return visible_projects(self.request).annotate(  # type: ignore[attr-defined]
            sample_count=_count_of(Sample.objects), run_count=_count_of(Run.objects)
        )

    def described(self, projects: Iterable[Project]) -> list[dict[str, Any]]:
        found = list(projects)
        ids = [project.pk for project in found]
        labels: dict[UUID, list[str]] = {}
        named = Sample.objects.filter(project__in=ids).exclude(label="").order_by("label")
        for project_id, label in named.values_list("project_id", "label").distinct():
            labels.setdefault(project_id, []).append(label)
        context = {"roles": self._roles(ids), "labels": labels}
        return list(ProjectSerializer(found, many=True, context=context).data)

    def _roles(self, ids: list[UUID]) -> dict[UUID, str]:
        request: Request = self.request  # type: ignore[attr-defined]
        if isinstance(request.auth, ApiKey):
            return {}
        mine = Membership.objects.filter(user=request.user, project__in=ids)
        return dict(mine.values_list("project_id", "role"))
