"""The whole way on real recordings: windows, features, training, int8, C, an emulated core, a report."""

import copy
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest

from pipelines import example
from pipelines.run import RunError, run_pipeline
from pipelines.signals import Dataset
from pipelines.spec import load_spec
from pipelines.steps import LocalStore

QUICK = copy.deepcopy(example.SPEC)
QUICK["input"]["stride_ms"] = 1000
QUICK["learning"][0]["params"] = {"preset": "conv1d-small", "epochs": 6}


def request_of(dataset, spec, folder):
    entries = [
        {name: value for name, value in asdict(sample).items() if name != "signal_path"}
        | {"signal_path": str(sample.signal_path)}
        for sample in dataset
    ]
    return {
        "spec": spec,
        "samples": entries,
        "board": "nano33ble",
        "store": str(folder / "steps"),
        "out": str(folder / "out"),
    }


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    try:
        return example.dataset(tmp_path_factory.mktemp("signals"))
    except example.ExampleMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def finished(recordings, tmp_path_factory):
    """One finished run: its result, its events and its store."""
    store = LocalStore(tmp_path_factory.mktemp("steps"))
    events = []
    result = run_pipeline(load_spec(QUICK), recordings, "nano33ble", store, events.append)
    return result, events, store


def test_a_run_measures_both_variants_on_the_whole_test_split(finished):
    result, _, _ = finished
    metrics = result.metrics
    assert metrics["labels"] == ["badminton", "running", "standing", "walking"]
    assert metrics["samples"] == {"training": 40, "test": 40}
    for name in ("float32", "int8"):
        variant = metrics["variants"][name]
        evaluation = variant["evaluation"]
        assert np.sum(evaluation["confusion"]) == metrics["windows"]["test"] == evaluation["windows"]
        assert evaluation["accuracy"] > 0.7
        assert variant["profile"]["instructions"] > variant["model"]["macs"] > 0
        assert 0 < variant["profile"]["flash_bytes"] < 256_000
        assert variant["model"]["arena_bytes"] < variant["profile"]["ram_bytes"] < 64_000
    int8, float32 = metrics["variants"]["int8"], metrics["variants"]["float32"]
    assert int8["model"]["weights_bytes"] < float32["model"]["weights_bytes"]
    assert abs(int8["evaluation"]["accuracy"] - float32["evaluation"]["accuracy"]) < 0.05
    json.dumps(metrics, allow_nan=False)


def test_progress_rises_from_nothing_to_a_hundred_percent_in_words(finished):
    _, events, _ = finished
    percents = [event["percent"] for event in events if event["type"] == "progress"]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert percents[-1] == 100
    assert all(event["message"] for event in events if event["type"] == "progress")
    epochs = [event["epoch"] for event in events if event["type"] == "epoch"]
    assert epochs == list(range(1, len(epochs) + 1))
    assert epochs


def test_running_again_costs_nothing(finished, recordings):
    result, _, store = finished
    events = []
    again = run_pipeline(load_spec(QUICK), recordings, "nano33ble", store, events.append)
    assert again.metrics["cached"] == ["features", "learn", "compress", "compile", "profile", "evaluate"]
    assert again.metrics["variants"] == result.metrics["variants"]
    assert sum(again.metrics["seconds"].values()) < 2


def test_another_board_is_profiled_without_training_again(finished, recordings):
    _, _, store = finished
    again = run_pipeline(load_spec(QUICK), recordings, "pico", store, lambda event: None)
    assert "learn" in again.metrics["cached"]
    assert "profile" not in again.metrics["cached"]
    assert again.metrics["variants"]["int8"]["profile"]["instructions"] > 0


def test_the_order_of_the_recordings_changes_nothing_that_is_cached(finished, recordings):
    _, _, store = finished
    turned = Dataset(tuple(reversed(recordings.samples)))
    again = run_pipeline(load_spec(QUICK), turned, "nano33ble", store, lambda event: None)
    assert "learn" in again.metrics["cached"]


def test_a_run_killed_in_mid_training_goes_on_from_its_last_finished_step(recordings, tmp_path):
    long = copy.deepcopy(QUICK)
    long["learning"][0]["params"]["epochs"] = 400
    long["learning"][0]["params"]["early_stopping_patience"] = 400
    path = tmp_path / "request.json"
    path.write_text(json.dumps(request_of(recordings, long, tmp_path)))
    command = [sys.executable, "-m", "pipelines", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        for line in process.stdout:
            if json.loads(line)["type"] == "epoch":
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL

    short = copy.deepcopy(QUICK)
    path.write_text(json.dumps(request_of(recordings, short, tmp_path)))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[-1]["type"] == "result"
    assert events[-1]["result"]["metrics"]["cached"] == ["features"]
    assert (tmp_path / "out" / "int8.tflite").stat().st_size > 1000


def test_what_emit_raises_stops_the_run_and_keeps_no_half_step(recordings, tmp_path):
    class CancelledError(Exception):
        pass

    def cancel_at_first_epoch(event):
        if event["type"] == "epoch":
            raise CancelledError

    with pytest.raises(CancelledError):
        run_pipeline(load_spec(QUICK), recordings, "nano33ble", LocalStore(tmp_path), cancel_at_first_epoch)
    assert [folder.name.split("-")[0] for folder in tmp_path.iterdir()] == ["features"]


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        (lambda sample: sample.label == "walking", "at least two labels"),
        (lambda sample: sample.split == "training", "test split is empty"),
        (lambda sample: sample.split == "test" or sample.label != "walking", "walking"),
    ],
)
def test_a_dataset_that_cannot_teach_or_judge_is_refused_in_words(recordings, tmp_path, keep, says):
    some = Dataset(tuple(sample for sample in recordings if keep(sample)))
    with pytest.raises(RunError, match=says):
        run_pipeline(load_spec(QUICK), some, "nano33ble", LocalStore(tmp_path), lambda event: None)


def test_a_recording_at_another_rate_is_an_error_that_names_it(recordings, tmp_path):
    odd = replace(recordings.samples[0], sample_rate_hz=50.0)
    path = tmp_path / "request.json"
    path.write_text(json.dumps(request_of(Dataset((odd, *recordings.samples[1:])), QUICK, tmp_path)))
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", str(path)], capture_output=True, text=True, check=False
    )
    last = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert last["type"] == "error"
    assert odd.name in last["message"]
