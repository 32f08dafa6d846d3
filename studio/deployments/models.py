"""Deployments: built zips."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.jobs.models import Job
from studio.runs.files import release_after_commit


class Deployment(models.Model):
    """A run's model or a language model, built for a target.

    ``variant`` is empty for language models, ``board`` where the target is the same for every board, and ``key``,
    where the zip lies in storage, until it is built.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="deployments")
    number = models.PositiveIntegerField()
    run = models.ForeignKey(
        "runs.Run", null=True, blank=True, on_delete=models.CASCADE, related_name="deployments"
    )
    language_model = models.ForeignKey(
        "language_models.LanguageModel",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="deployments",
    )
    target = models.CharField(max_length=40)
    variant = models.CharField(max_length=40, blank=True)
    board = models.CharField(max_length=80, blank=True)
    options = models.JSONField(default=dict)
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="deployment")
    key = models.CharField(max_length=200, blank=True, db_index=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="deployment_number_unique"),
            models.CheckConstraint(
                condition=Q(run__isnull=False, language_model__isnull=True)
                | Q(run__isnull=True, language_model__isnull=False),
                name="deployment_of_one_model",
            ),
        ]

    def __str__(self) -> str:
        return f"deployment {self.number} of {self.project_id}"

    @property
    def state(self) -> str:
        return self.job.state

    def discard(self) -> None:
        """Delete the deployment with its job and file; a build that still goes on stops by itself."""
        self.job.delete()
        release_after_commit(self.project_id, [self.key])
