"""Compile a `.tflite` model to C99: no interpreter, no malloc, an exact static arena.

The way: bytes -> `reader` -> `Graph` -> `passes` -> `kernels` (each operator becomes a `Step`) -> `schedule` (their
order) -> `streaming` (what runs row by row) -> `memory` and `plan` (offsets in the arena) -> `emit` (a `.c` and a `.h`).
"""

from __future__ import annotations

from pipelines.compile.compiler import compile_model
from pipelines.compile.errors import CompileError, ModelFormatError, UnsupportedOpError
from pipelines.compile.model import CompiledModel, LayerInfo, TensorInfo
from pipelines.compile.options import CompileOptions

__all__ = [
    "CompileError",
    "CompileOptions",
    "CompiledModel",
    "LayerInfo",
    "ModelFormatError",
    "TensorInfo",
    "UnsupportedOpError",
    "compile_model",
]
