"""Runs and the files that they made."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Max, Q

from studio.jobs.models import Job
from studio.runs.files import release_after_commit


def next_number(numbered: type[models.Model], project: Any) -> int:
    """The number after the highest in a project; the caller holds the project's lock until it has used it."""
    highest = numbered._default_manager.filter(project=project).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


class Run(models.Model):
    """One execution of a pipeline on a dataset version. The spec is a copy: the design may change or go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    design = models.ForeignKey(
        "designs.Design", null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    design_name = models.CharField(max_length=120)
    spec = models.JSONField()
    board = models.CharField(max_length=80)
    dataset_version = models.ForeignKey("data.DatasetVersion", on_delete=models.RESTRICT, related_name="runs")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="run")
    metrics = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="run_number_unique")]

    def __str__(self) -> str:
        return f"run {self.number} of {self.project_id}"

    @property
    def state(self) -> str:
        return self.job.state

    def discard(self) -> None:
        """Delete the run with its deployments, jobs and files; work that still goes on stops by itself."""
        keys = list(self.artifacts.values_list("key", flat=True))
        keys += self.deployments.values_list("key", flat=True)
        Job.objects.filter(Q(run=self) | Q(deployment__run=self)).delete()
        release_after_commit(self.project_id, keys)


class Artifact(models.Model):
    """A file that a run made, in content-addressed storage under ``key``."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=200, db_index=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="artifact_name_unique")]

    def __str__(self) -> str:
        return f"{self.name} of {self.run_id}"
