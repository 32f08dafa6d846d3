"""Real windows and the measured answers to them, as the package's self-test and the demo page's examples."""

from __future__ import annotations

import json
from pathlib import Path

from deploy_targets.bundle import DeployBundle

MAX_WINDOWS = 8
MAX_FLOATS = 100_000
"""At most so many samples, beyond the first window."""

_RUN = Path(__file__).parent / "templates" / "selftest.mjs"


def selftest_files(bundle: DeployBundle) -> dict[str, bytes]:
    """``selftest/``: numbers as little-endian float32, window after window."""
    test = bundle.self_test
    count = min(len(test.windows), MAX_WINDOWS, max(1, MAX_FLOATS // test.windows[0].size))
    document = {"count": count, "labels": [bundle.labels[int(label)] for label in test.labels[:count]]}
    return {
        "selftest/run.mjs": _RUN.read_bytes(),
        "selftest/windows.json": (json.dumps(document) + "\n").encode(),
        "selftest/windows.f32": test.windows[:count].astype("<f4").tobytes(),
        "selftest/probabilities.f32": test.probabilities[:count].astype("<f4").tobytes(),
    }
