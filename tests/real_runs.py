"""Two small runs of the real pipeline to deploy: motion (sines on three axes) and keywords (tones in noise).

Their steps are kept in the cache folder, so that only the first test session on a machine trains them.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from deploy_targets.bundle import DeployBundle
from pipelines.run import RunResult, run_pipeline
from pipelines.signals import Dataset, Signal, Split, store_sample
from pipelines.spec import load_spec
from pipelines.steps import LocalStore
from pipelines.toolchain import cache_folder
from tests import tiny

SOUND_RATE_HZ = 16_000
WORDS_HZ = {"down": (900.0, 300.0), "silence": (), "up": (300.0, 900.0), "yes": (500.0, 500.0)}
"""Each "word" glides from one pitch to another within a second."""


def spoken(word: str, seed: int) -> np.ndarray:
    """One second of a made-up word, ``float32[16000]``, within -1..1."""
    random = np.random.default_rng([seed, *word.encode()])
    time_s = np.arange(SOUND_RATE_HZ) / SOUND_RATE_HZ
    sound = random.normal(0, 0.01, time_s.size)
    if WORDS_HZ[word]:
        start_s, length_s = random.uniform(0.05, 0.35), random.uniform(0.4, 0.6)
        inside = np.clip((time_s - start_s) / length_s, 0, 1)
        first, last = WORDS_HZ[word]
        pitch = random.uniform(0.9, 1.1) * (first + (last - first) * inside)
        phase = 2 * np.pi * np.cumsum(pitch) / SOUND_RATE_HZ
        voice = sum(np.sin(k * phase) / k for k in range(1, 6))
        sound += random.uniform(0.1, 0.3) * voice * np.sin(np.pi * inside)
    return np.clip(sound, -1, 1).astype(np.float32)


def soundtrack(seconds: int, seed: int = 5) -> np.ndarray:
    """Words one after another, ``float32[16000 * seconds]``."""
    random = np.random.default_rng(seed)
    words = random.choice(sorted(WORDS_HZ), seconds)
    return np.concatenate([spoken(str(word), seed * 1000 + second) for second, word in enumerate(words)])


def keyword_spec_document(frame_stride_ms: float = 20) -> dict[str, object]:
    """A keyword spotter: MFE of a second at 16 kHz, a depthwise-separable network."""
    return {
        "input": {
            "channels": ["microphone"],
            "sample_rate_hz": SOUND_RATE_HZ,
            "window_ms": 1000,
            "stride_ms": 200,
        },
        "features": [{"block": "mfe", "name": "sound", "params": {"frame_stride_ms": frame_stride_ms}}],
        "learning": [
            {
                "block": "classifier",
                "name": "word",
                "inputs": ["sound"],
                "params": {"preset": "dscnn-small", "epochs": 8, "early_stopping_patience": 0},
            }
        ],
        "postprocess": {"smooth_windows": 2, "threshold": 0.6},
    }


def motion_spec_document() -> dict[str, object]:
    """Spectral features of three axes at 32 Hz and a dense network."""
    document = tiny.spec_document(smooth_windows=3, threshold=0.7)
    document["learning"][0]["params"] = {"preset": "dense-small", "epochs": 15}
    return document


@cache
def keyword_run() -> RunResult:
    """A run of the keyword spotter, with all its artifacts."""
    with tempfile.TemporaryDirectory() as folder:
        samples = []
        for word in WORDS_HZ:
            for number in range(36):
                split: Split = "test" if number % 3 == 2 else "training"
                signal = Signal(spoken(word, number)[:, None], SOUND_RATE_HZ, ("microphone",))
                samples.append(
                    store_sample(signal, Path(folder), name=f"{word}-{number}", label=word, split=split)
                )
        return _run(keyword_spec_document(), Dataset(tuple(samples)))


@cache
def motion_run() -> RunResult:
    """A run of the motion classifier, with all its artifacts."""
    with tempfile.TemporaryDirectory() as folder:
        samples = []
        values, label = tiny.windows(150, seed=3)
        for number, (window, kind) in enumerate(zip(values, label, strict=True)):
            split: Split = "test" if number % 5 == 4 else "training"
            signal = Signal(window, 32, tiny.CHANNELS, ("g", "g", "g"))
            name = tiny.LABELS[kind]
            samples.append(
                store_sample(signal, Path(folder), name=f"{name}-{number}", label=name, split=split)
            )
        return _run(motion_spec_document(), Dataset(tuple(samples)))


def bundle_of(
    run: RunResult, variant: str = "int8", board_id: str = "nano33ble", project: str = "Wrist motions"
) -> DeployBundle:
    """What a deploy target is given of a run; an empty board stands for none."""
    return DeployBundle.from_artifacts(
        run.artifacts, run.metrics, variant=variant, board_id=board_id, project=project
    )


def _run(document: dict[str, object], dataset: Dataset) -> RunResult:
    store = LocalStore(cache_folder() / "test-runs")
    return run_pipeline(load_spec(document), dataset, "nano33ble", store, lambda event: None)
