"""How exports agree with the measured code, and what TensorFlow Lite Micro's arena takes with our plan and with its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime

from deploy_targets.onnx.agreement import agreement_of
from pipelines.compile import compile_model
from pipelines.compile.native import build_native
from pipelines.export.micro_arena import least_arena_bytes
from pipelines.export.micro_plan import planned_model
from pipelines.export.onnx import onnx_model
from tests.bench.figure import Figure
from tests.real_runs import bundle_of, keyword_run, motion_run

MODELS = Path("../shared/data/models")
RUNS = {"motion": motion_run, "keyword": keyword_run}


def figures() -> Iterable[Figure]:
    yield from _of_runs()
    yield from _of_reference_models()


def _of_runs() -> Iterator[Figure]:
    for name, run in RUNS.items():
        for variant in ("float32", "int8"):
            bundle = bundle_of(run(), variant, board_id="")
            exact = agreement_of(bundle, onnx_model(bundle.tflite))
            if variant == "float32":
                yield Figure(f"onnx: {name}, float32, max error", exact.largest, "probability", at_most=1e-5)
            else:
                plain = agreement_of(bundle, onnx_model(bundle.tflite, exact=False))
                note = f"plain rounding: {100 * plain.equal:.2f} %, up to {plain.largest:.0f} steps"
                yield Figure(f"onnx: {name}, int8, equal outputs", 100 * exact.equal, "%", note=note)
                yield Figure(f"onnx: {name}, int8, max difference", exact.largest, "steps", at_most=1)
            yield from _arena(f"{name}, {variant}", bundle.tflite)


def _of_reference_models() -> Iterator[Figure]:
    for path in sorted(MODELS.glob("*_int8.tflite")):
        model = path.read_bytes()
        compiled = compile_model(model, "model")
        inputs = np.random.default_rng(1).integers(-128, 128, (100, *compiled.input.shape)).astype(np.int8)
        theirs = build_native(compiled).invoke_batch(inputs).reshape(100, -1)
        session = onnxruntime.InferenceSession(onnx_model(model), providers=["CPUExecutionProvider"])
        rows = inputs.reshape(100, *compiled.input.shape[1:])
        ours = session.run(None, {"features": rows})[0].reshape(100, -1)
        difference = np.abs(ours.astype(int) - theirs)
        equal = f"{100 * float((difference == 0).mean()):.3f} % equal; random inputs"
        yield Figure(
            f"onnx: {path.stem}, max difference", float(difference.max()), "steps", at_most=1, note=equal
        )
        yield from _arena(path.stem, model)


def _arena(name: str, model: bytes) -> Iterator[Figure]:
    planned, plan = planned_model(model)
    theirs = least_arena_bytes(model)
    note = f"TFLM's own plan: {theirs:,}; tensors {plan.arena_bytes:,}, least possible {plan.lower_bound_bytes:,}"
    yield Figure(f"tflm: {name}, arena", least_arena_bytes(planned), "bytes", at_most=theirs, note=note)
