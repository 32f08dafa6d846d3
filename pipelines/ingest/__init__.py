"""Ingest: a file's bytes to a :class:`~pipelines.signals.Signal`, or an error that says what to mend.

One file of this package reads one format and registers itself with :func:`reader`. The format is
chosen by what the file begins with where that is plain, else by its extension.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from pipelines.ingest.labels import label_of
from pipelines.signals import Signal, SignalError

__all__ = ["IngestError", "IngestOptions", "label_of", "read_signal", "reader"]

MAX_VALUES = 60_000_000
"""Most values (rows times channels) of one recording: 240 MB of float32."""
MAX_CHANNELS = 256

_HEAD_BYTES = 4096


class IngestError(ValueError):
    """A file that cannot be read: ``field`` is what to change (``file`` or an option), ``message`` says how."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What the sender says about a file.

    Args:
        sample_rate_hz: rate of a file that does not tell its own; it overrules a time column.
        hmac_key: where given, a signed format must bear a valid signature by this key.
        max_bytes: larger files are refused before they are read.
    """

    sample_rate_hz: float | None = None
    hmac_key: bytes | None = None
    max_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class _Format:
    title: str
    extensions: tuple[str, ...]
    is_certain: Callable[[bytes], bool]
    read: Callable[[Path, IngestOptions], Signal]


_FORMATS: dict[str, _Format] = {}

Read = Callable[[Path, IngestOptions], Signal]


def reader(
    title: str, extensions: tuple[str, ...], is_certain: Callable[[bytes], bool]
) -> Callable[[Read], Read]:
    """Decorator: this function reads a format.

    Args:
        title: what people call the format.
        extensions: lower case, with the dot.
        is_certain: whether a file that begins with these bytes can be nothing else.
    """

    def register(read: Read) -> Read:
        _FORMATS[read.__module__] = _Format(title, extensions, is_certain, read)
        return read

    return register


@cache
def _formats() -> tuple[_Format, ...]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return tuple(_FORMATS[name] for name in sorted(_FORMATS))


def read_signal(path: Path, name: str, options: IngestOptions = IngestOptions()) -> Signal:
    """The recording in a file.

    Args:
        path: the file on this disk.
        name: what its sender calls it; its extension tells the format where its first bytes do not.
        options: what the sender says about it.

    Returns:
        float32 values ``[n, channels]``, ``n >= 1``, all of them finite.

    Raises:
        IngestError: empty, too large, of an unknown format, or not what its format demands.
    """
    size = path.stat().st_size
    if size == 0:
        raise IngestError("file", "the file is empty")
    if size > options.max_bytes:
        raise IngestError(
            "file",
            f"the file has {size / 1e6:,.1f} MB, at most {options.max_bytes / 1e6:,.0f} MB are taken; "
            "cut the recording into shorter ones",
        )
    rate = options.sample_rate_hz
    if rate is not None and not (np.isfinite(rate) and rate > 0):
        raise IngestError("sample_rate_hz", "must be a number above zero")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    chosen = _format_of(head, name)
    try:
        signal = chosen.read(path, options)
    except SignalError as error:
        raise IngestError("file", str(error)) from None
    _check(signal)
    return signal


def _format_of(head: bytes, name: str) -> _Format:
    for known in _formats():
        if known.is_certain(head):
            return known
    extension = Path(name).suffix.lower()
    for known in _formats():
        if extension in known.extensions:
            return known
    readable = ", ".join(f"{known.title} ({', '.join(known.extensions)})" for known in _formats())
    raise IngestError("file", f"files of type {extension or 'unknown'} are not read; send {readable}")


def _check(signal: Signal) -> None:
    """What holds for every format.

    Raises:
        IngestError: no values, or one that is no number.
    """
    rows, columns = signal.values.shape
    if not rows or not columns:
        raise IngestError("file", "the recording has no values")
    finite = np.isfinite(signal.values).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        column = int(np.argmin(np.isfinite(signal.values[row])))
        raise IngestError(
            "file",
            f"row {row + 1:,}, {signal.channels[column]}: the value is not a finite number; "
            "remove the rows with missing values or fill them in",
        )


def check_size(rows: int, channels: int) -> None:
    """Refuse a recording before memory is taken for it.

    Raises:
        IngestError: too many channels or values.
    """
    if channels > MAX_CHANNELS:
        raise IngestError("file", f"{channels:,} channels; at most {MAX_CHANNELS} are taken")
    if rows * channels > MAX_VALUES:
        raise IngestError(
            "file",
            f"{rows * channels:,} values; at most {MAX_VALUES:,} are taken: cut the recording into shorter ones",
        )
