"""Language models and their files."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models, transaction

from studio import storage
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.runs.files import release_after_commit


class LanguageModel(models.Model):
    """A named set of a publisher's files: uploaded one by one, or those of a folder on the server.

    ``server_folder`` names that folder, see :mod:`studio.language_models.server_folders`; it is empty for uploads.
    ``facts`` is what the files say of the model, known once it is ready.
    """

    class State(models.TextChoices):
        UPLOADING = "uploading"
        READY = "ready"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="language_models")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=State, default=State.UPLOADING)
    server_folder = models.CharField(max_length=255, blank=True)
    facts = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="language_model_name_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def storage_folder(self) -> str:
        """Where its files lie in storage."""
        return storage.project_folder(self.project_id, "language-models", str(self.pk))

    def lock(self) -> LanguageModel:
        """This model as it is now, held against other writers until the transaction ends."""
        return LanguageModel.objects.select_for_update().get(pk=self.pk)

    def discard(self) -> None:
        """Delete the model with its files and deployments; builds that still go on stop by themselves."""
        keys = list(self.deployments.values_list("key", flat=True))
        Job.objects.filter(deployment__language_model=self).delete()
        folder = self.storage_folder
        self.delete()
        release_after_commit(self.project_id, keys)
        transaction.on_commit(lambda: storage.delete_folder(folder))


class ModelFile(models.Model):
    """One file of a language model. An upload is complete once its ``sha256`` is known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    model = models.ForeignKey(LanguageModel, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    size_bytes = models.PositiveBigIntegerField()
    received_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="model_file_name_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_complete(self) -> bool:
        return bool(self.sha256)


class FilePart(models.Model):
    """A piece of a file in remote storage, where nothing can be appended to an object."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(ModelFile, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveBigIntegerField()
    key = models.CharField(max_length=250)

    class Meta:
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["file", "offset"], name="file_part_offset_unique")]

    def __str__(self) -> str:
        return self.key


def files_of(model: LanguageModel) -> list[dict[str, Any]]:
    """Name and hash of each file: the same list for the same content."""
    return list(model.files.values("name", "sha256"))
