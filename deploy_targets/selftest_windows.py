"""Real windows and the measured answers to them, as files that any program reads."""

from __future__ import annotations

import json

from deploy_targets.bundle import DeployBundle

MAX_WINDOWS = 8
MAX_FLOATS = 100_000
"""At most so many samples, beyond the first window."""


def selftest_windows(bundle: DeployBundle) -> dict[str, bytes]:
    """``windows.json`` (count, true labels), ``windows.f32`` and ``probabilities.f32``: little-endian float32, window
    after window."""
    test = bundle.self_test
    count = min(len(test.windows), MAX_WINDOWS, max(1, MAX_FLOATS // test.windows[0].size))
    document = {"count": count, "labels": [bundle.labels[int(label)] for label in test.labels[:count]]}
    return {
        "windows.json": (json.dumps(document) + "\n").encode(),
        "windows.f32": test.windows[:count].astype("<f4").tobytes(),
        "probabilities.f32": test.probabilities[:count].astype("<f4").tobytes(),
    }
