"""The shell commands of docs/rest.md and docs/continuous-deployment.md, run as printed against a running studio."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.studio.language_models.tiny_model import tiny_files
from tests.studio.stack import ROOT, Stack, running_stack

MISSING = [name for name in ("curl", "jq", "bash") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        running.start_worker()
        yield running


def bash(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Run as GitHub's runners do: stop at the first command that fails, also in a pipe."""
    path = folder / "step.sh"
    path.write_text(script)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(path)]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.M | re.S)


def table(period: int, rate_hz: int = 50) -> str:
    """A recording of three axes, 200 values long."""
    rows = "".join(f"{1000 // rate_hz * row},{row % period},{row % 5},{row % 7}\n" for row in range(200))
    return "timestamp,x,y,z\n" + rows


class Workflow:
    """The workflow of the docs: its steps, its job's environment, and what one step hands to the next."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        (text,) = blocks("continuous-deployment.md", "yaml")
        self.job: dict[str, Any] = yaml.safe_load(text)["jobs"]["model"]
        self.folder = folder
        self.handed_on = folder / "github-env"
        self.handed_on.touch()
        given = {
            "${{ vars.THIMBLE_API }}": f"http://127.0.0.1:{stack.port}/api/v1",
            "${{ vars.THIMBLE_PROJECT }}": stack.seed["project"],
            "${{ vars.THIMBLE_DESIGN }}": stack.seed["short"],
            "${{ secrets.THIMBLE_KEY }}": stack.seed["key"],
        }
        self.environment = {
            name: given.get(str(value), str(value)) for name, value in self.job["env"].items()
        }
        # Three epochs of training on a few sines are no better than chance.
        self.environment["LEAST_ACCURACY"] = "0.3"

    def run(self, name: str, **changed: str) -> str:
        (script,) = [step["run"] for step in self.job["steps"] if step.get("name") == name]
        assert "${{" not in script, "what GitHub would put into the script belongs into env"
        before = dict(line.split("=", 1) for line in self.handed_on.read_text().splitlines())
        return bash(
            script,
            self.folder,
            self.environment | before | {"GITHUB_ENV": str(self.handed_on)} | changed,
        )


def test_the_workflow_trains_builds_and_downloads(stack: Stack, tmp_path: Path) -> None:
    workflow = Workflow(stack, tmp_path)
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    names = [step["name"] for step in workflow.job["steps"] if "run" in step]
    assert names == ["Tools", "Send new recordings", "Train", "Check the accuracy", "Build", "Download"]
    workflow.run("Tools")
    (recordings / "slow.0099.csv").write_text(table(7))
    assert workflow.run("Send new recordings") == "sent recordings/slow.0099.csv\n"
    assert workflow.run("Send new recordings") == "known recordings/slow.0099.csv\n"
    assert "Done" in workflow.run("Train")
    assert re.search(r"accuracy (0\.\d+|1), flash \d+, RAM \d+", workflow.run("Check the accuracy"))
    with pytest.raises(AssertionError, match=r"returncode=1|assert 1 == 0"):
        workflow.run("Check the accuracy", LEAST_ACCURACY="1.1")
    assert "Done" in workflow.run("Build")
    assert "model.zip: OK" in workflow.run("Download")
    package = tmp_path / "model.zip"
    content = package.read_bytes()
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None

    package.write_bytes(content[: len(content) // 3])
    assert "model.zip: OK" in workflow.run("Download"), "a download that broke off is resumed"
    assert package.read_bytes() == content
    with pytest.raises(AssertionError, match="no deploy target"):
        workflow.run("Build", TARGET="abacus")


def test_the_commands_of_the_rest_page_do_what_it_says(stack: Stack, tmp_path: Path) -> None:
    names = [f"{label}.{number:04}.csv" for label in ("still", "wave") for number in range(1, 7)]
    for number, name in enumerate([*names, "0001.csv"]):
        (tmp_path / name).write_text(table(number + 3, rate_hz=100))
    model = tmp_path / "Storyteller"
    model.mkdir()
    for name, body in tiny_files().items():
        (model / name).write_bytes(body)
    first, *rest = blocks("rest.md", "sh")
    exported = first.replace("http://localhost:8000", f"http://127.0.0.1:{stack.port}")
    # Into the project that is empty, where all recordings have the rate of the page's example.
    key, project = stack.seed["other_key"], stack.seed["other_project"]
    exported = exported.replace("thk_...", key).replace("0190c0de-...", project)
    assert exported.count(project) == exported.count(key) == 1
    others = [
        f'curl -fsS -H "$KEY" -F file=@{name} $PROJECT/samples/' for name in names if name != "wave.0001.csv"
    ]
    commands = "\n".join([exported, *others, *rest])
    # The suggested pipeline is trained for longer than a test needs to.
    shortened = commands.replace(", spec}'", ", spec: (.spec | .learning[0].params.epochs = 2)}'")
    assert shortened != commands
    said = bash(shortened, tmp_path, {})
    assert '"type":"state","state":"succeeded"' in said.replace(" ", "")
    assert "model.zip: OK" in said
    assert '"state":"ready"' in said
    assert '"field":"state"' in said, "a model that is ready takes no piece any more"
    assert (tmp_path / "model.zip").stat().st_size == json.loads((tmp_path / "deployment.json").read_text())[
        "size_bytes"
    ]
