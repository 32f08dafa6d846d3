"""How far TensorFlow.js is from Keras on each backend of Chromium: ``python -m tests.bench.bench_tfjs``.

1,000 windows of the motion classifier and of the keyword spotter, raw samples in; and how long one window takes.
"""

from __future__ import annotations

import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from deploy_targets.browser_packages import browser_package
from deploy_targets.bundle import DeployBundle
from tests import tiny
from tests.bench.figure import Figure
from tests.browser.launch import CHROMIUM
from tests.deploy_targets.static_server import static_server
from tests.deploy_targets.tfjs_runs import (
    BACKENDS,
    READY,
    chromium_with_sensors,
    keras_answers,
    package_of,
    page_answers,
    put_windows,
)
from tests.real_runs import WORDS_HZ, bundle_of, keyword_run, motion_run, spoken

WINDOWS = 1000
MAX_ERROR = 1e-4

_SECONDS = """async (backend) => {
  const { load } = await import("/index.js");
  const { chooseBackend, secondsOf } = await import("/demo/backends.js");
  await chooseBackend(backend);
  return secondsOf(await load(tf));
}"""


def _cases() -> Iterator[tuple[str, DeployBundle, np.ndarray]]:
    yield "motion", bundle_of(motion_run(), "float32", board_id=""), tiny.windows(WINDOWS, seed=77)[0]
    words = sorted(WORDS_HZ)
    sounds = np.stack([spoken(words[i % len(words)], 900 + i)[:, None] for i in range(WINDOWS)])
    yield "keywords", bundle_of(keyword_run(), "float32", board_id=""), sounds


def figures() -> Iterator[Figure]:
    """For ``make bench``."""
    if CHROMIUM is None:
        raise unittest.SkipTest("Chromium is not installed")
    if browser_package("@tensorflow/tfjs") is None:
        raise unittest.SkipTest("TensorFlow.js is not installed: make browser-packages")
    with chromium_with_sensors() as browser, tempfile.TemporaryDirectory() as folder:
        for name, bundle, windows in _cases():
            package = package_of(bundle, Path(folder) / name)
            put_windows(package, windows)
            _, expected = keras_answers(bundle, windows)
            with static_server(package) as address:
                page = browser.new_page()
                page.goto(f"{address}/demo/")
                page.wait_for_selector(READY)
                for backend in BACKENDS:
                    found = page_answers(page, len(bundle.labels), backend)
                    error = float(np.abs(found - expected).max())
                    yield Figure(
                        f"tfjs {backend} against Keras, {name}",
                        error,
                        "max error",
                        at_most=MAX_ERROR,
                        note=f"{len(windows):,} windows",
                    )
                    yield Figure(
                        f"tfjs {backend}, {name}, one window", 1000 * page.evaluate(_SECONDS, backend), "ms"
                    )
                page.close()


if __name__ == "__main__":
    for figure in figures():
        print(figure.as_line(), flush=True)
