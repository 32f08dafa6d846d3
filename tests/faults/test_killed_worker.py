"""Faults in mid-training: the worker killed with -9, the run cancelled. Real processes, real training."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.s3 import s3_server
from tests.studio.sines import design_document
from tests.studio.stack import ROOT, Stack, running_stack, wait_until

EPOCHS_LONG = 1000
EPOCHS_SHORT = 25


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("faults"), THIMBLE_JOB_HEARTBEAT_TIMEOUT_S="3") as running:
        yield running


def processes_of(stack: Stack) -> list[int]:
    """Whatever works in the studio's folder for jobs."""
    place = str(stack.folder / "data" / "work").encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place in entry.read_bytes():
                found.append(int(entry.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def start_run(stack: Stack, epochs: int) -> dict[str, Any]:
    design = stack.project("POST", "designs/", {"name": f"{epochs}", "spec": design_document(epochs)}).json
    run = stack.project("POST", "runs/", {"design": design["id"], "board": "nano33ble"})
    assert run.status == 201, run.body
    return run.json


def wait_for_an_epoch(stack: Stack, job_id: str) -> None:
    for event in stack.events(job_id):
        if event.kind == "epoch":
            return
        assert event.data.get("state") not in {"failed", "succeeded"}, stack.log(job_id)
    raise AssertionError("the training never began")


def test_a_training_that_is_cancelled_stops_within_five_seconds(stack: Stack) -> None:
    worker = stack.start_worker()
    job_id = start_run(stack, EPOCHS_LONG)["job"]["id"]
    wait_for_an_epoch(stack, job_id)
    assert processes_of(stack)
    began = time.monotonic()
    assert stack.project("POST", f"jobs/{job_id}/cancel/").status == 200
    wait_until(lambda: not processes_of(stack), 5, "nothing works on the job any more")
    assert time.monotonic() - began < 5
    assert stack.job(job_id)["state"] == "cancelled"
    wait_until(
        lambda: not list((stack.folder / "data" / "work").iterdir()), 5, "its temporary folder is gone"
    )
    stack.kill(worker)


def test_a_worker_killed_in_mid_training_loses_nothing_that_was_finished(stack: Stack) -> None:
    worker = stack.start_worker()
    run = start_run(stack, EPOCHS_SHORT)
    job_id = run["job"]["id"]
    wait_for_an_epoch(stack, job_id)
    stack.kill(worker)
    wait_until(lambda: not processes_of(stack), 5, "what the worker had started is gone with it")
    assert stack.job(job_id)["state"] == "running", "nobody is left who could say otherwise"

    stack.start_worker()
    events = list(stack.events(job_id, timeout_s=120))
    job = stack.wait_for_job(job_id, "succeeded", timeout_s=10)
    assert job["attempt"] == 2
    states = [event.data["state"] for event in events if event.kind == "state"]
    assert states == ["queued", "running", "queued", "running", "succeeded"]
    steps = [(event.data["step"], event.data["state"]) for event in events if event.kind == "step"]
    assert ("features", "cached") in steps, "the finished step was not done again"
    assert ("learn", "cached") not in steps, "the unfinished one was"
    assert "the worker died" in stack.log(job_id)

    finished = stack.project("GET", f"runs/{run['id']}/").json
    assert len(finished["metrics"]["history"]) == EPOCHS_SHORT
    assert finished["metrics"]["cached"] == ["features"]
    for artifact in finished["artifacts"]:
        content = stack.project("GET", f"runs/{run['id']}/artifacts/{artifact['name']}/").body
        assert hashlib.sha256(content).hexdigest() == artifact["sha256"]
    assert _undisturbed(stack, run["spec"]) == _model_sha256(finished), "the same model as without the fault"


def _model_sha256(run: dict[str, Any]) -> str:
    return next(artifact["sha256"] for artifact in run["artifacts"] if artifact["name"] == "int8.tflite")


def _undisturbed(stack: Stack, spec: dict[str, Any]) -> str:
    """The hash of the int8 model of the same run in one go, with a store of its own."""
    version = stack.project("GET", "dataset-versions/").json["results"][0]
    script = (
        "import django; django.setup()\n"
        "import json, sys\n"
        "from studio.data.models import DatasetVersion\n"
        "from studio.runs.work import _as_json\n"
        f"print(json.dumps([_as_json(s) for s in DatasetVersion.objects.get(pk='{version['id']}').as_dataset()]))\n"
    )
    environment = stack.environment | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    out = stack.folder / "undisturbed"
    request = {
        "spec": spec, "board": "nano33ble", "samples": json.loads(told.stdout.splitlines()[-1]),
        "store": str(out / "steps"), "out": str(out / "artifacts"),
    }  # fmt: skip
    out.mkdir()
    (out / "request.json").write_text(json.dumps(request))
    subprocess.run(
        [sys.executable, "-m", "pipelines", str(out / "request.json")],
        env=environment, cwd=ROOT, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return hashlib.sha256((out / "artifacts" / "int8.tflite").read_bytes()).hexdigest()


def test_a_run_goes_on_on_another_host_that_shares_nothing_but_the_bucket(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("hosts")
    with s3_server() as (url, objects):
        shared = {
            "THIMBLE_S3_BUCKET": "bucket",
            "THIMBLE_S3_ENDPOINT_URL": url,
            "THIMBLE_S3_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "THIMBLE_JOB_HEARTBEAT_TIMEOUT_S": "3",
        }
        with running_stack(folder, **shared) as stack:
            first = stack.start_worker(THIMBLE_DATA_DIR=str(folder / "first"))
            run = start_run(stack, EPOCHS_SHORT)
            wait_for_an_epoch(stack, run["job"]["id"])
            stack.kill(first)
            stack.start_worker(THIMBLE_DATA_DIR=str(folder / "second"))
            stack.wait_for_job(run["job"]["id"], "succeeded", timeout_s=120)
            finished = stack.project("GET", f"runs/{run['id']}/").json
            assert finished["metrics"]["cached"] == ["features"], "made on the first host"
            model = stack.project("GET", f"runs/{run['id']}/artifacts/int8.tflite/").body
            assert hashlib.sha256(model).hexdigest() == _model_sha256(finished)
            steps = sorted(key.split("-")[0] for key in objects if key.startswith("steps/"))
            names = ("compile", "compress", "evaluate", "features", "learn", "profile")
            assert steps == [f"steps/{name}" for name in names]


def test_no_worker_means_waiting_not_failing(stack: Stack) -> None:
    for process in stack.processes:
        if "celery" in process.args and process.poll() is None:
            stack.kill(process)
    job_id = start_run(stack, 1)["job"]["id"]
    assert stack.job(job_id)["state"] == "queued"
    assert stack.project("POST", f"jobs/{job_id}/cancel/").json["state"] == "cancelled"
    assert not os.listdir(stack.folder / "data" / "work") or not processes_of(stack)
