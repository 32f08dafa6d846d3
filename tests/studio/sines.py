"""Test data: recordings of sines of a slow and a fast frequency with noise, and a pipeline for them."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from studio import storage
from studio.data.models import Sample
from studio.projects.models import Project

RATE_HZ = 50.0
CHANNELS = ("x", "y", "z")
FREQUENCIES_HZ = {"slow": 1.0, "fast": 6.0}


def design_document(epochs: int = 3, **input_fields: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "input": {
            "channels": list(CHANNELS),
            "sample_rate_hz": RATE_HZ,
            "window_ms": 1000,
            "stride_ms": 500,
            **input_fields,
        },
        "features": [{"block": "raw", "name": "motion"}],
        "learning": [
            {
                "block": "classifier",
                "name": "speed",
                "inputs": ["motion"],
                "params": {"preset": "conv1d-small", "epochs": epochs, "early_stopping_patience": 0},
            }
        ],
    }


def add_sines(
    project: Project,
    *,
    training: int = 14,
    test: int = 6,
    labels: tuple[str, ...] = ("slow", "fast"),
    seconds: float = 4,
    rate_hz: float = RATE_HZ,
    channels: tuple[str, ...] = CHANNELS,
    seed: int = 1,
) -> list[Sample]:
    """Recordings whose labels take turns, the first ``training`` of them in the training split."""
    generator = np.random.default_rng(seed)
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(training + test):
            label = labels[number % len(labels)]
            phases = generator.uniform(0, 2 * np.pi, len(channels))
            values = np.sin(2 * np.pi * FREQUENCIES_HZ.get(label, 3.0) * time_s[:, None] + phases)
            values = (values + generator.normal(0, 0.1, values.shape)).astype(np.float32)
            made.append(_add(project, Path(folder), f"{label}.{seed}.{number}", label, values, rate_hz, channels,
                             "training" if number < training else "test"))  # fmt: skip
    return made


def _add(
    project: Project,
    folder: Path,
    name: str,
    label: str,
    values: np.ndarray,
    rate_hz: float,
    channels: tuple[str, ...],
    split: str,
) -> Sample:
    path = folder / f"{name}.npy"
    np.save(path, values)
    key = storage.put(path, storage.project_folder(project.pk, "signals"), suffix=".npy")
    return Sample.objects.create(
        project=project,
        name=name,
        label=label,
        split=split,
        sample_rate_hz=rate_hz,
        duration_ms=1000.0 * len(values) / rate_hz,
        channels=list(channels),
        units=[""] * len(channels),
        signal_key=key,
        signal_sha256=hashlib.sha256(values.tobytes()).hexdigest(),
        original_name=path.name,
        original_key=key,
        sha256=storage.file_sha256(path),
        size_bytes=path.stat().st_size,
    )
