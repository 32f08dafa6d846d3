"""Starting a run: everything is checked before anything is queued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework.exceptions import ValidationError

from pipelines.spec import SpecError
from studio.data.models import DatasetVersion
from studio.designs.models import Design
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.runs.models import Run, next_number
from studio.runs.preflight import faults_of_run


@transaction.atomic
def start_run(
    project: Project, user: Any, *, design_id: UUID, board: str, dataset_version_id: UUID | None
) -> Run:
    """A queued run of a design on a dataset version (of the samples as they are now, where none is given).

    Raises:
        ValidationError: by field, why this run could only fail; nothing is left behind then.
    """
    project.lock()
    design = Design.objects.filter(project=project, pk=design_id).first()
    if design is None:
        raise ValidationError({"design": ["there is no such design in this project"]})
    try:
        spec = design.pipeline()
    except SpecError as error:
        raise ValidationError(
            {f"spec.{fault['field']}": [fault["message"]] for fault in error.errors}
        ) from None
    version = _version(project, user, dataset_version_id)
    faults = faults_of_run(spec, version)
    if faults:
        raise ValidationError({field: [message] for field, message in reversed(faults)})
    return Run.objects.create(
        project=project,
        number=next_number(Run, project),
        design=design,
        design_name=design.name,
        spec=spec.model_dump(mode="json"),
        board=board,
        dataset_version=version,
        job=Job.enqueue(project, Job.Kind.RUN, user),
        created_by=user,
    )


def _version(project: Project, user: Any, version_id: UUID | None) -> DatasetVersion:
    if version_id is None:
        version, _ = DatasetVersion.objects.of_now(project, user=user)
        return version
    found = DatasetVersion.objects.filter(project=project, pk=version_id).first()
    if found is None:
        raise ValidationError({"dataset_version": ["there is no such dataset version in this project"]})
    return found
