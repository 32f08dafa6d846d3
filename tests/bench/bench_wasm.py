"""The WebAssembly package beside the server and the emulated device: bytes that differ, time a window, size."""

from __future__ import annotations

import shutil
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from deploy_targets.bundle import DeployBundle
from pipelines.evaluate import NativeLibrary
from tests import tiny
from tests.bench.figure import Figure
from tests.browser.launch import CHROMIUM, running_chromium
from tests.deploy_targets.device import device_answers
from tests.deploy_targets.static_server import static_server
from tests.deploy_targets.wasm_runs import (
    differing_bytes,
    node_answers,
    package_of,
    page_answers,
    put_windows,
)
from tests.real_runs import WORDS_HZ, bundle_of, keyword_run, motion_run, spoken

WINDOWS = 1000
ROUNDS = 151
ROUND_WINDOWS = {"keywords": 5, "motion": 1000}
"""Enough that a round is many times longer than a step of the browser's clock (0.1 ms)."""

_TIME = """async ([simd, rounds, count]) => {
  const { load } = await import("/index.js");
  const classifier = await load({ simd });
  const { windowLength, channels } = classifier.metadata;
  const floats = new Float32Array(await (await fetch("/windows.bin")).arrayBuffer());
  const length = windowLength * channels.length;
  const window = (i) => floats.subarray(i * length, (i + 1) * length);
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    for (let i = 0; i < count; i++) {
      classifier.classify(window(i));
    }
    times.push((performance.now() - before) / count);
  }
  return times.sort((a, b) => a - b);
}"""


def figures() -> Iterator[Figure]:
    """Keywords (1 s of sound at 16 kHz) and motion (2 s of three axes), int8 and float32."""
    if CHROMIUM is None or shutil.which("node") is None:
        raise unittest.SkipTest("needs Debian's chromium, and Node.js")
    words = sorted(WORDS_HZ)
    sounds = np.stack([spoken(words[i % len(words)], 5000 + i)[:, None] for i in range(WINDOWS)])
    motions, _ = tiny.windows(WINDOWS, seed=77)
    for kind, run, windows in (("keywords", keyword_run(), sounds), ("motion", motion_run(), motions)):
        for variant in ("int8", "float32"):
            bundle = bundle_of(run, variant, board_id="")
            yield from _figures_of(kind, variant, bundle, windows)


def _figures_of(kind: str, variant: str, bundle: DeployBundle, windows: np.ndarray) -> Iterator[Figure]:
    name = f"wasm: {kind} {variant}"
    classes = len(bundle.labels)
    server = NativeLibrary(bundle.library("server")).classify(windows)
    with tempfile.TemporaryDirectory(prefix="thimble-wasm-") as temporary:
        package = package_of(bundle, Path(temporary))
        put_windows(package, windows)
        with static_server(package) as address, running_chromium() as browser:
            page = browser.new_page()
            page.goto(f"{address}/demo/")
            answers = {"Node": node_answers(package, classes), "Chromium": page_answers(page, classes)}
            simd_ms, plain_ms = (
                page.evaluate(_TIME, [simd, ROUNDS, ROUND_WINDOWS[kind]]) for simd in (True, False)
            )
        sizes = [(package / file).stat().st_size / 1000 for file in ("pipeline-simd.wasm", "pipeline.wasm")]
    differing = {"device": differing_bytes(server, device_answers(bundle.library("device"), windows))}
    for place, found in answers.items():
        differing |= {f"{place}, SIMD": differing_bytes(server, found[True])}
        differing |= {f"{place}, plain": differing_bytes(server, found[False])}
    note = f"{len(windows):,} windows against the server: {', '.join(differing)}"
    yield Figure(f"{name}, bytes that differ", sum(differing.values()), "bytes", at_most=0, note=note)
    limits = (2.0, 150.0) if kind == "keywords" else (None, None)
    simd_median, plain_median = (times[ROUNDS // 2] for times in (simd_ms, plain_ms))
    note = f"median of {ROUNDS} rounds, fastest {simd_ms[0]:.3f} ms; without SIMD {plain_median:.3f} ms"
    yield Figure(f"{name}, Chromium", simd_median, "ms a window", at_most=limits[0], note=note)
    note = f"with SIMD; without {sizes[1]:.1f} kB"
    yield Figure(f"{name}, module", sizes[0], "kB", at_most=limits[1], note=note)
