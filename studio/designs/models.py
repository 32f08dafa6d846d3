"""Pipeline designs."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from pipelines.spec import PipelineSpec, load_spec


class Design(models.Model):
    """A named pipeline of a project. ``spec`` is always one that was valid when it was saved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="designs")
    name = models.CharField(max_length=120)
    spec = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at", "id"]

    def __str__(self) -> str:
        return self.name

    def pipeline(self) -> PipelineSpec:
        """The design as a pipeline of this release's version; :class:`~pipelines.spec.SpecError` where it is none."""
        return load_spec(self.spec)
