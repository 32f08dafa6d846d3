"""Real recordings to start with: BasicMotions, which sktime's wheel (BSD-3-Clause) carries.

Students at the University of East Anglia wore a smartwatch (3-axis accelerometer and
gyroscope, 10 Hz) and walked, rested, ran or played badminton; 80 recordings of 10 s,
half of them for training (A. Bagnall et al., "The UEA multivariate time series
classification archive, 2018", arXiv:1811.00075).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.signals import Dataset, Signal, Split, store_sample

TITLE = "Smartwatch motions"
DESCRIPTION = "Walking, running, standing and badminton, from a smartwatch's accelerometer and gyroscope."
CHANNELS = ("acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z")
SAMPLE_RATE_HZ = 10.0

SPEC: dict[str, Any] = {
    "version": 1,
    "input": {
        "channels": list(CHANNELS),
        "sample_rate_hz": SAMPLE_RATE_HZ,
        "window_ms": 4000,
        "stride_ms": 500,
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
    "postprocess": {"smooth_windows": 3, "threshold": 0.6},
}


class ExampleMissingError(RuntimeError):
    """The package that carries the recordings is not installed."""


def recordings() -> Iterator[tuple[str, str, Split, Signal]]:
    """Each recording as ``(name, label, split, signal)``; values ``[100, 6]`` float32, in the watch's own units.

    Raises:
        ExampleMissingError: sktime is not installed.
    """
    splits: tuple[tuple[Split, str], ...] = (("training", "TRAIN"), ("test", "TEST"))
    for split, part in splits:
        lines = (_folder() / f"BasicMotions_{part}.ts").read_text().splitlines()
        rows = lines[lines.index("@data") + 1 :]
        for number, row in enumerate(line for line in rows if line):
            *columns, label = row.split(":")
            values = np.array([column.split(",") for column in columns], dtype=np.float32).T
            signal = Signal(np.ascontiguousarray(values), SAMPLE_RATE_HZ, CHANNELS)
            yield f"{label.lower()}.{split}.{number:02d}", label.lower(), split, signal


def dataset(folder: Path) -> Dataset:
    """The recordings as a dataset whose values lie in ``folder``."""
    return Dataset(
        tuple(
            store_sample(signal, folder, name=name, label=label, split=split)
            for name, label, split, signal in recordings()
        )
    )


def _folder() -> Path:
    # find_spec does not run the package: importing it would bring pandas and scikit-learn along.
    found = importlib.util.find_spec("sktime")
    if found is None or found.origin is None:
        raise ExampleMissingError(
            "the example recordings come with the package sktime; install it with `uv sync --group demo`"
        )
    return Path(found.origin).parent / "datasets" / "data" / "BasicMotions"
