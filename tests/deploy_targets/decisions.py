"""What a pipeline decides about a signal, window by window: the oracle for everything that streams."""

from __future__ import annotations

import numpy as np

from deploy_targets.bundle import DeployBundle
from pipelines.evaluate import NativeLibrary

UNCERTAIN = -1


def stream_decisions(bundle: DeployBundle, samples: np.ndarray) -> list[tuple[int, int]]:
    """(answer, end) of each window of ``float32[n, channels]``: each classified by itself, averaged, with a threshold."""
    window, postprocess = bundle.spec.input, bundle.spec.postprocess
    ends = range(window.window_length, len(samples) + 1, window.stride_length)
    windows = np.stack([samples[end - window.window_length : end] for end in ends])
    probabilities = NativeLibrary(bundle.library("stream")).classify(windows.astype(np.float32))
    answers: list[int] = []
    for place in range(len(probabilities)):
        recent = probabilities[max(0, place + 1 - postprocess.smooth_windows) : place + 1]
        mean = np.zeros(probabilities.shape[1], np.float32)
        for one in recent:
            mean += one
        mean /= np.float32(len(recent))
        is_certain = mean.max() >= np.float32(postprocess.threshold)
        answers.append(int(mean.argmax()) if is_certain else UNCERTAIN)
    return list(zip(answers, ends, strict=True))
