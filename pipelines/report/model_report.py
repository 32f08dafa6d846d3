"""All that is to be known of one model on one board: compiled, measured, and compared with TFLite's reference."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.compile import CompiledModel, CompileOptions
from pipelines.compile.explain import Explanation, compile_and_explain
from pipelines.compile.native import build_native
from pipelines.compress.reference import reference_outputs
from pipelines.profile.arm_toolchain import ArmToolchain
from pipelines.profile.boards import Board
from pipelines.profile.cycles.estimate import cycles_are
from pipelines.profile.errors import ProfileError
from pipelines.profile.model_measurement import ModelMeasurement, measure_model
from pipelines.report.comparison import differing_bytes, random_inputs

REFERENCE_RUNS = 100
# Inputs that the emulated core computes too; it takes about a second for 20 million multiply-accumulates.
_CORE_RUNS, _CORE_MACS = 4, 40_000_000


@dataclass(frozen=True, slots=True)
class ModelReport:
    """A model on a board.

    Args:
        compile_seconds: from the bytes of the ``.tflite`` file to C.
        differing_bytes: output bytes unlike TFLite's reference kernels, over ``runs`` random inputs on this machine and
            the first ``core_runs`` of them on the board's emulated core.
    """

    board: Board
    options: CompileOptions
    model: CompiledModel
    explanation: Explanation
    measurement: ModelMeasurement
    compile_seconds: float
    differing_bytes: int
    runs: int
    core_runs: int

    def as_json(self) -> dict[str, Any]:
        """The report as the command prints it with ``--json``."""
        model, measured, board = self.model, self.measurement, self.board
        cycles = measured.cycles
        return {
            "board": board.id,
            "core": board.core,
            "clock_hz": board.clock_hz,
            "toolchain": measured.toolchain,
            "emulator": measured.emulator,
            "optimize": self.options.optimize,
            "ram_limit_bytes": self.options.ram_limit_bytes,
            "weights_in": self.options.weights_in,
            "macs": model.macs,
            "macs_model": self.explanation.macs_model,
            "macs_recomputed": model.recomputed_macs,
            "instructions": measured.instructions,
            "cycles": round(cycles.typical),
            "cycles_low": round(cycles.low),
            "cycles_high": round(cycles.high),
            "cycles_are": cycles_are(board),
            "latency_ms": cycles.typical * 1000 / board.clock_hz,
            "arena_bytes": model.arena_bytes,
            "arena_lower_bound_bytes": model.arena_lower_bound_bytes,
            "state_bytes": model.state_bytes,
            "stack_bytes": measured.stack_bytes,
            "code_bytes": measured.code_bytes,
            "weights_bytes": model.weights_bytes_for(board.dsp, board.mve),
            "differing_bytes": self.differing_bytes,
            "compared_inputs": self.runs,
            "compared_inputs_on_core": self.core_runs,
            "compile_seconds": self.compile_seconds,
            "layers": self._layers(),
            "segments": [asdict(segment) for segment in model.segments],
        }

    def _layers(self) -> list[dict[str, Any]]:
        board, explained = self.board, self.explanation
        return [
            {
                "name": layer.name,
                "op": layer.op,
                "output_shape": list(layer.output_shape),
                "macs": layer.macs,
                "instructions": measured.instructions,
                "cycles": round(measured.total.typical),
                "cycles_low": round(measured.total.low),
                "cycles_high": round(measured.total.high),
                "cycles_without_wait_states": round(measured.core.typical),
                "ram_bytes": live_bytes,
                "scratch_bytes": layer.scratch_bytes,
                "weights_bytes": layer.weights_bytes_for(board.dsp, board.mve),
                "done": list(done),
            }
            for layer, measured, done, live_bytes in zip(
                self.model.layers,
                self.measurement.layers,
                explained.layers,
                explained.live_bytes,
                strict=True,
            )
        ]


def report_model(
    tflite: bytes,
    name: str,
    board: Board,
    options: CompileOptions,
    toolchain: ArmToolchain | None = None,
    optimisation: str | None = None,
    runs: int = REFERENCE_RUNS,
) -> ModelReport:
    """Compile, measure by layer, and compare with the reference over ``runs`` random inputs.

    Args:
        optimisation: the C compiler's; ``-Os`` where the options say ``size``, else the toolchain's own by default.

    Raises:
        CompileError: the bytes are no model that can be compiled, with the reason.
        ProfileError: there is no toolchain or emulator, or the code did not build or run.
        ToolchainError: this machine has no compiler of its own.
    """
    started = time.perf_counter()
    model, explanation = compile_and_explain(tflite, name, options)
    compile_seconds = time.perf_counter() - started
    inputs = random_inputs(model.input, runs)
    core_runs = max(1, min(_CORE_RUNS, runs, _CORE_MACS // max(model.macs, 1)))
    measurement = measure_model(
        model,
        board,
        inputs[:core_runs],
        toolchain,
        optimisation or ("-Os" if options.optimize == "size" else None),
        by_layer=True,
    )
    try:
        theirs = reference_outputs(tflite, inputs)
    except ValueError as error:
        raise ProfileError(str(error), field="model") from None
    native = build_native(model)
    differing = differing_bytes(native.invoke_sequence(inputs), theirs)
    # A model that keeps something is reset before each input on the core.
    expected = theirs[:core_runs] if not model.state_bytes else native.invoke_batch(inputs[:core_runs])
    differing += differing_bytes(measurement.outputs, expected)
    return ModelReport(
        board, options, model, explanation, measurement, compile_seconds, differing, runs, core_runs
    )
