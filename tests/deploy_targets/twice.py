"""Every target built twice, from two copies of the code on two paths, with caches and temporary folders of their own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy_targets.base import DeployTarget
from deploy_targets.registry import targets
from tests.language import small_llama
from tests.real_runs import motion_run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Twice:
    """The two zips of one target, or why there are none."""

    target: str
    zips: tuple[Path, Path]
    errors: tuple[str, str]

    @property
    def sha256(self) -> tuple[str, str]:
        first, second = (hashlib.sha256(path.read_bytes()).hexdigest() for path in self.zips)
        return first, second


def own_targets() -> list[DeployTarget]:
    """The targets of this project that can be built here."""
    return [
        target
        for target in targets()
        if type(target).__module__.startswith("deploy_targets.") and not target.missing()
    ]


def build_twice(folder: Path) -> dict[str, Twice]:
    """Target id -> its two builds, below ``folder``; the first path is short, the second long."""
    places = (folder / "a", folder / "elsewhere" / "with a long name")
    outcomes = [_build_all(place) for place in places]
    return {
        target.id: Twice(
            target.id,
            (places[0] / "out" / f"{target.id}.zip", places[1] / "out" / f"{target.id}.zip"),
            (outcomes[0].get(target.id, "nothing said"), outcomes[1].get(target.id, "nothing said")),
        )
        for target in own_targets()
    }


def _build_all(place: Path) -> dict[str, str]:
    """Build all targets with a copy of the code at ``place``: target id -> error, empty where it went well."""
    _copy_code(place)
    requests = place / "requests.json"
    requests.write_text(json.dumps([_request(target, place) for target in own_targets()]))
    (place / "tmp").mkdir()
    environment = os.environ | {
        "TMPDIR": str(place / "tmp"),
        "THIMBLE_CACHE_DIR": str(place / "cache"),
        "PYTHONPATH": str(place),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TZ": "Asia/Tokyo" if " " in str(place) else "UTC",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.deploy_targets.build_all", str(requests)],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"target"')]
    assert found, done.stderr
    return {one["target"]: one.get("message", "") if one["type"] == "error" else "" for one in found}


def _copy_code(place: Path) -> None:
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    for name in ("pipelines", "deploy_targets", "tests"):
        shutil.copytree(ROOT / name, place / name, ignore=ignored)
    (place / "deploy_targets" / "browser" / "node_modules").symlink_to(
        ROOT / "deploy_targets" / "browser" / "node_modules"
    )


def _request(target: DeployTarget, place: Path) -> dict[str, Any]:
    request = {
        "target": target.id,
        "options": {},
        "project": "Wrist motions",
        "out": str(place / "out" / f"{target.id}.zip"),
    }
    if target.takes == "language-model":
        return request | {"language_model": {"name": "Small", "folder": str(small_llama())}}
    run = motion_run()
    return request | {
        "artifacts": {name: str(path) for name, path in run.artifacts.items()},
        "metrics": run.metrics,
        "variant": target.variants[0],
        "board": "nano33ble" if target.board_use == "chosen" else "",
        "about": {"description": "Tells gestures apart.", "run": 7, "dataset_version": 3},
    }
