"""A target of a stranger's: ``docs/own-target.md`` followed to the letter, then used over the API of a real studio.

Beside it, targets that cannot be loaded, that fail and that hang: each harms nothing but its own job.
"""

from __future__ import annotations

import hashlib
import io
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.studio.sines import design_document
from tests.studio.stack import ROOT, Stack, running_stack

GUIDE = ROOT / "docs" / "own-target.md"

BAD_PROJECT = """
[project]
name = "bad-targets"
version = "1.0.0"

[project.entry-points."thimble.deploy_targets"]
broken = "bad_targets:NoSuchTarget"
nameless = "bad_targets:Nameless"
failing = "bad_targets:Failing"
hanging = "bad_targets:Hanging"
twin = "bad_targets:Twin"

[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
py-modules = ["bad_targets"]
"""

BAD_TARGETS = """
import threading

from deploy_targets.base import DeployTarget


class Nameless(DeployTarget):
    id = "nameless"

    def build(self, bundle, options, progress):
        return {"README.md": b""}


class Failing(DeployTarget):
    id, title, pitch, icon = "failing", "Failing", "It fails.", "bug"

    def build(self, bundle, options, progress):
        print("a word on standard output", flush=True)
        raise RuntimeError("the sky fell")


class Hanging(DeployTarget):
    id, title, pitch, icon = "hanging", "Hanging", "It hangs.", "bug"

    def build(self, bundle, options, progress):
        progress(0.5, "Hanging")
        threading.Event().wait()


class Twin(Failing):
    id = "c"
"""


def files_of_the_guide() -> dict[str, str]:
    """Path -> content of each file that the guide tells to write."""
    found = re.findall(r"^`(acme-target/[^`]+)`:\n\n```\w+\n(.*?)^```", GUIDE.read_text(), re.M | re.S)
    assert len(found) == 3
    return dict(found)


def command_of_the_guide() -> list[str]:
    """The guide's own command to install, run by the Python 3.11 that is here."""
    line = re.search(r"^python3\.11 (-m pip install .*)$", GUIDE.read_text(), re.M)
    assert line
    python = shutil.which("python3.11") or shutil.which("python3") or sys.executable
    return [python, *shlex.split(line[1])]


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the guide's target and the bad ones, installed."""
    folder = tmp_path_factory.mktemp("own-target")
    for name, text in files_of_the_guide().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "bad-targets").mkdir()
    (folder / "bad-targets" / "pyproject.toml").write_text(BAD_PROJECT)
    (folder / "bad-targets" / "bad_targets.py").write_text(BAD_TARGETS)
    command = command_of_the_guide()
    for source in ("./acme-target", "./bad-targets"):
        done = subprocess.run(
            [*command[:-1], source], cwd=folder, capture_output=True, text=True, timeout=200
        )
        assert done.returncode == 0, done.stderr
    return folder / "plugins"


@pytest.fixture(scope="module")
def stack(plugins: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("studio")
    with running_stack(folder, PYTHONPATH=f"{plugins}:{ROOT}") as running:
        yield running


@pytest.fixture(scope="module")
def run(stack: Stack) -> dict[str, Any]:
    """A run that has succeeded; its worker goes on for the builds."""
    stack.start_worker()
    design = stack.project("POST", "designs/", {"name": "own", "spec": design_document(2)}).json
    made = stack.project("POST", "runs/", {"design": design["id"], "board": "nano33ble"}).json
    stack.wait_for_job(made["job"]["id"], "succeeded", timeout_s=150)
    return made


def build(stack: Stack, run: dict[str, Any], target: str, **fields: Any) -> dict[str, Any]:
    asked = {
        "run": run["id"],
        "target": target,
        "variant": "int8",
        "board": "nano33ble",
        "options": {},
    } | fields
    answer = stack.project("POST", "deployments/", asked)
    assert answer.status == 201, answer.body
    return answer.json


def test_the_target_of_the_guide_is_listed_with_its_options(stack: Stack) -> None:
    found = {target["id"]: target for target in stack.request("GET", "deploy-targets/").json}
    acme = found["acme"]
    assert acme["title"] == "Acme SDK"
    assert acme["options_schema"]["properties"]["priority"]["enum"] == ["low", "high"]


def test_targets_that_cannot_be_used_are_left_out_and_the_log_says_why(stack: Stack) -> None:
    found = {target["id"]: target["title"] for target in stack.request("GET", "deploy-targets/").json}
    assert not {"broken", "nameless"} & set(found)
    assert found["c"] == "C library", "a twin takes no id that is taken"
    log = (stack.folder / "web.log").read_text()
    assert "deploy target broken (bad_targets:NoSuchTarget) is left out" in log
    assert "Nameless: title must be set" in log


def test_the_target_of_the_guide_builds_over_the_api(
    stack: Stack, run: dict[str, Any], tmp_path: Path
) -> None:
    made = build(stack, run, "acme", options={"priority": "high"})
    stack.wait_for_job(made["job"]["id"], "succeeded", timeout_s=120)
    zipped = stack.project("GET", f"deployments/{made['id']}/download/").body
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        archive.extractall(tmp_path)
    assert {"LICENSE", "MODEL_CARD.md", "DATASHEET.md", "thimble.json", "sbom.cdx.json", "SHA256SUMS"} < set(
        files
    )
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"
    }
    assert "Dataset version 1, SHA-256" in files["MODEL_CARD.md"].decode()
    component = files["acme/component.mk"].decode()
    assert "PRIORITY = high" in component
    sources = component.partition("SOURCES = ")[2].split()
    subprocess.run(["cc", "-c", "-ffp-contract=off", *sources], cwd=tmp_path / "acme", check=True, timeout=60)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"options": {"priority": "urgent"}}, "options.priority", "'low' or 'high'"),
        ({"board": "pico"}, "board", "needs a floating-point unit"),
        ({"variant": "float32"}, "variant", "there is int8"),
    ],
)
def test_what_the_target_does_not_take_is_refused_before_it_is_queued(
    stack: Stack, run: dict[str, Any], fields: dict[str, Any], field: str, words: str
) -> None:
    asked = {
        "run": run["id"],
        "target": "acme",
        "variant": "int8",
        "board": "nano33ble",
        "options": {},
    } | fields
    answer = stack.project("POST", "deployments/", asked)
    assert answer.status == 400, answer.body
    assert words in {fault["field"]: fault["message"] for fault in answer.json["errors"]}[field]


def test_a_target_that_fails_fails_its_job_alone_and_the_log_says_where(
    stack: Stack, run: dict[str, Any]
) -> None:
    made = build(stack, run, "failing")
    job = stack.wait_for_job(made["job"]["id"], "failed")
    assert "the target failing failed: RuntimeError: the sky fell" in job["error"]["message"]
    log = stack.log(made["job"]["id"])
    assert "a word on standard output" in log
    assert 'raise RuntimeError("the sky fell")' in log
    stack.wait_for_job(build(stack, run, "acme")["job"]["id"], "succeeded", timeout_s=120)


def test_a_target_that_hangs_is_stopped_and_the_next_one_is_built(stack: Stack, run: dict[str, Any]) -> None:
    for process in stack.processes[1:]:
        stack.kill(process)
    stack.start_worker(THIMBLE_JOB_TIME_LIMIT_S="20")
    made = build(stack, run, "hanging")
    job = stack.wait_for_job(made["job"]["id"], "failed", timeout_s=90)
    assert "took longer" in job["error"]["message"]
    assert "Hanging" in job["error"]["message"]
    stack.wait_for_job(build(stack, run, "acme")["job"]["id"], "succeeded", timeout_s=120)
