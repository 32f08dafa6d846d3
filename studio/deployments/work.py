"""The work of a deployment's job: the target builds its zip in a child process, the zip goes into storage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from studio import storage
from studio.deployments.models import Deployment
from studio.jobs.limits import DEPLOYMENT_TIME_LIMIT_S
from studio.jobs.models import Job
from studio.jobs.work import Work
from studio.runs.files import MadeFile, keep


class DeploymentWork(Work):
    kind = Job.Kind.DEPLOYMENT
    time_limit_s = DEPLOYMENT_TIME_LIMIT_S

    def prepare(self, job: Job, folder: Path) -> list[str]:
        deployment = Deployment.objects.select_related("run", "project").get(job=job)
        keys = dict(deployment.run.artifacts.values_list("name", "key"))
        paths = storage.local_paths(keys.values())
        request = {
            "artifacts": {name: str(paths[key]) for name, key in keys.items()},
            "metrics": deployment.run.metrics,
            "target": deployment.target,
            "variant": deployment.variant,
            "board": deployment.board,
            "options": deployment.options,
            "project": deployment.project.name,
            "out": str(folder / "built.zip"),
        }
        path = folder / "request.json"
        path.write_text(json.dumps(request), encoding="utf-8")
        return [sys.executable, "-m", "deploy_targets", str(path)]

    def store(self, job: Job, result: dict[str, Any], folder: Path) -> MadeFile:
        return keep(job.project_id, str(result["file_name"]), folder / "built.zip")

    def record(self, job: Job, stored: MadeFile) -> None:
        job.project.lock()
        stored.keep_again()
        Deployment.objects.filter(job=job).update(
            key=stored.key, sha256=stored.sha256, size_bytes=stored.size_bytes, file_name=stored.name[:200]
        )
