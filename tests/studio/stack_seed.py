"""Fills a new database for a :class:`tests.studio.stack.Stack`: two projects with a key each, recordings, designs."""

from __future__ import annotations

import json

import django

django.setup()

from studio.accounts.models import ApiKey, User  # noqa: E402
from studio.designs.models import Design  # noqa: E402
from studio.projects.models import Project  # noqa: E402
from tests.studio.sines import add_sines, design_document  # noqa: E402


def add_key(user: User, project: Project) -> str:
    key, kept = ApiKey.new_key()
    ApiKey.objects.create(
        project=project, created_by=user, name="test", scopes=["read", "upload", "write"], **kept
    )
    return key


def main() -> None:
    user = User.objects.create_user("ada@example.com", "correct horse battery", "Ada")
    project = Project.objects.create_for(user, name="Sines")
    other = Project.objects.create_for(user, name="Another")
    add_sines(project)
    designs = {
        name: str(Design.objects.create(project=project, name=name, spec=design_document(epochs)).pk)
        for name, epochs in (("short", 3), ("long", 400))
    }
    seed = {
        "project": str(project.pk),
        "key": add_key(user, project),
        "other_project": str(other.pk),
        "other_key": add_key(user, other),
        **designs,
    }
    print(json.dumps(seed))


if __name__ == "__main__":
    main()
