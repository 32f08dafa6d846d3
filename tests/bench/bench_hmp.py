"""Everyday motions: the Human Motion Primitives dataset, a wrist accelerometer at 32 Hz.

The seven motions with over 50 recordings. Three volunteers who made all seven, a woman and two men, are the
test split (168 of 705 recordings): what is measured is how well a person is understood whom the model has
never seen. Most recordings are one woman's (f1), who must be in training for there to be enough of it.
"""

from __future__ import annotations

import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.ingest import IngestOptions, read_signal
from pipelines.run import run_pipeline
from pipelines.signals import Dataset, Signal, store_sample
from pipelines.spec import PipelineSpec, load_spec
from pipelines.steps import LocalStore
from pipelines.windows import iter_windows, plan_windows
from tests.bench.figure import Figure

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "hmp"
FEWEST_RECORDINGS = 50
TEST_VOLUNTEERS = ("f2", "m1", "m2")
SAMPLE_RATE_HZ = 32
CHANNELS = ("x", "y", "z")

SPEC = {
    "version": 1,
    "input": {
        "channels": list(CHANNELS),
        "sample_rate_hz": SAMPLE_RATE_HZ,
        "window_ms": 6000,
        "stride_ms": 1000,
        "zero_pad": True,
    },
    "features": [{"block": "raw", "name": "motion"}],
    "learning": [
        {
            "block": "classifier",
            "name": "activity",
            "inputs": ["motion"],
            "params": {"preset": "conv1d-small"},
        }
    ],
    "compress": [{"method": "ptq_int8"}],
    "postprocess": {"smooth_windows": 3, "threshold": 0.6},
}


def hmp_spec() -> PipelineSpec:
    """Windows of six seconds, the raw axes, convolutions over time, int8."""
    return load_spec(SPEC)


def hmp_dataset(folder: Path) -> Dataset:
    """The recordings of the seven motions in g, their values in ``folder``; the group is the volunteer.

    Raises:
        FileNotFoundError: the data are not there.
    """
    if not DATA.is_dir():
        raise FileNotFoundError(f"{DATA} is absent: this benchmark needs the Human Motion Primitives dataset")
    samples = []
    for motion in sorted(place for place in DATA.iterdir() if place.is_dir()):
        paths = sorted(motion.glob("*.txt"))
        if len(paths) <= FEWEST_RECORDINGS:
            continue
        for path in paths:
            volunteer = path.stem.rsplit("-", 1)[1]
            samples.append(
                store_sample(
                    _in_g(read_signal(path, path.name, IngestOptions(sample_rate_hz=SAMPLE_RATE_HZ))),
                    folder,
                    name=path.stem,
                    label=motion.name,
                    split="test" if volunteer in TEST_VOLUNTEERS else "training",
                    group=volunteer,
                )
            )
    return Dataset(tuple(samples))


def _in_g(coded: Signal) -> Signal:
    """Codes 0 to 63 stand for -1.5 g to 1.5 g (the dataset's manual, section 4.2)."""
    values = np.asarray(-1.5 + coded.values / 63 * 3, dtype=np.float32)
    return Signal(values, coded.sample_rate_hz, CHANNELS, ("g",) * len(CHANNELS))


def forest_accuracy(spec: PipelineSpec, dataset: Dataset) -> float:
    """Share of the test windows that scikit-learn's random forest knows, from the same features."""
    from sklearn.ensemble import RandomForestClassifier

    index = plan_windows(dataset, spec.input, dataset.labels)
    (block,) = spec.feature_blocks().values()
    features = np.concatenate(
        [
            block.extract(windows).reshape(len(windows), -1)
            for windows in iter_windows(dataset, index, spec.input)
        ]
    )
    test = index.split == 1
    forest = RandomForestClassifier(300, random_state=1).fit(features[~test], index.label[~test])
    return float(forest.score(features[test], index.label[test]))


def figures() -> Iterator[Figure]:
    """Accuracy of the compiled code on windows of unseen people, beside a random forest's."""
    with tempfile.TemporaryDirectory(prefix="thimble-hmp-") as folder:
        try:
            dataset = hmp_dataset(Path(folder) / "signals")
        except FileNotFoundError as error:
            raise unittest.SkipTest(str(error)) from None
        forest = forest_accuracy(hmp_spec(), dataset)
        result = run_pipeline(
            hmp_spec(), dataset, "nano33ble", LocalStore(Path(folder) / "steps"), lambda event: None
        )
    metrics = result.metrics
    yield Figure(
        "hmp: test accuracy, random forest", 100 * forest, "%", note="300 trees, same features, no C"
    )
    for name in ("float32", "int8"):
        accuracy = 100 * metrics["variants"][name]["evaluation"]["accuracy"]
        yield Figure(
            f"hmp: test accuracy, {name} C", accuracy, "%", note="three people never seen in training"
        )
    yield Figure("hmp: multiply-accumulates a window", metrics["variants"]["int8"]["model"]["macs"], "MAC")
    yield Figure("hmp: training", metrics["seconds"]["learn"], "s", note=f"{len(metrics['history'])} epochs")
