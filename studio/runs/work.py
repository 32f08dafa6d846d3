"""The work of a run's job: the pipeline in a child process, its results into storage and database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipelines.signals import Sample
from studio.jobs.limits import RUN_TIME_LIMIT_S
from studio.jobs.models import Job
from studio.jobs.work import Work
from studio.runs.files import MadeFile, keep
from studio.runs.models import Artifact, Run


class RunWork(Work):
    kind = Job.Kind.RUN
    time_limit_s = RUN_TIME_LIMIT_S
    when_too_slow = "Train fewer epochs, or on fewer or longer-strided windows."

    def prepare(self, job: Job, folder: Path) -> list[str]:
        run = Run.objects.select_related("dataset_version").get(job=job)
        request = {
            "spec": run.spec,
            "board": run.board,
            "out": str(folder / "artifacts"),
            "samples": [_as_json(sample) for sample in run.dataset_version.as_dataset()],
        }
        path = folder / "request.json"
        path.write_text(json.dumps(request), encoding="utf-8")
        return [sys.executable, "-m", "studio.runs.execute", str(path)]

    def store(self, job: Job, result: dict[str, Any], folder: Path) -> tuple[dict[str, Any], list[MadeFile]]:
        files = [keep(job.project_id, name, Path(path)) for name, path in result["artifacts"].items()]
        return result["metrics"], files

    def record(self, job: Job, stored: tuple[dict[str, Any], list[MadeFile]]) -> None:
        metrics, files = stored
        job.project.lock()
        run = Run.objects.get(job=job)
        for file in files:
            file.keep_again()
        Artifact.objects.filter(run=run).delete()
        Artifact.objects.bulk_create(
            Artifact(run=run, name=file.name, key=file.key, sha256=file.sha256, size_bytes=file.size_bytes)
            for file in files
        )
        Run.objects.filter(pk=run.pk).update(metrics=metrics)


def _as_json(sample: Sample) -> dict[str, Any]:
    return asdict(sample) | {"signal_path": str(sample.signal_path)}
