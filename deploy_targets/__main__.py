"""``python -m deploy_targets REQUEST.json`` builds one deployment and prints its events as JSON lines.

The request: ``target``, ``options``, ``project``, ``out`` (where the zip is written) and what to build: of a pipeline
``artifacts`` (name -> path), ``metrics``, ``variant``, ``board`` (empty for none) and ``about``; of a language model
``language_model`` with its ``name`` and ``folder``. The last event is ``result`` or ``error``.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deploy_targets.bundle import DeployBundle, LanguageModelBundle
from deploy_targets.package import build_deployment
from deploy_targets.registry import target_of
from pipelines.spec import SpecError, faults_of

Emit = Callable[[dict[str, Any]], None]


def execute(request: Mapping[str, Any], emit: Emit) -> bool:
    """Build a deployment; True where it ended well. Whatever a target does wrong ends in an ``error`` event."""
    try:
        target = target_of(request["target"])
        options = target.Options.model_validate(request["options"])
        bundle = _bundle(request)

        def progress(share: float, message: str) -> None:
            emit({"type": "progress", "percent": round(100 * share, 1), "message": message})

        path = build_deployment(target, bundle, options, progress, Path(request["out"]))
    except SpecError as error:
        return _refused(emit, error.errors[0]["field"], str(error))
    except ValidationError as error:
        fault = faults_of(error)[0]
        return _refused(emit, f"options.{fault['field']}", fault["message"])
    except ValueError as error:
        return _refused(emit, getattr(error, "field", ""), str(error))
    except Exception as error:
        emit({"type": "log", "line": traceback.format_exc()})
        words = f"the target {request['target']} failed: {type(error).__name__}: {error}; the log says where"
        return _refused(emit, "target", words)
    emit(
        {
            "type": "result",
            "result": {"file_name": f"{target.file_stem(bundle)}.zip", "size_bytes": path.stat().st_size},
        }
    )
    return True


def _refused(emit: Emit, field: str, message: str) -> bool:
    emit({"type": "error", "field": field, "message": message})
    return False


def _bundle(request: Mapping[str, Any]) -> DeployBundle | LanguageModelBundle:
    model = request.get("language_model")
    if model is not None:
        return LanguageModelBundle(request["project"], model["name"], Path(model["folder"]))
    return DeployBundle.from_artifacts(
        {name: Path(path) for name, path in request["artifacts"].items()},
        request["metrics"],
        variant=request["variant"],
        board_id=request["board"],
        project=request["project"],
        about=request.get("about"),
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m deploy_targets REQUEST.json", file=sys.stderr)
        return 2
    request = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    # Targets and what they call print to standard output as they please; the events have it for themselves.
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def emit(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    return 0 if execute(request, emit) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
