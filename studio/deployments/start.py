"""Starting a deployment: everything is checked before anything is queued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError as OptionsError
from rest_framework.exceptions import ValidationError

from deploy_targets.base import DeployTarget, TargetError
from deploy_targets.registry import target_of
from pipelines.profile.boards import board_of
from pipelines.spec import faults_of
from studio.deployments.models import Deployment
from studio.deployments.targets import missing_for
from studio.jobs.models import Job
from studio.language_models.models import LanguageModel
from studio.projects.models import Project
from studio.runs.models import Run, next_number


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be built: ``run`` and ``variant``, or ``language_model``; an empty ``board`` stands for none."""

    target: str
    run: UUID | None
    language_model: UUID | None
    variant: str
    board: str
    options: dict[str, Any]


@transaction.atomic
def start_deployment(project: Project, user: Any, wanted: Wanted) -> Deployment:
    """A queued build.

    Raises:
        ValidationError: by field, why this build could only fail.
    """
    project.lock()
    target = _target(wanted.target)
    model: dict[str, Any]
    if target.takes == "language-model":
        model = {"language_model": _ready_language_model(project, target, wanted)}
    else:
        model = {"run": _run_with_variant(project, target, wanted), "variant": wanted.variant}
    _check_board(target, wanted.board)
    return Deployment.objects.create(
        project=project,
        number=next_number(Deployment, project),
        target=target.id,
        board=wanted.board,
        options=_checked_options(target, wanted.options),
        job=Job.enqueue(project, Job.Kind.DEPLOYMENT, user),
        created_by=user,
        **model,
    )


def _target(target_id: str) -> DeployTarget:
    try:
        target = target_of(target_id)
    except TargetError as error:
        raise ValidationError({"target": [str(error)]}) from None
    if missing := missing_for(target):
        raise ValidationError({"target": [f"this server cannot build {target.title}: {'; '.join(missing)}"]})
    return target


def _run_with_variant(project: Project, target: DeployTarget, wanted: Wanted) -> Run:
    if wanted.language_model is not None:
        raise ValidationError({"language_model": [f"{target.title} packages a run's model; name a run"]})
    if wanted.run is None:
        raise ValidationError({"run": ["say which run's model is to be built"]})
    run = Run.objects.filter(project=project, pk=wanted.run).select_related("job").first()
    if run is None:
        raise ValidationError({"run": ["there is no such run in this project"]})
    if run.state != Job.State.SUCCEEDED:
        raise ValidationError(
            {"run": [f"run {run.number} is {run.state}; only a succeeded run can be deployed"]}
        )
    made = sorted(run.metrics["variants"]) if run.metrics else []
    possible = [name for name in made if name in target.variants]
    if wanted.variant not in possible:
        told = ", ".join(possible) or "none"
        raise ValidationError(
            {
                "variant": [
                    f"this run and target have no variant {wanted.variant!r} in common; there is {told}"
                ]
            }
        )
    return run


def _ready_language_model(project: Project, target: DeployTarget, wanted: Wanted) -> LanguageModel:
    if wanted.run is not None:
        raise ValidationError({"run": [f"{target.title} packages a language model; name a language_model"]})
    if wanted.variant:
        raise ValidationError({"variant": [f"{target.title} knows no variants; leave it empty"]})
    if wanted.language_model is None:
        raise ValidationError({"language_model": ["say which language model is to be built"]})
    model = LanguageModel.objects.filter(project=project, pk=wanted.language_model).first()
    if model is None:
        raise ValidationError({"language_model": ["there is no such language model in this project"]})
    if model.state != LanguageModel.State.READY:
        raise ValidationError(
            {"language_model": ["its upload is not complete; send the missing files, then complete it"]}
        )
    return model


def _check_board(target: DeployTarget, board_id: str) -> None:
    if target.board_use == "none":
        if board_id:
            raise ValidationError({"board": [f"{target.title} is the same for every board; leave it empty"]})
        return
    if not board_id:
        raise ValidationError({"board": [f"{target.title} is built for a board; choose one"]})
    if refusal := target.refuses_board(board_of(board_id)):
        raise ValidationError({"board": [refusal]})


def _checked_options(target: DeployTarget, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return target.Options.model_validate(options).model_dump(mode="json")
    except OptionsError as error:
        raise ValidationError(
            {f"options.{fault['field']}".rstrip("."): [fault["message"]] for fault in faults_of(error)}
        ) from None
