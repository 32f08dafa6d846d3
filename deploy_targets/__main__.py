"""``python -m deploy_targets REQUEST.json`` builds one deployment and prints its events as JSON lines.

The request: ``artifacts`` (name -> path), ``metrics``, ``target``, ``variant``, ``board``, ``options``, ``project`` and
``out``, where the zip is written. The last event is ``result`` or ``error``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from deploy_targets.base import DeployBundle, build_zip, target_of
from pipelines.spec import SpecError, faults_of

Emit = Callable[[dict[str, Any]], None]


def execute(request: Mapping[str, Any], emit: Emit) -> bool:
    """Build a deployment; True where it ended well."""
    try:
        target = target_of(request["target"])
        options = target.Options.model_validate(request["options"])
        bundle = DeployBundle.from_artifacts(
            {name: Path(path) for name, path in request["artifacts"].items()},
            request["metrics"],
            variant=request["variant"],
            board_id=request["board"],
            project=request["project"],
        )

        def progress(share: float, message: str) -> None:
            emit({"type": "progress", "percent": round(100 * share, 1), "message": message})

        path = build_zip(target.build(bundle, options, progress), Path(request["out"]))
    except SpecError as error:
        emit({"type": "error", "field": error.errors[0]["field"], "message": str(error)})
        return False
    except ValidationError as error:
        fault = faults_of(error)[0]
        emit({"type": "error", "field": f"options.{fault['field']}", "message": fault["message"]})
        return False
    except ValueError as error:
        emit({"type": "error", "field": getattr(error, "field", ""), "message": str(error)})
        return False
    emit(
        {
            "type": "result",
            "result": {"file_name": f"{target.file_stem(bundle)}.zip", "size_bytes": path.stat().st_size},
        }
    )
    return True


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m deploy_targets REQUEST.json", file=sys.stderr)
        return 2
    request = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    return 0 if execute(request, lambda event: print(json.dumps(event), flush=True)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
