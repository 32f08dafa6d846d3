"""The compiled int8 models beside TFLite Micro with CMSIS-NN: ``make bench-compiler``.

Ours is measured as ``manage.py compile`` does: `balanced` built at -O3 and `size` at -Os for the Cortex-M4F of the board
that MLPerf Tiny's figures are from, and `balanced` for the Cortex-M55, all with the machine's own Arm compiler.
"""

from __future__ import annotations

import time
import unittest
from collections.abc import Iterable
from typing import Any

from pipelines.compile import CompileOptions, compile_model
from pipelines.profile.boards import board_of
from pipelines.profile.model_measurement import ModelMeasurement, measure_model
from pipelines.profile.qemu import find_qemu
from pipelines.report.comparison import random_inputs
from pipelines.report.model_report import ModelReport, report_model
from pipelines.report.model_table import aligned
from tests.bench.compiler_baseline import (
    BASELINES,
    CODE_BYTES_SIZE,
    COMPILE_SECONDS_KWS,
    PROMISES,
    Baseline,
    Promise,
)
from tests.bench.figure import Figure
from tests.pipelines.compile.test_compile_reference_models import MODELS

BOARD, BOARD_M55 = "stm32l4r5", "cortex-m55"
HEADS = ("figure", "ours", "TFLite Micro", "ratio", "at most", "")


def figures() -> Iterable[Figure]:
    """Every figure of the table, with its layers where it has some; the table itself is printed at the end."""
    if not MODELS.exists():
        raise unittest.SkipTest(f"the reference models are absent: {MODELS}")
    rows: list[tuple[str, ...]] = []
    for name, baseline in BASELINES.items():
        path = MODELS / f"{name}.tflite"
        if not path.exists():
            continue
        tflite = path.read_bytes()
        report = report_model(tflite, name, board_of(BOARD), CompileOptions())
        in_ram = _measured(tflite, name, BOARD, CompileOptions(weights_in="ram"))
        small = _measured(tflite, name, BOARD, CompileOptions("size"), "-Os")
        m55 = _measured(tflite, name, BOARD_M55, CompileOptions()) if find_qemu() else None
        print(_layer_table(name, report.as_json()))
        seconds = _compile_seconds(tflite, name)
        for figure, theirs in _figures_of(name, report, in_ram, small, m55, seconds, baseline):
            yield figure
            rows.append(_row(figure, theirs))
    print("\n".join(["", *aligned([HEADS, *rows], left=(0, 5))]))


def _figures_of(
    name: str,
    report: ModelReport,
    in_ram: ModelMeasurement,
    small: ModelMeasurement,
    m55: ModelMeasurement | None,
    seconds: float,
    baseline: Baseline,
) -> Iterable[tuple[Figure, float | None]]:
    """Each figure, and the baseline's."""
    promise: Promise = PROMISES[name]
    found = report.as_json()
    band = f"{found['cycles_low'] / 1e6:.3g} to {found['cycles_high'] / 1e6:.3g} M, estimated"
    yield (
        Figure(
            f"{name}: instructions",
            found["instructions"],
            "instructions",
            at_most=promise.instructions,
            detail=found["layers"],
        ),
        baseline.instructions,
    )
    yield (
        Figure(f"{name}: cycles", found["cycles"], "cycles", at_most=baseline.published_cycles, note=band),
        baseline.published_cycles,
    )
    yield (
        Figure(
            f"{name}: cycles, weights in RAM",
            round(in_ram.cycles.typical),
            "cycles",
            at_most=baseline.published_cycles,
            note=f"{in_ram.cycles.low / 1e6:.3g} to {in_ram.cycles.high / 1e6:.3g} M, estimated",
        ),
        baseline.published_cycles,
    )
    if m55 is not None:
        yield (
            Figure(
                f"{name}: instructions, Cortex-M55",
                m55.instructions,
                "instructions",
                at_most=promise.instructions_m55,
                detail=[layer.instructions for layer in m55.layers],
            ),
            baseline.instructions_m55,
        )
    bound = f"lower bound {found['arena_lower_bound_bytes']:,}"
    yield (
        Figure(f"{name}: arena", found["arena_bytes"], "bytes", at_most=promise.arena_bytes, note=bound),
        baseline.arena_bytes,
    )
    yield (
        Figure(f"{name}: code", found["code_bytes"], "bytes", at_most=promise.code_bytes),
        baseline.code_bytes,
    )
    yield (
        Figure(
            f"{name}: instructions, size",
            small.instructions,
            "instructions",
            at_most=baseline.instructions_os,
        ),
        baseline.instructions_os,
    )
    yield (
        Figure(f"{name}: code, size", small.code_bytes, "bytes", at_most=CODE_BYTES_SIZE),
        baseline.code_bytes_os,
    )
    yield Figure(f"{name}: weights", found["weights_bytes"], "bytes"), None
    macs = f"{found['macs']:,} of {found['macs_model']:,} MACs run"
    yield (
        Figure(f"{name}: differing bytes", found["differing_bytes"], "bytes", at_most=0, note=macs),
        None,
    )
    limit = COMPILE_SECONDS_KWS if name == "kws_int8" else None
    yield Figure(f"{name}: .tflite to C", seconds, "s", at_most=limit), None


def _measured(
    tflite: bytes, name: str, board: str, options: CompileOptions, optimisation: str | None = None
) -> ModelMeasurement:
    compiled = compile_model(tflite, name, options)
    inputs = random_inputs(compiled.input, 1)
    return measure_model(
        compiled, board_of(board), inputs, optimisation=optimisation, by_layer=board == BOARD_M55
    )


def _compile_seconds(tflite: bytes, name: str) -> float:
    started = time.perf_counter()
    compile_model(tflite, name)
    return time.perf_counter() - started


def _row(figure: Figure, theirs: float | None) -> tuple[str, ...]:
    ratio = f"{figure.value / theirs:.2f}" if theirs else ""
    limit = "" if figure.at_most is None else _number(figure.at_most)
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    return figure.name, _number(figure.value), _number(theirs), ratio, limit, f"{verdict}  {figure.note}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) and value < 100 and value % 1 else f"{value:,.0f}"


def _layer_table(name: str, found: dict[str, Any]) -> str:
    heads = ("", name, "MACs", "instructions", "a MAC", "cycles", "at 0 wait states", "done")
    rows = [
        (
            str(index),
            f"{layer['op']} {'x'.join(map(str, layer['output_shape']))}",
            f"{layer['macs']:,}",
            f"{layer['instructions']:,}",
            f"{layer['instructions'] / layer['macs']:.2f}" if layer["macs"] else "",
            f"{layer['cycles']:,}",
            f"{layer['cycles_without_wait_states']:,}",
            ", ".join(layer["done"]),
        )
        for index, layer in enumerate(found["layers"])
    ]
    return "\n".join(["", *aligned([heads, *rows], left=(1, 7)), ""])
