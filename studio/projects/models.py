"""Projects and who works on them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models, transaction

from studio import storage


class Role(models.TextChoices):
    """What a member may do; each may all that the one before may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"

    def covers(self, other: Role) -> bool:
        order = [Role.VIEWER, Role.EDITOR, Role.OWNER]
        return order.index(self) >= order.index(other)


class ProjectManager(models.Manager["Project"]):
    @transaction.atomic
    def create_for(self, user: models.Model, **fields: object) -> Project:
        """A new project with ``user`` as its owner."""
        project = self.create(**fields)
        Membership.objects.create(project=project, user=user, role=Role.OWNER)
        return project


class Project(models.Model):
    """What one team works on: data, designs, runs, deployments, members."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="projects")

    objects = ProjectManager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name

    def lock(self) -> None:
        """Hold this project against other writers until the transaction ends."""
        Project.objects.select_for_update().get(pk=self.pk)

    def delete_with_files(self) -> None:
        """Delete the project, all rows in it, and, once that is certain, its files."""
        folder = storage.project_folder(self.pk)
        with transaction.atomic():
            self.delete()
            transaction.on_commit(lambda: storage.delete_folder(folder))


class Membership(models.Model):
    """That a person works on a project, and as what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.project_id}"
