"""A training job against the same network in a bare Keras script: wall time of the whole process, each the best of two.

Both start Python and TensorFlow, read the same features and train the same network for the same epochs
with the same batches and validation windows. The job scales the features, reports each epoch, keeps the best weights and
writes the result; the script does none of that. Features are extracted beforehand for both.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pipelines import example
from tests.bench.figure import Figure

EPOCHS = 40
BATCH_SIZE = 32

SPEC = copy.deepcopy(example.SPEC)
SPEC["input"]["stride_ms"] = 100
SPEC["learning"][0]["params"] |= {
    "epochs": EPOCHS,
    "batch_size": BATCH_SIZE,
    "early_stopping_patience": 0,
    "class_weights": False,
}

BARE_SCRIPT = f"""
import json, sys
import numpy as np
import keras

features_folder, model_path = sys.argv[1:]
counts = json.load(open(features_folder + "/counts.json"))
features = np.load(features_folder + "/features.npy")
labels = np.load(features_folder + "/index.npz")["label"].astype("int32")
split = counts["training"]
end = split + counts["validation"]
model = keras.models.clone_model(keras.models.load_model(model_path, compile=False))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    features[:split], labels[:split], batch_size={BATCH_SIZE}, epochs={EPOCHS}, verbose=0,
    validation_data=(features[split:end], labels[split:end]), validation_batch_size=256,
)
model.save(sys.argv[2] + ".bare.keras")
"""


def _request(folder: Path) -> Path:
    samples = [
        {**asdict(sample), "signal_path": str(sample.signal_path)}
        for sample in example.dataset(folder / "signals")
    ]
    request = {
        "spec": SPEC,
        "samples": samples,
        "board": "nano33ble",
        "store": str(folder / "steps"),
        "out": str(folder / "out"),
    }
    path = folder / "request.json"
    path.write_text(json.dumps(request))
    return path


def _job_seconds(request: Path) -> float:
    """From starting the process to the end of its training step."""
    started = time.monotonic()
    command = [sys.executable, "-m", "pipelines", str(request)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        seconds = 0.0
        for line in process.stdout:
            event = json.loads(line)
            if event["type"] == "error":
                raise RuntimeError(event["message"])
            if event["type"] == "step" and event["step"] == "learn" and event["state"] == "finished":
                seconds = time.monotonic() - started
    return seconds


def _script_seconds(folder: Path) -> float:
    features_folder = next((folder / "steps").glob("features-*"))
    command = [sys.executable, "-c", BARE_SCRIPT, str(features_folder), str(folder / "out" / "model.keras")]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - started


def _forget_training(folder: Path) -> None:
    for step in (folder / "steps").glob("learn-*"):
        for file in step.iterdir():
            file.unlink()
        step.rmdir()


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="thimble-training-") as name:
        folder = Path(name)
        try:
            request = _request(folder)
        except example.ExampleMissingError as error:
            raise unittest.SkipTest(str(error)) from None
        _job_seconds(request)  # extracts the features, builds the native library, makes the network to copy
        jobs, scripts = [], []
        for _ in range(2):
            _forget_training(folder)
            jobs.append(_job_seconds(request))
            scripts.append(_script_seconds(folder))
        note = f"{min(jobs):.1f} s against {min(scripts):.1f} s, {EPOCHS} epochs"
        yield Figure("training_against_bare_keras", min(jobs) / min(scripts), "x", at_most=1.15, note=note)
