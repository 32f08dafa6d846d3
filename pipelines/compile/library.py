"""Compose the C library of a pipeline: raw samples in, probabilities out.

The library is the feature blocks' C, normalisation, the compiled model and the decision, behind one documented
header. What the model was trained on is computed by the same C; see :mod:`pipelines.blocks`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.compile.c_names import checked_identifier, comment_text, string_literal
from pipelines.compile.c_text import c_number
from pipelines.compile.continuous import Continuous
from pipelines.compile.errors import CompileError
from pipelines.compile.fill import filled
from pipelines.compile.library_features import feature_parts, features_files
from pipelines.compile.model import CompiledModel
from pipelines.signals import FloatArray
from pipelines.spec import PipelineSpec

_ALIGNMENT_BYTES = 8


class Scaler(Protocol):
    """Normalisation of features: ``x -> (x - mean) * scale`` along their last axis."""

    @property
    def mean(self) -> FloatArray: ...

    @property
    def scale(self) -> FloatArray: ...


@dataclass(frozen=True, slots=True)
class Library:
    """A pipeline as C source.

    Args:
        name: begins the name of every function, type and macro of the library, and of its header.
        files: file name -> text, all in one folder; every ``.c`` is to be compiled.
        labels: the classes, in the order of the probabilities.
        variant: type of the model's numbers, ``float32`` or ``int8``.
        window_length, channels: shape of one window.
        features: how many feature values a window has.
        workspace_bytes: size of ``{name}_workspace``, the only memory beside the stack that a call writes.
        decision_bytes: size of ``{name}_decision``.
        continuous_bytes: what ``{name}_continuous`` keeps of the signal: samples and frames of features.
    """

    name: str
    files: dict[str, str]
    labels: tuple[str, ...]
    variant: str
    window_length: int
    channels: tuple[str, ...]
    features: int
    workspace_bytes: int
    decision_bytes: int
    continuous_bytes: int

    @property
    def window_floats(self) -> int:
        return self.window_length * len(self.channels)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where what lies in the workspace, in bytes.

    First the features and a block's scratch live; then the model's arena, from byte 0 on, takes their place. The
    features begin where the model's input does and are turned into it one by one from the first to the last: a
    feature has four bytes and a number of the input has no more, so that none is overwritten before it was read.
    """

    features: int
    scratch: int
    total: int


def build_library(
    spec: PipelineSpec, scaler: Scaler, model: CompiledModel, labels: Sequence[str], name: str = "thimble"
) -> Library:
    """Compose the library of one variant of a pipeline's model.

    Args:
        spec: the pipeline.
        scaler: normalisation of what the learning block is given.
        model: the compiled network; its name must differ from ``name``.
        labels: the classes, one for each of the model's outputs. Any text.
        name: a lower-case C identifier.

    Raises:
        CompileError: the name is unfit, or features, scaler, model and labels do not fit together.
    """
    checked_identifier(name)
    if model.name in (name, f"{name}_features", f"{name}_continuous"):
        raise CompileError(f"name: the model's own files are called {model.name!r}; choose another name")
    parts = feature_parts(spec)
    features = sum(part.size for part in parts)
    columns = spec.model_input_shape(spec.learning[0])[-1]
    _check_fit(model, scaler, labels, features, columns)
    layout = _layout(model, features, max(part.c.scratch_floats for part in parts))
    continuous = Continuous(name, spec.input, parts)
    values = _values(spec, scaler, model, labels, name, features, layout)
    files = {
        f"{name}.h": filled("library.h", values),
        f"{name}.c": filled("library.c", values),
        **continuous.files(),
        **features_files(name, parts, layout.features // 4, layout.scratch // 4),
        **model.files,
    }
    return Library(
        name=name,
        files=files,
        labels=tuple(labels),
        variant=model.input.dtype,
        window_length=spec.input.window_length,
        channels=spec.input.channels,
        features=features,
        workspace_bytes=layout.total,
        decision_bytes=4 * (spec.postprocess.smooth_windows * len(labels) + 2),
        continuous_bytes=continuous.kept_bytes,
    )


def _check_fit(
    model: CompiledModel, scaler: Scaler, labels: Sequence[str], features: int, columns: int
) -> None:
    if model.input.elements != features:
        raise CompileError(f"the model takes {model.input.elements} values, the features are {features}")
    if model.input.dtype != model.output.dtype:
        raise CompileError(
            f"the model takes {model.input.dtype} and gives {model.output.dtype}; both must be equal"
        )
    if model.input.dtype == "int16":
        raise CompileError("the model takes int16; the library feeds int8 or float32 models")
    if model.output.elements != len(labels):
        raise CompileError(f"labels: the model has {model.output.elements} outputs for {len(labels)} labels")
    for name, values in (("mean", scaler.mean), ("scale", scaler.scale)):
        if values.size != columns:
            raise CompileError(f"scaler: {name} has {values.size} values, the features' last axis {columns}")
        if not np.isfinite(np.asarray(values, np.float32)).all():
            raise CompileError(f"scaler: {name} holds a value that is no finite float32 number")


def _layout(model: CompiledModel, features: int, scratch_floats: int) -> _Layout:
    start = model.input_offset_bytes
    end = start + 4 * features
    fits_below = 4 * scratch_floats <= start
    used = end if fits_below else end + 4 * scratch_floats
    return _Layout(start, 0 if fits_below else end, _aligned(max(used, model.arena_bytes)))


def _aligned(size_bytes: int) -> int:
    return math.ceil(size_bytes / _ALIGNMENT_BYTES) * _ALIGNMENT_BYTES


def _values(
    spec: PipelineSpec,
    scaler: Scaler,
    model: CompiledModel,
    labels: Sequence[str],
    name: str,
    features: int,
    layout: _Layout,
) -> dict[str, str]:
    window = spec.input
    return {
        "name": name,
        "NAME": name.upper(),
        "window_length": str(window.window_length),
        "stride_length": str(window.stride_length),
        "channel_count": str(len(window.channels)),
        "window_ms": f"{window.window_ms:g}",
        "sample_rate_hz": f"{window.sample_rate_hz:g}",
        "sample_rate": f"{np.float32(window.sample_rate_hz)!s}f",
        "channel_lines": _numbered_comment(window.channels),
        "label_lines": _numbered_comment(labels),
        "class_count": str(len(labels)),
        "feature_count": str(features),
        "smooth_windows": str(spec.postprocess.smooth_windows),
        "threshold": f"{np.float32(spec.postprocess.threshold)!s}f",
        "workspace_bytes": str(layout.total),
        "model": model.name,
        "labels": "".join(f"    {string_literal(label)},\n" for label in labels),
        "columns": str(scaler.mean.size),
        "mean": _array(scaler.mean),
        "scale": _array(scaler.scale),
        "infer": _infer(name, model),
    }


def _infer(name: str, model: CompiledModel) -> str:
    """Normalisation, conversion to the model's numbers, the model, and conversion back."""
    values = {
        "name": name,
        "NAME": name.upper(),
        "model": model.name,
        "MODEL": model.name.upper(),
        # Each window is judged by itself.
        "reset": f"    {model.name}_reset(workspace);\n" if model.state_bytes else "",
    }
    return filled(f"infer_{model.input.dtype}.c", values)


def _numbered_comment(names: Sequence[str]) -> str:
    return "".join(f" *   {number}: {comment_text(name)}\n" for number, name in enumerate(names))


def _array(values: NDArray[np.float32]) -> str:
    texts = [c_number(float(value)) for value in values.ravel()]
    lines = [", ".join(texts[start : start + 8]) for start in range(0, len(texts), 8)]
    return "".join(f"    {line},\n" for line in lines)
