"""A run as a request, for other processes: ``python -m pipelines REQUEST.json`` prints its events as JSON lines.

The request: ``spec``, ``samples`` (what :class:`~pipelines.signals.Sample` holds, as JSON), ``board``, ``store`` (the
folder of the steps) and ``out`` (the folder for the artifacts). The last event is ``result`` or ``error``.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.run import Emit, run_pipeline
from pipelines.signals import Dataset, Sample, Span
from pipelines.spec import load_spec
from pipelines.steps import ArtifactStore, LocalStore


def samples_of(entries: list[dict[str, Any]]) -> Dataset:
    """The dataset of a request: what :class:`~pipelines.signals.Sample` holds, as JSON."""
    return Dataset(tuple(_sample_of(entry) for entry in entries))


def _sample_of(entry: dict[str, Any]) -> Sample:
    spans = tuple(Span(**span) for span in entry.get("spans", ()))
    known = {
        name: entry[name] for name in ("id", "name", "label", "split", "signal_sha256", "sample_rate_hz")
    }
    return Sample(
        **known,
        signal_path=Path(entry["signal_path"]),
        channels=tuple(entry["channels"]),
        units=tuple(entry["units"]),
        spans=spans,
        group=entry.get("group", ""),
    )


def execute(request: Mapping[str, Any], emit: Emit, store: ArtifactStore | None = None) -> bool:
    """Run a request; its last event is ``result`` or ``error``. True where it ended well.

    ``request``: ``spec``, ``samples``, ``board``, ``store`` (folder for the steps), ``out`` (folder for the artifacts).
    """
    try:
        spec = load_spec(request["spec"])
        result = run_pipeline(
            spec,
            samples_of(request["samples"]),
            request["board"],
            store or LocalStore(Path(request["store"])),
            emit,
        )
    except ValueError as error:
        emit({"type": "error", "field": getattr(error, "field", ""), "message": str(error)})
        return False
    out = Path(request["out"])
    out.mkdir(parents=True, exist_ok=True)
    artifacts = {name: str(shutil.copyfile(path, out / name)) for name, path in result.artifacts.items()}
    emit({"type": "result", "result": {"metrics": result.metrics, "artifacts": artifacts}})
    return True


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m pipelines REQUEST.json", file=sys.stderr)
        return 2
    request = json.loads(Path(arguments[0]).read_text())
    return 0 if execute(request, lambda event: print(json.dumps(event), flush=True)) else 1
