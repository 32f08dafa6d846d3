"""A compiled model as a function of this machine: what the evaluation and the tests run."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.model import CompiledModel
from pipelines.toolchain import DEFAULT_FLAGS, build_shared_library


class NativeModel:
    """A compiled model in a shared library. Calls release the GIL and may run in parallel."""

    def __init__(self, model: CompiledModel, library: Path) -> None:
        self.model = model
        self._invoke_batch = ctypes.CDLL(str(library))[f"{model.name}_invoke_batch"]
        self._invoke_batch.restype = None
        pointer = ctypes.c_void_p
        self._invoke_batch.argtypes = [pointer, ctypes.c_int64, pointer, pointer, ctypes.c_int]

    def invoke_batch(self, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Outputs [batch, *output shape without a leading 1] of inputs [batch, ...], each as the first of all.

        The inputs have the model's own type. Raises `ValueError` for another type
        or size.
        """
        return self._invoke(inputs, resets=True)

    def invoke_sequence(self, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The same, but what the model keeps from one input to the next is reset before the first one only."""
        return self._invoke(inputs, resets=False)

    def _invoke(self, inputs: npt.NDArray[Any], resets: bool) -> npt.NDArray[Any]:
        source = self.model.input
        if inputs.dtype != np.dtype(source.dtype):
            raise ValueError(f"inputs must be {source.dtype}, not {inputs.dtype}")
        batch = inputs.shape[0]
        if inputs.size != batch * source.elements:
            raise ValueError(
                f"each input must have {source.elements} values, not {inputs.size / max(batch, 1):g}"
            )
        contiguous = np.ascontiguousarray(inputs)
        target = self.model.output
        shape = target.shape[1:] if target.shape[:1] == (1,) else target.shape
        outputs = np.empty((batch, *shape), dtype=target.dtype)
        arena = np.empty(self.model.arena_bytes, dtype=np.uint8)
        self._invoke_batch(arena.ctypes.data, batch, contiguous.ctypes.data, outputs.ctypes.data, int(resets))
        return outputs


def build_native(model: CompiledModel) -> NativeModel:
    """Build the model's C for this machine (cached by content) and load it.

    Raises `pipelines.toolchain.ToolchainError` when there is no compiler.
    """
    return build_natives([model])[0]


def build_natives(models: Sequence[CompiledModel], flags: Sequence[str] = DEFAULT_FLAGS) -> list[NativeModel]:
    """Build several models, of different names, into one library; else as `build_native`."""
    sources: dict[str, str] = {}
    for model in models:
        sources |= {**model.files, f"{model.name}_batch.c": _batch_source(model)}
    library = build_shared_library(sources, flags)
    return [NativeModel(model, library) for model in models]


def _batch_source(model: CompiledModel) -> str:
    input_type, output_type = model.input.c_type, model.output.c_type
    name = model.name
    upper = name.upper()
    declaration = (
        f"void {name}_invoke_batch(void *arena, int64_t count, const {input_type} *inputs, {output_type} *outputs, "
        "int resets)"
    )
    reset = (
        f"        if (i == 0 || resets) {{\n            {name}_reset(arena);\n        }}\n"
        if model.state_bytes
        else ""
    )
    return f"""#include <string.h>

#include "{name}.h"

{declaration};

{declaration}
{{
    (void)resets;
    for (int64_t i = 0; i < count; ++i) {{
{reset}        memcpy({name}_input(arena), inputs + i * {upper}_INPUT_SIZE, {upper}_INPUT_SIZE * sizeof *inputs);
        {name}_invoke(arena);
        memcpy(outputs + i * {upper}_OUTPUT_SIZE, {name}_output(arena), {upper}_OUTPUT_SIZE * sizeof *outputs);
    }}
}}
"""
