"""Many small models at once: one shared library for all of them, so that hundreds are checked in a minute."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.compile import CompileError
from pipelines.compile.native import build_natives
from pipelines.compile.options import CompileOptions

from .builder import random_inputs, run_micro, run_reference
from .passes import DEFAULT, compile_without

FAILURES = Path(__file__).parents[3] / "build" / "fuzz"
FLAGS = ("-O1", "-std=c99", "-ffp-contract=off", "-fPIC", "-shared")


@dataclass(frozen=True)
class Case:
    """A model, how it is compiled, and whether TFLite Micro is asked too.

    `squeezed`: with less memory than running layer by layer takes, where that is possible, so that layers run row by
    row and strip by strip.
    """

    tflite: bytes
    options: CompileOptions = DEFAULT
    without: tuple[str, ...] = ()
    micro: bool = False
    squeezed: bool = False
    description: str = ""


def compiled(case: Case, name: str):
    def compile_with(options: CompileOptions):
        return compile_without(case.tflite, *case.without, options=options, name=name)

    try:
        if case.squeezed:
            whole = compile_with(CompileOptions(optimize="speed"))
            with suppress(CompileError):
                return compile_with(replace(case.options, ram_limit_bytes=whole.arena_bytes * 2 // 3))
        return compile_with(case.options)
    except Exception as error:
        raise AssertionError(f"{saved(case.tflite)}: does not compile: {error!r}") from error


def check(cases: list[Case], count: int = 4, seed: int = 0) -> None:
    """Every model computes the reference's bytes (float32: within 1e-5); a failing model is saved and named."""
    models = [compiled(case, f"model_{position}") for position, case in enumerate(cases)]
    rng = np.random.default_rng(seed)
    for case, model, native in zip(cases, models, build_natives(models, FLAGS), strict=True):
        inputs = random_inputs(model.input, count, rng)
        ours = native.invoke_batch(inputs)
        for oracle in (run_reference, run_micro) if case.micro else (run_reference,):
            theirs = oracle(case.tflite, inputs).reshape(ours.shape)
            same = np.array_equal(ours, theirs)
            if model.output.dtype == "float32":
                same = np.allclose(ours, theirs, rtol=1e-5, atol=1e-5 * max(1.0, float(np.abs(theirs).max())))
            assert same, f"{saved(case.tflite)}: differs from {oracle.__name__}\n{case}"


def saved(tflite: bytes) -> Path:
    """Where the model was written for whoever looks into it."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    path = FAILURES / f"{hashlib.sha256(tflite).hexdigest()[:16]}.tflite"
    path.write_bytes(tflite)
    return path
