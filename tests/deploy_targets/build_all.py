"""``python -m tests.deploy_targets.build_all REQUESTS.json``: build many deployments in one process.

REQUESTS.json is a list of requests to ``python -m deploy_targets``. Prints a line of JSON for each: the last event.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from deploy_targets.__main__ import execute


def main() -> None:
    for request in json.loads(Path(sys.argv[1]).read_text()):
        events: list[dict[str, Any]] = []
        execute(request, events.append)
        print(json.dumps({"target": request["target"], **events[-1]}), flush=True)


if __name__ == "__main__":
    main()
