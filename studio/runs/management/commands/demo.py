"""``manage.py demo``: the main job on real recordings, without a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pipelines import example
from pipelines.spec import load_spec
from studio.runs.main_job import print_report, run_main_job


class Command(BaseCommand):
    help = (
        "Train, compress, compile, measure and package the example project; report in build/demo/report.json."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--board", default="nano33ble", help="the board to measure for (default: %(default)s)"
        )
        parser.add_argument(
            "--out", type=Path, default=Path("build/demo"), help="where to write (default: %(default)s)"
        )

    def handle(self, *args: Any, board: str, out: Path, **options: Any) -> None:
        self.stdout.write(f"{example.TITLE}: {example.DESCRIPTION}")
        try:
            recordings = example.dataset(out / "signals")
        except example.ExampleMissingError as error:
            raise CommandError(str(error)) from None
        report = run_main_job(load_spec(example.SPEC), recordings, board, out, example.TITLE)
        print_report(report)
        self.stdout.write(f"\n  The same as JSON: {out / 'report.json'}")
        if report["selftest"] != "passed":
            raise CommandError(f"the self-test did not pass: {report['selftest']}")
