"""The work of a deployment's job: the target builds its zip in a child process, the zip goes into storage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from studio import storage
from studio.deployments.models import Deployment
from studio.jobs.limits import DEPLOYMENT_TIME_LIMIT_S, LANGUAGE_MODEL_TIME_LIMIT_S
from studio.jobs.models import Job
from studio.jobs.work import Work, WorkError
from studio.language_models.folder import ModelFolderError, link_files
from studio.runs.files import MadeFile, keep


class DeploymentWork(Work):
    kind = Job.Kind.DEPLOYMENT
    time_limit_s = DEPLOYMENT_TIME_LIMIT_S
    when_too_slow = "Try again when the server has less to do, or choose a smaller model."

    def time_limit_of(self, job: Job) -> float:
        of_language_model = Deployment.objects.filter(job=job, language_model__isnull=False).exists()
        return LANGUAGE_MODEL_TIME_LIMIT_S if of_language_model else self.time_limit_s

    def prepare(self, job: Job, folder: Path) -> list[str]:
        deployment = Deployment.objects.select_related(
            "run__dataset_version", "language_model", "project"
        ).get(job=job)
        request = {
            "target": deployment.target,
            "options": deployment.options,
            "project": deployment.project.name,
            "out": str(folder / "built.zip"),
            **(_of_run(deployment) if deployment.run else _of_language_model(deployment, folder / "model")),
        }
        path = folder / "request.json"
        path.write_text(json.dumps(request), encoding="utf-8")
        return [sys.executable, "-m", "deploy_targets", str(path)]

    def store(self, job: Job, result: dict[str, Any], folder: Path) -> MadeFile:
        return keep(job.project_id, str(result["file_name"]), folder / "built.zip", finished=True)

    def record(self, job: Job, stored: MadeFile) -> None:
        job.project.lock()
        stored.keep_again()
        Deployment.objects.filter(job=job).update(
            key=stored.key, sha256=stored.sha256, size_bytes=stored.size_bytes, file_name=stored.name[:200]
        )


def _of_run(deployment: Deployment) -> dict[str, Any]:
    keys = dict(deployment.run.artifacts.values_list("name", "key"))
    paths = storage.local_paths(keys.values())
    return {
        "artifacts": {name: str(paths[key]) for name, key in keys.items()},
        "metrics": deployment.run.metrics,
        "variant": deployment.variant,
        "board": deployment.board,
        "about": {
            "description": deployment.project.description,
            "run": deployment.run.number,
            "dataset_version": deployment.run.dataset_version.number,
        },
    }


def _of_language_model(deployment: Deployment, folder: Path) -> dict[str, Any]:
    try:
        link_files(deployment.language_model, folder)
    except ModelFolderError as error:
        raise WorkError("language_model", str(error)) from None
    return {"language_model": {"name": deployment.language_model.name, "folder": str(folder)}}
