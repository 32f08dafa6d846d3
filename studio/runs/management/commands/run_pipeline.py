"""``manage.py run_pipeline FOLDER``: the main job on a folder of recordings, without the studio."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pipelines.ingest import IngestOptions
from pipelines.ingest.folder import read_folder
from pipelines.signals import Dataset
from pipelines.spec import PipelineSpec, load_spec
from pipelines.suggest import kinds_of, suggest
from studio.runs.main_job import print_report, run_main_job


class Command(BaseCommand):
    help = (
        "Train, compress, compile, measure and package a pipeline on a folder of recordings. "
        "Labels come from folders or file names, splits from folders called training and test or by hash."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the recordings: WAV, CSV or data acquisition JSON")
        parser.add_argument("--spec", type=Path, help="the pipeline as JSON; a suggested one without")
        parser.add_argument(
            "--board", default="nano33ble", help="the board to measure for (default: %(default)s)"
        )
        parser.add_argument(
            "--out", type=Path, default=Path("build/run"), help="where to write (default: %(default)s)"
        )
        parser.add_argument("--sample-rate-hz", type=float, help="for tables that do not tell theirs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            dataset = self._read(options["folder"], options["out"], options["sample_rate_hz"])
            spec = self._spec(options["spec"], dataset, options["out"])
            report = run_main_job(
                spec, dataset, options["board"], options["out"], options["folder"].resolve().name
            )
        except ValueError as error:
            raise CommandError(str(error)) from None
        print_report(report)
        self.stdout.write(f"\n  The same as JSON: {options['out'] / 'report.json'}")
        if report["selftest"] != "passed":
            raise CommandError(f"the self-test did not pass: {report['selftest']}")

    def _read(self, folder: Path, out: Path, sample_rate_hz: float | None) -> Dataset:
        found = read_folder(
            folder, out / "signals", IngestOptions(sample_rate_hz=sample_rate_hz), lambda done, total: None
        )
        for name, reason in found.refused:
            self.stderr.write(f"  left out {name}: {reason}")
        self.stdout.write(f"{len(found.dataset):,} recordings, labels {', '.join(found.dataset.labels)}")
        return found.dataset

    def _spec(self, path: Path | None, dataset: Dataset, out: Path) -> PipelineSpec:
        if path is not None:
            try:
                return load_spec(json.loads(path.read_text()))
            except (OSError, ValueError) as error:
                raise CommandError(f"--spec: {error}") from None
        spec, reasons = suggest(kinds_of(dataset), [sample.open().duration_ms for sample in dataset])
        for reason in reasons:
            self.stdout.write(f"  {reason}")
        path = out / "pipeline.json"
        path.write_text(json.dumps(spec.model_dump(mode="json"), indent=2) + "\n")
        self.stdout.write(f"  Suggested pipeline: {path}")
        return spec
