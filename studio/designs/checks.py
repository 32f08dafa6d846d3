"""What a pipeline would be on a project's data, without running it: shapes, costs, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from pipelines.blocks import BlockError, FeatureBlock, LearningBlock, Picture
from pipelines.signals import FloatArray, Span
from pipelines.signals import Sample as SignalSample
from pipelines.spec import InputSpec, PipelineSpec, SpecError, load_spec
from pipelines.windows import columns_of
from studio import storage
from studio.data.models import Sample
from studio.projects.models import Project

PREVIEW_POINTS = 2000
PREVIEW_PICTURE_VALUES = 200_000
PREVIEW_WINDOW_VALUES = 2_000_000


def check(document: Any, project: Project) -> dict[str, Any]:
    """Shapes, costs and numbers of windows; or only ``errors`` with the field of each."""
    try:
        spec = load_spec(document)
    except SpecError as error:
        return {"errors": error.errors}
    labels = project_labels(project)
    try:
        learning = [
            (part, part.build(spec.model_input_shape(part), labels or ("one", "another")))
            for part in spec.learning
        ]
    except BlockError as error:
        return {"errors": [{"field": "learning.0.params", "message": str(error)}]}
    blocks = spec.feature_blocks()
    return {
        "errors": [],
        "window": {"length": spec.input.window_length, "channels": len(spec.input.channels)},
        "features": [
            {
                "name": part.name,
                "block": part.block,
                "output_shape": blocks[part.name].output_shape,
                "cost": asdict(blocks[part.name].cost),
            }
            for part in spec.features
        ],
        "learning": [
            {
                "name": part.name,
                "block": part.block,
                "input_shape": block.input_shape,
                "output_shape": block.output_shape,
                "cost": asdict(block.cost),
                "layers": [asdict(layer) for layer in _layers(block)],
            }
            for part, block in learning
        ],
        "windows_estimate": windows_estimate(spec.input, project),
    }


def _layers(block: LearningBlock) -> Iterator[Any]:
    """What a network's layers are; other kinds of learning block have none."""
    yield from getattr(block, "plan", ())


def project_labels(project: Project) -> tuple[str, ...]:
    """The labels of the training split, where there are at least two: what a classifier would tell apart."""
    samples = Sample.objects.filter(project=project, split="training").order_by()
    found = set(samples.exclude(label="").values_list("label", flat=True).distinct())
    for spans in samples.exclude(spans=[]).values_list("spans", flat=True).iterator():
        found.update(span["label"] for span in spans)
    return tuple(sorted(found)) if len(found) >= 2 else ()


def windows_estimate(input_spec: InputSpec, project: Project) -> dict[str, int]:
    """How many windows the labelled recordings give, from their lengths."""
    estimate = {"training": 0, "test": 0}
    samples = Sample.objects.filter(project=project).exclude(label="", spans=[])
    rows = samples.order_by().values_list("split", "duration_ms", "sample_rate_hz", "channels")
    for split, duration_ms, sample_rate_hz, channels in rows.iterator():
        if not _fits(input_spec, sample_rate_hz, channels):
            continue
        length = round(duration_ms * sample_rate_hz / 1000)
        if length >= input_spec.window_length:
            estimate[split] += 1 + (length - input_spec.window_length) // input_spec.stride_length
        elif input_spec.zero_pad and length:
            estimate[split] += 1
    return estimate


def _fits(input_spec: InputSpec, sample_rate_hz: float, channels: list[str]) -> bool:
    from pipelines.windows import RATE_TOLERANCE

    close = abs(sample_rate_hz - input_spec.sample_rate_hz) <= RATE_TOLERANCE * input_spec.sample_rate_hz
    return close and all(name in channels for name in input_spec.channels)


class PreviewError(ValueError):
    """That window cannot be shown: ``field`` says what to change."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def preview(spec: PipelineSpec, sample: Sample, start_ms: float) -> dict[str, Any]:
    """One window of a sample and what each feature block makes of it, by the code that the device runs.

    Raises:
        PreviewError: the window is too large to show.
        WindowError: the sample does not fit the pipeline.
    """
    if spec.input.window_length * len(spec.input.channels) > PREVIEW_WINDOW_VALUES:
        raise PreviewError("spec.input.window_ms", "the window is too large to preview; shorten it")
    window, start = _window(spec.input, sample, start_ms)
    return {
        "start_ms": 1000 * start / spec.input.sample_rate_hz,
        "window": _thinned(window, spec.input.sample_rate_hz),
        "features": [_feature(spec, number, block, window) for number, block in enumerate(_built(spec))],
    }


def _built(spec: PipelineSpec) -> list[FeatureBlock]:
    blocks = spec.feature_blocks()
    return [blocks[part.name] for part in spec.features]


def _feature(spec: PipelineSpec, number: int, block: FeatureBlock, window: FloatArray) -> dict[str, Any]:
    part = spec.features[number]
    if block.output_size > PREVIEW_PICTURE_VALUES:
        raise PreviewError(
            f"spec.features.{number}",
            f"{part.name} gives {block.output_size:,} values, too many to draw; shorten the window",
        )
    features = block.extract(window[np.newaxis])[0]
    return {
        "name": part.name,
        "block": part.block,
        "picture": _picture(block.picture(features)),
        "values_count": block.output_size,
    }


def _window(input_spec: InputSpec, sample: Sample, start_ms: float) -> tuple[FloatArray, int]:
    """``float32[length, channels]`` from ``start_ms``, moved back so that it fits, zeros where the sample is shorter."""
    opened = SignalSample(
        id=str(sample.pk),
        name=sample.name,
        label=sample.label,
        split=sample.split,
        signal_path=storage.local_path(sample.signal_key),
        signal_sha256=sample.signal_sha256,
        sample_rate_hz=sample.sample_rate_hz,
        channels=tuple(sample.channels),
        units=tuple(sample.units),
        spans=tuple(Span(**span) for span in sample.spans),
    )
    columns = columns_of(opened, input_spec)
    values = opened.open().values
    start = round(min(start_ms, sample.duration_ms) * input_spec.sample_rate_hz / 1000)
    start = max(0, min(start, len(values) - input_spec.window_length))
    window = np.zeros((input_spec.window_length, len(columns)), dtype=np.float32)
    piece = values[start : start + input_spec.window_length, columns]
    window[: len(piece)] = piece
    return window, start


def _thinned(window: FloatArray, sample_rate_hz: float) -> dict[str, Any]:
    """At most :data:`PREVIEW_POINTS` values a channel for drawing; of each stretch its least and its greatest."""
    length = len(window)
    if length <= PREVIEW_POINTS:
        rows = np.arange(length)
        values = window.T
    else:
        edges = np.linspace(0, length, PREVIEW_POINTS // 2 + 1).astype(np.int64)[:-1]
        low, high = np.minimum.reduceat(window, edges), np.maximum.reduceat(window, edges)
        rows = np.repeat(edges, 2)
        values = np.stack([low, high], axis=1).reshape(-1, window.shape[1]).T
    return {"t_ms": (rows * 1000 / sample_rate_hz).tolist(), "values": _finite(values)}


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "kind": picture.kind,
        "values": _finite(picture.values),
        "series": list(picture.series),
        "x_label": picture.x_label,
        "y_label": picture.y_label,
        "x": [float(place) for place in picture.x],
        "y": [float(place) for place in picture.y],
        "categories": list(picture.categories),
    }


def _finite(values: FloatArray) -> list[list[float]]:
    """JSON has no NaN and no infinity: they are drawn as zero."""
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).tolist()
