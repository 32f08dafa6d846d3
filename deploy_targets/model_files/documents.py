"""The files beside a network, and what its README says."""

from __future__ import annotations

import io
import json
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from deploy_targets.bundle import DeployBundle
from deploy_targets.markdown import plain
from deploy_targets.model_files.inputs import ends_of, features_of
from pipelines.compile.model import TensorInfo

_SCRIPT = Path(__file__).parent / "templates" / "classify.py.txt"


def interface_document(bundle: DeployBundle) -> bytes:
    """``interface.json``: all that a caller needs to know to make the input and to read the output."""
    source, target = ends_of(bundle)
    window = bundle.spec.input
    document = {
        "samples": {
            "channels": list(window.channels),
            "sample_rate_hz": window.sample_rate_hz,
            "window_length": window.window_length,
            "stride_length": window.stride_length,
            "layout": "[time][channel]",
        },
        "features": {
            "blocks": [block.model_dump(mode="json") for block in bundle.spec.features],
            "order": list(bundle.spec.learning[0].inputs),
            "shape": list(bundle.spec.model_input_shape(bundle.spec.learning[0])),
        },
        "scaler": {
            "formula": "(feature - mean) * scale, along the last axis",
            "mean": [float(value) for value in bundle.scaler.mean.ravel()],
            "scale": [float(value) for value in bundle.scaler.scale.ravel()],
        },
        "input": _tensor(source),
        "output": _tensor(target),
        "labels": list(bundle.labels),
        "postprocess": bundle.spec.postprocess.model_dump(mode="json"),
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _tensor(info: TensorInfo) -> dict[str, Any]:
    numbers = {"scale": info.scale, "zero_point": info.zero_point} if info.is_quantized else {}
    return {"dtype": info.dtype, "shape": list(info.shape), **numbers}


def selftest_file(bundle: DeployBundle) -> bytes:
    """``selftest.npz``: windows of the test split, their features, and the probabilities that the measured code gave."""
    file = io.BytesIO()
    windows = bundle.self_test.windows
    np.savez(
        file,
        windows=windows,
        features=features_of(bundle, windows),
        probabilities=bundle.self_test.probabilities,
        labels=bundle.self_test.labels,
    )
    return file.getvalue()


def classify_script(file: str, needs: str, runtime: str) -> bytes:
    """``classify.py``: runs the self-test.

    Args:
        file: name of the model's file.
        needs: what has to be installed, in words.
        runtime: Python source of ``load(path)`` and ``run(network, inputs)``.
    """
    text = Template(_SCRIPT.read_text()).substitute(file=file, needs=needs, runtime=runtime.rstrip())
    return text.encode()


def readme_values(bundle: DeployBundle) -> dict[str, str]:
    """What the READMEs of these targets say of the model."""
    source, target = ends_of(bundle)
    window = bundle.spec.input
    postprocess = bundle.spec.postprocess
    blocks = {block.name: block for block in bundle.spec.features}
    order = [f"{plain(name)} ({blocks[name].block})" for name in bundle.spec.learning[0].inputs]
    shape = " x ".join(str(size) for size in bundle.spec.model_input_shape(bundle.spec.learning[0]))
    return {
        "project": plain(bundle.project),
        "variant": bundle.variant,
        "labels": ", ".join(plain(label) for label in bundle.labels),
        "channels": ", ".join(plain(channel) for channel in window.channels),
        "channel_count": str(len(window.channels)),
        "window_length": f"{window.window_length:,}",
        "window_ms": f"{window.window_ms:g}",
        "stride_ms": f"{window.stride_ms:g}",
        "sample_rate_hz": f"{window.sample_rate_hz:g}",
        "blocks": ", then ".join(order),
        "feature_shape": shape,
        "input": _words(source),
        "output": _words(target),
        "quantise": _quantise_words(source, target),
        "smooth_windows": str(postprocess.smooth_windows),
        "threshold": f"{postprocess.threshold:g}",
        "accuracy": f"{bundle.evaluation['accuracy']:.2%}",
        "windows": f"{bundle.evaluation['windows']:,}",
        "selftest_windows": str(len(bundle.self_test.windows)),
    }


def _words(info: TensorInfo) -> str:
    return f"{info.dtype}[{', '.join(str(size) for size in info.shape)}]"


def _quantise_words(source: TensorInfo, target: TensorInfo) -> str:
    if not source.is_quantized:
        return "Input and output are float32: there is nothing to convert."
    return (
        f"The input is int8: `round(x / {np.float32(source.scale)!s}) + {source.zero_point}`, halves away from zero, "
        f"limited to -128..127. A probability is `(output - {target.zero_point}) * {np.float32(target.scale)!s}`."
    )
