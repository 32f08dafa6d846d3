"""From the request to the model's files and a built zip, and what the web process needs for it: no TensorFlow."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.stack import Stack, running_stack

HEAVY = ("tensorflow", "keras", "scipy", "pandas", "sklearn")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        running.start_worker()
        yield running


def web_processes(stack: Stack) -> list[int]:
    """The web server and its workers."""
    parent = next(process.pid for process in stack.processes if "gunicorn" in process.args)
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


def test_a_run_is_watched_to_its_end_and_its_files_are_there(stack: Stack) -> None:
    run = stack.project("POST", "runs/", {"design": stack.seed["short"], "board": "nano33ble"}).json
    events = list(stack.events(run["job"]["id"], timeout_s=120))
    assert events[-1].data["state"] == "succeeded", stack.log(run["job"]["id"])
    assert [event.data["epoch"] for event in events if event.kind == "epoch"] == [1, 2, 3]
    percents = [event.data["percent"] for event in events if event.kind == "progress"]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    finished = {event.data["step"] for event in events if event.data.get("state") == "finished"}
    assert finished == {"features", "learn", "compress", "compile", "profile", "evaluate"}

    found = stack.project("GET", f"runs/{run['id']}/").json
    metrics = found["metrics"]
    assert metrics["labels"] == ["fast", "slow"]
    assert set(metrics["variants"]) == {"float32", "int8"}
    assert metrics["variants"]["int8"]["profile"]["board"] == "nano33ble"
    assert metrics["variants"]["int8"]["evaluation"]["accuracy"] > 0.4
    names = {artifact["name"] for artifact in found["artifacts"]}
    assert {"model.keras", "float32.tflite", "int8.tflite", "scaler.npz", "pipeline.json"} <= names
    part = stack.project("GET", f"runs/{run['id']}/artifacts/int8.tflite/")
    assert part.body[4:8] == b"TFL3"

    again = stack.project("POST", "runs/", {"design": stack.seed["short"], "board": "nano33ble"}).json
    stack.wait_for_job(again["job"]["id"], "succeeded", timeout_s=60)
    cached = stack.project("GET", f"runs/{again['id']}/").json["metrics"]["cached"]
    assert cached == ["features", "learn", "compress", "compile", "profile", "evaluate"]


def test_a_run_is_deployed_as_a_zip(stack: Stack) -> None:
    run = stack.project("GET", "runs/?limit=1").json["results"][0]
    wanted = {"run": run["id"], "target": "c", "variant": "int8", "board": "nano33ble", "options": {}}
    made = [stack.project("POST", "deployments/", wanted).json for _ in range(2)]
    for deployment in made:
        stack.wait_for_job(deployment["job"]["id"], "succeeded", timeout_s=90)
    first, second = (stack.project("GET", f"deployments/{each['id']}/").json for each in made)
    assert (first["number"], second["number"]) == (1, 2)
    assert first["sha256"] == second["sha256"], "the same model gives the same bytes"
    content = stack.project("GET", f"deployments/{first['id']}/download/").body
    assert hashlib.sha256(content).hexdigest() == first["sha256"]
    assert len(content) == first["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert any(name.endswith(".c") for name in archive.namelist())


def test_the_web_process_has_not_loaded_what_training_needs(stack: Stack) -> None:
    design = stack.project("GET", f"designs/{stack.seed['short']}/").json
    sample = stack.project("GET", "samples/").json["results"][0]
    asked = {"spec": design["spec"], "sample_id": sample["id"], "start_ms": 0}
    assert stack.project("POST", "designs/preview/", asked).status == 200
    assert stack.project("POST", "designs/check/", asked).status == 200
    assert stack.project("GET", "designs/suggestion/").status == 200
    for path in ("schema/pipeline/", "boards/", "deploy-targets/"):
        assert stack.request("GET", path).status == 200
    for process in web_processes(stack):
        libraries = Path(f"/proc/{process}/maps").read_text()
        assert "numpy" in libraries or process == web_processes(stack)[0]
        assert not [name for name in HEAVY if f"site-packages/{name}" in libraries]
