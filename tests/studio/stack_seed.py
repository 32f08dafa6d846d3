"""Fills a new database with test data: two projects with a key each, and in the first recordings and a design.

The recordings are sines of two frequencies with noise: made here, for tests only.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import django
import numpy as np

django.setup()

from studio import storage
from studio.accounts.models import ApiKey, User
from studio.data.models import Sample
from studio.designs.models import Design
from studio.projects.models import Project

RATE_HZ = 50.0
SECONDS = 4
CHANNELS = ["x", "y", "z"]


def design_document(epochs: int = 3) -> dict:
    return {
        "version": 1,
        "input": {"channels": CHANNELS, "sample_rate_hz": RATE_HZ, "window_ms": 1000, "stride_ms": 500},
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


def add_samples(project: Project, folder: Path) -> None:
    generator = np.random.default_rng(1)
    seconds = np.arange(int(RATE_HZ * SECONDS)) / RATE_HZ
    for number in range(20):
        label, frequency_hz = (("slow", 1.0), ("fast", 6.0))[number % 2]
        phases = generator.uniform(0, 2 * np.pi, len(CHANNELS))
        values = np.sin(2 * np.pi * frequency_hz * seconds[:, None] + phases)
        values = (values + generator.normal(0, 0.1, values.shape)).astype(np.float32)
        path = folder / f"{number}.npy"
        np.save(path, values)
        digest = hashlib.sha256(values.tobytes()).hexdigest()
        key = storage.put(path, storage.project_folder(project.pk, "signals"), suffix=".npy")
        Sample.objects.create(
            project=project,
            name=f"{label}.{number}",
            label=label,
            split="test" if number >= 14 else "training",
            sample_rate_hz=RATE_HZ,
            duration_ms=1000.0 * SECONDS,
            channels=CHANNELS,
            units=["", "", ""],
            signal_key=key,
            signal_sha256=digest,
            original_name=path.name,
            original_key=key,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            size_bytes=path.stat().st_size,
        )


def add_key(user: User, project: Project) -> str:
    key, kept = ApiKey.new_key()
    ApiKey.objects.create(
        project=project, created_by=user, name="test", scopes=["read", "upload", "write"], **kept
    )
    return key


def main() -> None:
    user = User.objects.create_user("ada@example.com", "correct horse battery", "Ada")
    project = Project.objects.create_for(user, name="Sines")
    other = Project.objects.create_for(user, name="Another")
    with tempfile.TemporaryDirectory() as folder:
        add_samples(project, Path(folder))
    designs = {
        name: str(Design.objects.create(project=project, name=name, spec=design_document(epochs)).pk)
        for name, epochs in (("short", 3), ("long", 400))
    }
    seed = {
        "project": str(project.pk),
        "key": add_key(user, project),
        "other_project": str(other.pk),
        "other_key": add_key(user, other),
        **designs,
    }
    print(json.dumps(seed))


if __name__ == "__main__":
    sys.exit(main())
