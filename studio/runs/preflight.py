"""What would make a run fail, found before it is queued and told by field."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max

from pipelines.blocks import BlockError
from pipelines.spec import PipelineSpec
from pipelines.windows import RATE_TOLERANCE
from studio.data.models import DatasetVersion

Fault = tuple[str, str]


def faults_of_run(spec: PipelineSpec, version: DatasetVersion) -> list[Fault]:
    """``(field, message)`` of each reason why this dataset version cannot teach or judge this pipeline."""
    found = [*_signal_faults(spec, version), *_label_faults(version), *_length_faults(spec, version)]
    return found or list(_learning_faults(spec, version))


def training_labels(version: DatasetVersion) -> set[str]:
    return _labels(version, "training")


def _labels(version: DatasetVersion, split: str) -> set[str]:
    samples = version.samples.filter(split=split)
    found = set(samples.exclude(label="").order_by().values_list("label", flat=True).distinct())
    for spans in samples.exclude(spans=[]).order_by().values_list("spans", flat=True).iterator():
        found.update(span["label"] for span in spans)
    return found


def _signal_faults(spec: PipelineSpec, version: DatasetVersion) -> Iterator[Fault]:
    rate = spec.input.sample_rate_hz
    kinds = list(version.samples.order_by().values_list("sample_rate_hz", "channels").distinct())
    rates = sorted({found for found, _ in kinds if abs(found - rate) > RATE_TOLERANCE * rate})
    if rates:
        told = ", ".join(f"{found:g}" for found in rates[:5])
        yield (
            "spec.input.sample_rate_hz",
            f"the pipeline expects {rate:g} Hz, but there are recordings at {told} Hz; "
            "change the pipeline's sample rate, or leave those recordings out",
        )
    missing = sorted({name for _, channels in kinds for name in spec.input.channels if name not in channels})
    if missing:
        yield (
            "spec.input.channels",
            f"not every recording has the channel {', '.join(missing)}; "
            "choose channels that all have, or leave the others out",
        )


def _label_faults(version: DatasetVersion) -> Iterator[Fault]:
    training, test = _labels(version, "training"), _labels(version, "test")
    if len(training) < 2:
        have = f"only {next(iter(training))!r} is there" if training else "none is there"
        yield (
            "dataset_version",
            f"a classifier needs training recordings of at least two labels; {have}. Add recordings or labels",
        )
    if not version.samples.filter(split="test").exists():
        yield (
            "dataset_version",
            "the test split is empty, so nothing could judge the model; move about a fifth of the recordings to it",
        )
    unknown = sorted(test - training)
    if unknown:
        yield (
            "dataset_version",
            f"the test split has labels that the training split lacks: {', '.join(unknown[:10])}; "
            "add training recordings of them, or split anew",
        )


def _length_faults(spec: PipelineSpec, version: DatasetVersion) -> Iterator[Fault]:
    if spec.input.zero_pad:
        return
    for split in ("training", "test"):
        longest = version.samples.filter(split=split).aggregate(longest=Max("duration_ms"))["longest"]
        if longest is not None and longest < spec.input.window_ms:
            yield (
                "spec.input.window_ms",
                f"no recording of the {split} split is as long as a window of {spec.input.window_ms:g} ms "
                f"(the longest has {longest:g} ms); shorten the window or turn zero_pad on",
            )


def _learning_faults(spec: PipelineSpec, version: DatasetVersion) -> Iterator[Fault]:
    labels = tuple(sorted(training_labels(version)))
    for number, learning in enumerate(spec.learning):
        try:
            learning.build(spec.model_input_shape(learning), labels)
        except BlockError as error:
            yield f"spec.learning.{number}.params", str(error)
