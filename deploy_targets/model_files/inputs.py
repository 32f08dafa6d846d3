"""What a network is given: features of windows, normalised, as numbers of its own type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy_targets.bundle import DeployBundle
from pipelines.compile.compiler import tensor_info
from pipelines.compile.model import TensorInfo
from pipelines.compile.reader import read_model
from pipelines.signals import FloatArray


def ends_of(bundle: DeployBundle) -> tuple[TensorInfo, TensorInfo]:
    """The network's input and output.

    Raises:
        ModelFormatError: the network is damaged.
    """
    graph = read_model(bundle.tflite)
    return tensor_info(graph.tensors[graph.input], "input"), tensor_info(
        graph.tensors[graph.output], "output"
    )


def features_of(bundle: DeployBundle, windows: FloatArray) -> FloatArray:
    """Features ``float32[n, *shape]`` of windows ``float32[n, length, channels]``, before normalisation."""
    blocks = bundle.spec.feature_blocks()
    learning = bundle.spec.learning[0]
    parts = [blocks[name].extract(windows).reshape(len(windows), -1) for name in learning.inputs]
    features: FloatArray = np.concatenate(parts, axis=1)
    return features.reshape(len(windows), *bundle.spec.model_input_shape(learning))


def model_input(bundle: DeployBundle, features: FloatArray, source: TensorInfo) -> NDArray[Any]:
    """What the network is given for these features: normalised, and of its own numbers (``[n, *shape]``)."""
    mean, scale = bundle.scaler.mean, bundle.scaler.scale
    scaled: FloatArray = (features - mean) * scale
    if source.dtype == "float32":
        return scaled
    steps = scaled / np.float32(source.scale)
    rounded = np.trunc(steps + np.copysign(np.float32(0.5), steps)) + source.zero_point
    limited: NDArray[np.int8] = np.clip(rounded, -128, 127).astype(np.int8)
    return limited


def varied_windows(bundle: DeployBundle, count: int, seed: int = 1) -> FloatArray:
    """Windows like those of the self-test, ``float32[count, length, channels]``, to compare two runtimes on.

    Each is one of the self-test's, louder or softer by half, moved in time (what leaves at one end enters at the
    other), with noise of a twentieth of its deviation. The same every time.
    """
    random = np.random.default_rng(seed)
    known = bundle.self_test.windows
    windows = known[np.arange(count) % len(known)]
    gains = random.uniform(0.5, 1.5, (count, 1, 1)).astype(np.float32)
    moved = np.stack(
        [
            np.roll(window, shift, axis=0)
            for window, shift in zip(windows, random.integers(0, known.shape[1], count), strict=True)
        ]
    )
    noise = random.standard_normal(windows.shape, np.float32) * (0.05 * windows.std(axis=1, keepdims=True))
    varied: FloatArray = (moved * gains + noise).astype(np.float32)
    return varied
