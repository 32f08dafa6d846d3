"""How many output bytes of the compiled int8 models differ from both interpreters, over 1,000 inputs each.

The ad model differs from the tflite-micro wheel in about 1 byte of 100,000, because its interpreters
differ from each other there: for a FULLY_CONNECTED with one weight scale, tf.lite multiplies the
scales in float32, tflite-micro in float64. The compiler follows tf.lite.
"""

from __future__ import annotations

import time
import unittest
from collections.abc import Iterable

import numpy as np

from pipelines.compile import compile_model
from pipelines.compile.native import build_native
from tests.bench.figure import Figure
from tests.pipelines.compile.builder import random_inputs, run_micro, run_reference
from tests.pipelines.compile.test_compile_reference_models import MODELS

INPUTS = 1_000


def differing_bytes(name: str, count: int = INPUTS, seed: int = 2024) -> dict[str, float]:
    """Compile the model, run `count` random inputs through it and both interpreters, count differing bytes."""
    model = (MODELS / f"{name}.tflite").read_bytes()
    compiled = compile_model(model, name)
    inputs = random_inputs(compiled.input, count, np.random.default_rng(seed))
    native = build_native(compiled)
    started = time.perf_counter()
    ours = native.invoke_batch(inputs)
    seconds = time.perf_counter() - started
    return {
        "bytes": ours.size,
        "tflite": int((ours != run_reference(model, inputs).reshape(ours.shape)).sum()),
        "tflm": int((ours != run_micro(model, inputs).reshape(ours.shape)).sum()),
        "microseconds_per_input": 1e6 * seconds / count,
    }


def figures() -> Iterable[Figure]:
    """Differing bytes, against tf.lite (BUILTIN_REF) and against the tflite-micro wheel."""
    if not MODELS.exists():
        raise unittest.SkipTest(f"the reference models are absent: {MODELS}")
    for name in ("kws_int8", "ic_int8", "ad_int8"):
        found = differing_bytes(name)
        note = (
            f"of {found['bytes']:.0f} bytes, {INPUTS} inputs, {found['microseconds_per_input']:.0f} us each"
        )
        yield Figure(f"{name}: bytes unlike tf.lite", found["tflite"], "bytes", at_most=0, note=note)
        promise = None if name == "ad_int8" else 0
        yield Figure(f"{name}: bytes unlike tflite-micro", found["tflm"], "bytes", at_most=promise, note=note)
