"""The data types that flow through a pipeline: signals, labelled spans, samples, datasets.

Every stage takes and returns these (and the specs of :mod:`pipelines.spec`); none of
them knows where the bytes are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["training", "test"]
FloatArray = NDArray[np.float32]


class SignalError(ValueError):
    """A signal that cannot be: the message says which field is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Signal:
    """The content of one recording.

    Args:
        values: float32 ``[n, channels]``, time first; may be memory-mapped.
        sample_rate_hz: samples a second, above zero.
        channels: one name a column.
        units: one unit a column, ``""`` where unknown.

    Raises:
        SignalError: shapes, names or rate do not fit together.
    """

    values: FloatArray
    sample_rate_hz: float
    channels: tuple[str, ...]
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise SignalError(f"values: expected [n, channels], got {self.values.ndim} dimensions")
        if self.values.dtype != np.float32:
            raise SignalError(f"values: expected float32, got {self.values.dtype}")
        if self.values.shape[1] != len(self.channels):
            raise SignalError(
                f"channels: {len(self.channels)} names for {self.values.shape[1]} columns; give one name a column"
            )
        if len(set(self.channels)) != len(self.channels):
            raise SignalError("channels: the names must differ from one another")
        if not np.isfinite(self.sample_rate_hz) or self.sample_rate_hz <= 0:
            raise SignalError("sample_rate_hz: must be a number above zero")
        if not self.units:
            object.__setattr__(self, "units", ("",) * len(self.channels))
        elif len(self.units) != len(self.channels):
            raise SignalError(f"units: {len(self.units)} units for {len(self.channels)} channels")

    @property
    def duration_ms(self) -> float:
        """Length in milliseconds: number of rows over the sample rate."""
        return float(1000.0 * self.values.shape[0] / self.sample_rate_hz)


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a recording, ``start_ms <= t < end_ms``."""

    start_ms: float
    end_ms: float
    label: str

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms < self.end_ms:
            raise SignalError(f"span {self.label!r}: start_ms must be at least 0 and below end_ms")


@dataclass(frozen=True, slots=True)
class Sample:
    """One recording with its label and metadata, its values in a ``.npy`` file.

    ``spans``, where there are any, label stretches of the recording and take the
    place of ``label`` there. ``group`` names what must not be torn apart by a split
    (a volunteer, a day, a machine).
    """

    id: str
    name: str
    label: str
    split: Split
    signal_path: Path
    signal_sha256: str
    sample_rate_hz: float
    channels: tuple[str, ...]
    units: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    group: str = ""

    def open(self) -> Signal:
        """The recording, memory-mapped: nothing is read until it is touched."""
        values = np.load(self.signal_path, mmap_mode="r", allow_pickle=False)
        return Signal(values, self.sample_rate_hz, self.channels, self.units)

    def identity(self) -> dict[str, object]:
        """What makes this sample itself, wherever its file lies: the input of hashes."""
        return {
            "name": self.name,
            "label": self.label,
            "split": self.split,
            "signal_sha256": self.signal_sha256,
            "sample_rate_hz": self.sample_rate_hz,
            "channels": list(self.channels),
            "spans": [asdict(span) for span in self.spans],
            "group": self.group,
        }


@dataclass(frozen=True, slots=True)
class Dataset:
    """An immutable list of samples."""

    samples: tuple[Sample, ...]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def __len__(self) -> int:
        return len(self.samples)

    def of_split(self, split: Split) -> Dataset:
        return Dataset(tuple(sample for sample in self.samples if sample.split == split))

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that a sample or a span bears, sorted."""
        found: set[str] = set()
        for sample in self.samples:
            if sample.label:
                found.add(sample.label)
            found.update(span.label for span in sample.spans)
        return tuple(sorted(found))

    def in_canonical_order(self) -> Dataset:
        """The same samples in an order that only their content decides: positions into it can be kept."""
        return Dataset(tuple(sorted(self.samples, key=lambda sample: _canonical(sample.identity()))))

    @property
    def sha256(self) -> str:
        """Hash of the content and labels; the order of the samples does not change it."""
        return hash_json([sample.identity() for sample in self.in_canonical_order()])


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_json(value: object) -> str:
    """SHA-256, in hex, of a JSON value in canonical form (sorted keys, no spaces)."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def store_sample(
    signal: Signal,
    folder: Path,
    *,
    name: str,
    label: str,
    split: Split,
    spans: Iterable[Span] = (),
    group: str = "",
) -> Sample:
    """Write a signal's values into ``folder`` under their own hash and return the sample.

    The file appears whole or not at all; writing the same values twice costs nothing.
    """
    values = np.ascontiguousarray(signal.values)
    digest = hashlib.sha256(values.tobytes()).hexdigest()
    path = folder / f"{digest}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, values, allow_pickle=False)
        partial.replace(path)
    return Sample(
        id=f"{digest[:16]}-{hash_json([name, label, split])[:8]}",
        name=name,
        label=label,
        split=split,
        signal_path=path,
        signal_sha256=digest,
        sample_rate_hz=signal.sample_rate_hz,
        channels=signal.channels,
        units=signal.units,
        spans=tuple(spans),
        group=group,
    )
