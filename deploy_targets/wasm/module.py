"""The pipeline as WebAssembly: the library's own C and what JavaScript calls of it."""

from __future__ import annotations

from pathlib import Path

from deploy_targets.bundle import DeployBundle
from deploy_targets.wasm_build import build_wasm

LIBRARY = "pipeline"
"""The library's name within the module; nobody sees it, so that names of projects cannot disturb it."""

_EXPORTS = (
    "classify",
    "stream_start",
    "stream_push",
    "stream_bytes",
    "samples",
    "probabilities",
    "smoothed",
    "answer",
    "end",
)
_GLUE = Path(__file__).parent / "templates" / "glue.c"


def pipeline_modules(bundle: DeployBundle) -> dict[str, bytes]:
    """``pipeline.wasm`` and ``pipeline-simd.wasm``.

    Raises:
        CompileError: the model cannot become C.
        TargetError: Zig is not installed.
    """
    sources = {**bundle.library(LIBRARY).files, "glue.c": _GLUE.read_text()}
    return {
        "pipeline.wasm": build_wasm(sources, _EXPORTS, simd=False),
        "pipeline-simd.wasm": build_wasm(sources, _EXPORTS, simd=True),
    }
