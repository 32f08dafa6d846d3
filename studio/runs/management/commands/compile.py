"""``manage.py compile MODEL``: a ``.tflite`` model as C, what was done with it, and what it takes on a board."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pipelines.compile import CompileError, CompileOptions
from pipelines.profile import ProfileError, board_of
from pipelines.report.model_files import name_from, prepare_folder, write_model
from pipelines.report.model_report import ModelReport, report_model
from pipelines.report.model_table import explained, totals
from pipelines.toolchain import ToolchainError


class Command(BaseCommand):
    help = (
        "Compile a .tflite model to C for a board, run it on the board's emulated core, and compare its answers with "
        "TFLite's reference kernels."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=Path, help="the .tflite file")
        parser.add_argument("--board", default="nano33ble", help="the board (default: %(default)s)")
        parser.add_argument("--out", type=Path, help="a folder to write the C files to")
        parser.add_argument("--name", help="begins the names in the C; from the file's name by default")
        parser.add_argument(
            "--optimize",
            choices=("speed", "balanced", "size"),
            default="balanced",
            help="flash against speed (default: %(default)s)",
        )
        parser.add_argument("--ram-limit-bytes", type=int, help="the arena must not be larger")
        parser.add_argument(
            "--weights-in",
            choices=("flash", "ram"),
            default="flash",
            help="where the weights are while the model runs (default: %(default)s)",
        )
        parser.add_argument("--explain", action="store_true", help="print what was done, layer by layer")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path | None = options["out"]
        try:
            if out is not None:
                prepare_folder(out)
            report = self._report(options)
            if out is not None:
                write_model(report, out)
        except (CompileError, ProfileError, ToolchainError, OSError) as error:
            raise CommandError(" ".join(str(error).split())) from None
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
            return
        self.stdout.write(explained(report) if options["explain"] else totals(report))
        if out is not None:
            self.stdout.write(f"\nC files: {out}")

    def _report(self, options: dict[str, Any]) -> ModelReport:
        limit = options["ram_limit_bytes"]
        if limit is not None and limit <= 0:
            raise CommandError(f"--ram-limit-bytes must be more than 0, not {limit}")
        path: Path = options["model"]
        board = board_of(options["board"])
        chosen = CompileOptions(options["optimize"], limit, options["weights_in"])
        return report_model(path.read_bytes(), options["name"] or name_from(path), board, chosen)
