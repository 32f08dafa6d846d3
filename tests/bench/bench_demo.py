"""``make demo`` from a bare clone, and a second time: seconds to the report.

The clone has its own environment, caches and build folder; only the package manager's download cache is
emptied or not by whoever runs this (``UV_CACHE_DIR`` points to a new folder here, so that nothing is).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure

ROOT = Path(__file__).parents[2]


def _seconds_of_demo(clone: Path, environment: dict[str, str]) -> float:
    started = time.monotonic()
    done = subprocess.run(
        ["make", "demo"], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"make demo failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return time.monotonic() - started


def figures() -> Iterator[Figure]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        raise unittest.SkipTest("needs git and a clone to clone from")
    with tempfile.TemporaryDirectory(prefix="thimble-demo-") as folder:
        clone = Path(folder) / "thimble"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in {"VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL"}
            },
            "UV_CACHE_DIR": str(Path(folder) / "uv-cache"),
            "THIMBLE_CACHE_DIR": str(Path(folder) / "cache"),
        }
        yield Figure("demo_first_time", _seconds_of_demo(clone, environment), "s", at_most=600)
        yield Figure("demo_second_time", _seconds_of_demo(clone, environment), "s", at_most=120)
        report = json.loads((clone / "build/demo/report.json").read_text())
        yield Figure(
            "demo_accuracy_int8", 100 * report["accuracy_int8"], "%", note=f"self-test {report['selftest']}"
        )
        yield Figure("demo_instructions", report["instructions"], "instructions", note=report["board"])
