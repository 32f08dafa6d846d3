"""The child process of a run: ``python -m studio.runs.execute REQUEST.json``.

As ``python -m pipelines``, which does the work, but with this installation's store of
steps. Needs no database.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

from pipelines.request import execute


def main(request_path: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    django.setup()
    from studio.runs.store import step_store

    # Libraries print to standard output as they please; the events have it for themselves.
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def emit(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    return 0 if execute(request, emit, step_store()) else 1


if __name__ == "__main__":
    code = main(sys.argv[1])
    sys.stderr.flush()
    # TensorFlow takes seconds to take itself apart; everything of worth is written by now.
    os._exit(code)
