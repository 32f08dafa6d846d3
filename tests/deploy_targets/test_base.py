"""Finding targets, making bundles, packing zips, and the command that the worker runs."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from deploy_targets.base import DeployBundle, DeployTarget, TargetError
from deploy_targets.registry import target_of, targets
from deploy_targets.zips import build_zip
from pipelines.learn.scaler import Scaler
from tests import tiny
from tests.deploy_targets.conftest import make_bundle


@pytest.fixture
def run_files(tmp_path):
    """(artifacts, metrics) as a finished run leaves them."""
    bundle = make_bundle("int8")
    scaler, tflite = tiny.trained()
    (tmp_path / "pipeline.json").write_text(json.dumps(tiny.spec().model_dump(mode="json")))
    (tmp_path / "labels.json").write_text(json.dumps(tiny.LABELS))
    Scaler(scaler.mean, scaler.scale).save(tmp_path / "scaler.npz")
    (tmp_path / "int8.tflite").write_bytes(tflite["int8"])
    np.savez(
        tmp_path / "selftest.npz",
        windows=bundle.self_test.windows,
        labels=bundle.self_test.labels,
        probabilities_int8=bundle.self_test.probabilities,
    )
    profile = dict(bundle.measured_profile())
    metrics = {"variants": {"int8": {"evaluation": bundle.evaluation, "profile": profile}}}
    return {path.name: path for path in tmp_path.iterdir()}, metrics


def request_of(run_files, tmp_path, **changes):
    artifacts, metrics = run_files
    request = {
        "artifacts": {name: str(path) for name, path in artifacts.items()},
        "metrics": metrics,
        "target": "c",
        "variant": "int8",
        "board": "nano33ble",
        "options": {},
        "project": "Wrist motions",
        "out": str(tmp_path / "out" / "built.zip"),
        **changes,
    }
    path = tmp_path / "request.json"
    path.write_text(json.dumps(request))
    return path


def events_of(path):
    result = subprocess.run(
        [sys.executable, "-m", "deploy_targets", str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not result.stderr
    return result.returncode, [json.loads(line) for line in result.stdout.splitlines()]


def test_the_c_target_is_found_by_its_entry_point():
    assert "c" in {target.id for target in targets()}
    assert isinstance(target_of("c"), DeployTarget)
    assert set(target_of("c").variants) == {"int8", "float32"}


def test_every_target_describes_itself_and_its_options():
    for target in targets():
        assert target.title
        assert target.pitch
        assert target.icon
        properties = target.Options.model_json_schema().get("properties", {})
        assert all("description" in each and "title" in each for each in properties.values())


def test_an_unknown_target_is_refused_naming_those_that_there_are():
    with pytest.raises(
        TargetError, match="no deploy target 'toaster'; there are arduino, avr, c, cmsis-pack"
    ):
        target_of("toaster")


def test_the_command_builds_the_zip_and_names_it(run_files, tmp_path):
    status, events = events_of(request_of(run_files, tmp_path))
    assert status == 0
    assert events[-1]["type"] == "result"
    assert events[-1]["result"]["file_name"] == "wrist_motions-int8-c.zip"
    assert [event["percent"] for event in events[:-1]] == sorted(event["percent"] for event in events[:-1])
    with zipfile.ZipFile(tmp_path / "out" / "built.zip") as archive:
        assert archive.testzip() is None
        assert "src/wrist_motions.h" in archive.namelist()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"target": "toaster"}, "target", "no deploy target"),
        ({"variant": "float64"}, "variant", "no variant 'float64'; there is int8"),
        ({"board": "toaster"}, "board", "no board 'toaster'"),
        ({"options": {"name": "9"}}, "options.name", "cannot name a C library"),
        ({"options": {"colour": "red"}}, "options.colour", "Extra inputs"),
        ({"artifacts": {}}, "run", "pipeline.json is missing"),
    ],
)
def test_a_request_that_cannot_be_built_ends_with_its_field_and_reason(
    run_files, tmp_path, changes, field, message
):
    status, events = events_of(request_of(run_files, tmp_path, **changes))
    assert status == 1
    assert events[-1]["type"] == "error"
    assert events[-1]["field"] == field
    assert message in events[-1]["message"]


def test_the_runs_profile_counts_only_for_its_own_board(run_files):
    artifacts, metrics = run_files

    def bundle_for(board_id):
        return DeployBundle.from_artifacts(
            artifacts, metrics, variant="int8", board_id=board_id, project="Wrist motions"
        )

    assert bundle_for("nano33ble").profile["board"] == "nano33ble"
    assert bundle_for("pico").profile is None
    assert bundle_for("pico").measured_profile()["board"] == "pico"


def test_a_zip_does_not_depend_on_the_order_of_its_files(tmp_path):
    files = {"b/x.txt": b"x" * 100, "a.txt": b"a"}
    first = build_zip(files, tmp_path / "1.zip").read_bytes()
    second = build_zip(dict(reversed(files.items())), tmp_path / "2.zip").read_bytes()
    assert first == second
    assert list(tmp_path.glob("*.partial")) == []
