"""What comes before and behind the network, as WebAssembly: the features, their normalisation and the decision.

It is the firmware's own C, so that the network is given in the page what it was trained on, bit for bit.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from deploy_targets.bundle import DeployBundle
from deploy_targets.wasm_build import build_wasm
from pipelines.compile.c_text import c_number
from pipelines.signals import FloatArray

LIBRARY = "pipeline"
"""The library's name within the module; nobody sees it, so that names of projects cannot disturb it."""

_EXPORTS = ("extract", "decision_start", "decide", "samples", "features", "probabilities", "smoothed")
_GLUE = Path(__file__).parent / "templates" / "glue.c"


def features_module(bundle: DeployBundle) -> bytes:
    """``features.wasm``. The network's C is compiled with it and left out by the linker: nothing calls it.

    Raises:
        CompileError: the pipeline cannot become C.
        TargetError: Zig is not installed.
    """
    scaler = bundle.scaler
    glue = Template(_GLUE.read_text()).substitute(
        columns=str(scaler.mean.size), mean=_initialisers(scaler.mean), scale=_initialisers(scaler.scale)
    )
    return build_wasm({**bundle.library(LIBRARY).files, "glue.c": glue}, _EXPORTS, simd=False)


def _initialisers(values: FloatArray) -> str:
    texts = [c_number(float(value)) for value in values.ravel()]
    return "".join(f"    {', '.join(texts[start : start + 8])},\n" for start in range(0, len(texts), 8))
