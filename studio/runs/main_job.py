"""The main job without a browser: a pipeline and recordings in; report, zip and proof out.

What ``manage.py demo`` and ``manage.py run_pipeline`` share. Needs neither database nor Redis.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from deploy_targets.bundle import DeployBundle
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.zips import build_zip
from pipelines.profile.selftest import run_selftest
from pipelines.run import RunResult, run_pipeline
from pipelines.signals import Dataset
from pipelines.spec import PipelineSpec
from pipelines.steps import LocalStore


class ProgressLine:
    """Prints a run's events for a person: one line that moves on a terminal, one line a step in a log."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()
        self.last_step = ""

    def __call__(self, event: dict[str, Any]) -> None:
        if event["type"] == "progress":
            self._progress(event)
        elif event["type"] == "epoch" and not self.is_terminal and event["epoch"] % 10 == 0:
            print(
                f"         epoch {event['epoch']} of {event['epochs']}: loss {event['loss']:.3f}, "
                f"validation accuracy {event['val_accuracy']:.1%}",
                flush=True,
            )

    def _progress(self, event: dict[str, Any]) -> None:
        step = event["message"].split(":")[0]
        if self.is_terminal:
            print(f"\r\033[K  {event['percent']:5.1f} %  {event['message']}", end="", flush=True)
            if event["percent"] >= 100:
                print()
        elif step != self.last_step:
            self.last_step = step
            print(f"  {event['percent']:5.1f} %  {step}", flush=True)


def run_main_job(
    spec: PipelineSpec, dataset: Dataset, board_id: str, out: Path, project: str
) -> dict[str, Any]:
    """Run, package and prove; the report is also written to ``out/report.json``.

    Returns:
        ``samples``, ``accuracy_float32``, ``accuracy_int8``, ``flash_bytes``, ``ram_bytes``, ``instructions``,
        ``cycles`` and ``latency_ms`` (estimates),
        ``selftest`` (``passed`` or what failed), ``zip``, ``seconds`` and where they were measured.
    """
    started = time.monotonic()
    result = run_pipeline(spec, dataset, board_id, LocalStore(out / "steps"), ProgressLine())
    bundle = DeployBundle.from_artifacts(
        result.artifacts, result.metrics, variant="int8", board_id=board_id, project=project
    )
    target = target_of("c")
    files = deployment_files(target, bundle, target.Options(), lambda share, message: None)
    zip_path = build_zip(files, out / f"{target.file_stem(bundle)}.zip")
    proof = run_selftest(files, board_id)
    report = _report(result, board_id, zip_path, proof.message, time.monotonic() - started)
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    (out / "metrics.json").write_text(json.dumps(result.metrics, indent=2) + "\n")
    return report


def _report(
    result: RunResult, board_id: str, zip_path: Path, selftest: str, seconds: float
) -> dict[str, Any]:
    variants = result.metrics["variants"]
    profile = variants["int8"]["profile"]
    return {
        "samples": sum(result.metrics["samples"].values()),
        "test_windows": result.metrics["windows"]["test"],
        "accuracy_float32": variants["float32"]["evaluation"]["accuracy"],
        "accuracy_int8": variants["int8"]["evaluation"]["accuracy"],
        "board": board_id,
        "flash_bytes": profile["flash_bytes"],
        "ram_bytes": profile["ram_bytes"],
        "instructions": profile["instructions"],
        "cycles": profile["cycles"],
        "latency_ms": profile["latency_ms"],
        "toolchain": profile["toolchain"],
        "emulator": profile["emulator"],
        "selftest": selftest,
        "zip": str(zip_path),
        "seconds": round(seconds, 1),
        "cached_steps": result.metrics["cached"],
    }


def _instructions(report: dict[str, Any]) -> str:
    if report["instructions"] is None:
        return report["emulator"]
    return f"{report['instructions']:,} an inference ({report['emulator']}, {report['toolchain']})"


def _time(report: dict[str, Any]) -> str:
    if report["cycles"] is None:
        return "not measured"
    return (
        f"about {report['latency_ms']:.2f} ms, {report['cycles']:,} cycles (an estimate, see docs/cycles.md)"
    )


def print_report(report: dict[str, Any]) -> None:
    """The report as a table for a person."""
    rows = [
        ("Recordings", f"{report['samples']:,} ({report['test_windows']:,} test windows)"),
        ("Accuracy, float32", f"{report['accuracy_float32']:.2%} of the test windows, on the compiled code"),
        ("Accuracy, int8", f"{report['accuracy_int8']:.2%} of the test windows, on the compiled code"),
        ("Flash", f"{report['flash_bytes']:,} bytes (read from the ELF for {report['board']})"),
        ("RAM", f"{report['ram_bytes']:,} bytes (static and measured stack)"),
        ("Instructions", _instructions(report)),
        ("Time an inference", _time(report)),
        ("Self-test", f"{report['selftest']} on the emulated core"),
        ("Zip", report["zip"]),
        ("Time", f"{report['seconds']} s"),
    ]
    print()
    for title, value in rows:
        print(f"  {title:<18} {value}")
