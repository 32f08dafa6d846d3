"""Spoken digits: the Free Spoken Digit Dataset, 8 kHz, 6 speakers, on its official split.

Takes 0 to 4 of each speaker and digit are the test split (300 recordings), the other 45 are for training.
"""

from __future__ import annotations

import re
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from pipelines.ingest import label_of, read_signal
from pipelines.run import run_pipeline
from pipelines.signals import Dataset, store_sample
from pipelines.spec import PipelineSpec, load_spec
from pipelines.steps import LocalStore
from tests.bench.figure import Figure

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fsdd"
TEST_TAKES = range(5)

SPEC = {
    "version": 1,
    "input": {
        "channels": ["audio"],
        "sample_rate_hz": 8000,
        "window_ms": 1000,
        "stride_ms": 500,
        "zero_pad": True,
    },
    "features": [
        {
            "block": "mfe",
            "name": "sound",
            "params": {"frame_ms": 32, "frame_stride_ms": 20, "filter_count": 40},
        }
    ],
    "learning": [
        {
            "block": "classifier",
            "name": "digit",
            "inputs": ["sound"],
            "params": {"preset": "dscnn-small", "augment": "strong", "epochs": 30},
        }
    ],
    "compress": [{"method": "ptq_int8"}],
}


def fsdd_spec() -> PipelineSpec:
    """One window a second, mel energies, a depthwise-separable CNN, int8."""
    return load_spec(SPEC)


def fsdd_dataset(folder: Path) -> Dataset:
    """All 3,000 recordings, their values in ``folder``; the label is the digit.

    Raises:
        FileNotFoundError: the data are not there.
    """
    paths = sorted(DATA.glob("*.wav"))
    if not paths:
        raise FileNotFoundError(f"{DATA} is absent: this benchmark needs the Free Spoken Digit Dataset")
    samples = []
    for path in paths:
        match = re.fullmatch(r"\d_[a-z]+_(\d+)", path.stem)
        assert match, path
        split = "test" if int(match[1]) in TEST_TAKES else "training"
        signal = read_signal(path, path.name)
        samples.append(store_sample(signal, folder, name=path.stem, label=label_of(path.name), split=split))
    return Dataset(tuple(samples))


def figures() -> Iterator[Figure]:
    """Accuracy of the compiled code on the official test split, the model's size, and the training's time."""
    with tempfile.TemporaryDirectory(prefix="thimble-fsdd-") as folder:
        try:
            dataset = fsdd_dataset(Path(folder) / "signals")
        except FileNotFoundError as error:
            raise unittest.SkipTest(str(error)) from None
        result = run_pipeline(
            fsdd_spec(), dataset, "nano33ble", LocalStore(Path(folder) / "steps"), lambda event: None
        )
    metrics = result.metrics
    for name, least in (("float32", None), ("int8", 96)):
        accuracy = 100 * metrics["variants"][name]["evaluation"]["accuracy"]
        yield Figure(f"fsdd: test accuracy, {name} C", accuracy, "%", at_least=least)
    model, profile = (metrics["variants"]["int8"][part] for part in ("model", "profile"))
    yield Figure("fsdd: multiply-accumulates a window", model["macs"], "MAC")
    yield Figure("fsdd: weights, int8", model["weights_bytes"], "bytes")
    yield Figure("fsdd: flash", profile["flash_bytes"], "bytes")
    yield Figure("fsdd: RAM", profile["ram_bytes"], "bytes")
    yield Figure("fsdd: training", metrics["seconds"]["learn"], "s", note=f"{len(metrics['history'])} epochs")
