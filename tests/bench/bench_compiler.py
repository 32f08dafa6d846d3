"""The compiled int8 models on a Cortex-M4F beside TFLite Micro with CMSIS-NN, both built at -O3.

The baseline: TFLite Micro 90b983c with CMSIS-NN 99f736a, GCC 12.2, counted on QEMU's mps2-an386 with
`-icount shift=0`. Ours: the same compiler's code, counted on Unicorn. Both arenas hold the
input, the output, all between them, and scratch memory.
"""

from __future__ import annotations

import unittest
from collections.abc import Iterable

import numpy as np

from pipelines.compile import compile_model
from tests.bench.figure import Figure
from tests.pipelines.compile.builder import random_inputs
from tests.pipelines.compile.emulated import run_on_cortex_m4
from tests.pipelines.compile.test_compile_reference_models import MODELS

# model: (instructions, arena bytes, code bytes without weights) of TFLite Micro with CMSIS-NN
BASELINE = {
    "kws_int8": (7_850_000, 22_820, 91_916),
    "ic_int8": (29_870_000, 54_996, 90_872),
    "ad_int8": (582_000, 2_580, 36_700),
}

# What is promised of our instructions, arena and code bytes; None where it is not yet reached.
PROMISES = {
    "kws_int8": (4_300_000, 11_400, 18_600),
    "ic_int8": (16_400_000, None, 17_000),
    "ad_int8": (350_000, None, 6_700),
}


def figures() -> Iterable[Figure]:
    """Instructions, memory and code of one inference, each as a figure and as a ratio to the baseline."""
    if not MODELS.exists():
        raise unittest.SkipTest(f"the reference models are absent: {MODELS}")
    for name, (instructions, arena_bytes, code_bytes) in BASELINE.items():
        compiled = compile_model((MODELS / f"{name}.tflite").read_bytes(), name)
        run = run_on_cortex_m4(compiled, random_inputs(compiled.input, 1, np.random.default_rng(0)))
        for (what, unit, ours, theirs), promise in zip(
            (
                ("instructions", "instructions", run.instructions, instructions),
                ("arena", "bytes", compiled.arena_bytes, arena_bytes),
                ("code without weights", "bytes", run.code_bytes, code_bytes),
            ),
            PROMISES[name],
            strict=True,
        ):
            yield Figure(f"{name}: {what}", ours, unit, at_most=promise)
            yield Figure(f"{name}: {what}, ratio", ours / theirs, "x", note=f"of {theirs:,} {unit}")
