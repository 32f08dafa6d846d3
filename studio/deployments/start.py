"""Starting a deployment: everything is checked before anything is queued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError as OptionsError
from rest_framework.exceptions import ValidationError

from deploy_targets.base import DeployTarget, TargetError
from deploy_targets.registry import target_of
from pipelines.spec import faults_of
from studio.deployments.models import Deployment
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.runs.models import Run, next_number


@transaction.atomic
def start_deployment(
    project: Project,
    user: Any,
    *,
    run_id: UUID,
    target_id: str,
    variant: str,
    board: str,
    options: dict[str, Any],
) -> Deployment:
    """A queued build of one variant of a finished run's model.

    Raises:
        ValidationError: by field, why this build could only fail.
    """
    project.lock()
    run = _finished_run(project, run_id)
    target = _target(target_id)
    made = sorted(run.metrics["variants"]) if run.metrics else []
    possible = [name for name in made if name in target.variants]
    if variant not in possible:
        told = ", ".join(possible) or "none"
        raise ValidationError(
            {"variant": [f"this run and target have no variant {variant!r} in common; there is {told}"]}
        )
    try:
        checked = target.Options.model_validate(options)
    except OptionsError as error:
        raise ValidationError(
            {f"options.{fault['field']}".rstrip("."): [fault["message"]] for fault in faults_of(error)}
        ) from None
    return Deployment.objects.create(
        project=project,
        number=next_number(Deployment, project),
        run=run,
        target=target_id,
        variant=variant,
        board=board,
        options=checked.model_dump(mode="json"),
        job=Job.enqueue(project, Job.Kind.DEPLOYMENT, user),
        created_by=user,
    )


def _finished_run(project: Project, run_id: UUID) -> Run:
    run = Run.objects.filter(project=project, pk=run_id).select_related("job").first()
    if run is None:
        raise ValidationError({"run": ["there is no such run in this project"]})
    if run.state != Job.State.SUCCEEDED:
        raise ValidationError(
            {"run": [f"run {run.number} is {run.state}; only a succeeded run can be deployed"]}
        )
    return run


def _target(target_id: str) -> DeployTarget:
    try:
        return target_of(target_id)
    except TargetError as error:
        raise ValidationError({"target": [str(error)]}) from None
