"""Classify windows, and signals that go on."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import _library
from ._metadata import METADATA
from ._samples import Samples, floats_of

_CHANNELS = len(METADATA.channels)
_CLASSES = len(METADATA.labels)


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer to one window.

    Attributes:
        label: the most probable class; None where no probability is a number.
        confidence: its probability.
        probabilities: of each class.
    """

    label: str | None
    confidence: float
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StreamResult:
    """The decision after one window of a stream.

    Attributes:
        label: the class that is most probable in the average of the last windows; None where that is below the
            threshold.
        confidence: the highest of the averages.
        probabilities: of each class, in this window.
        smoothed: of each class, averaged over the last windows.
        end: how many points in time had been pushed when the window ended.
    """

    label: str | None
    confidence: float
    probabilities: tuple[float, ...]
    smoothed: tuple[float, ...]
    end: int

    @property
    def seconds(self) -> float:
        """``end`` as time since the start."""
        return self.end / METADATA.sample_rate_hz


def classify(samples: Samples) -> Classification:
    """Classify one window: ``window_length`` points in time of all channels.

    Raises:
        TypeError: they are no numbers.
        ValueError: there are more or fewer, or one is no finite number.
    """
    values = floats_of(samples)
    expected = METADATA.window_length * _CHANNELS
    if len(values) != expected:
        raise ValueError(
            f"samples: a window has {METADATA.window_length:,} points in time of {_CHANNELS} channel(s), "
            f"{expected:,} numbers; these are {len(values):,}"
        )
    _check_finite(values)
    probabilities = (ctypes.c_float * _CLASSES)()
    answer = _library.classify(_library.new_workspace(), values.buffer_info()[0], probabilities)
    found = tuple(probabilities)
    return Classification(_label(answer), found[answer] if answer >= 0 else 0.0, found)


class Stream:
    """Samples in, as they come; a result each time that a window is complete.

    Args:
        on_result: called with each result, before the push that completed its window returns. What it raises ends
            that push, once all its samples are taken.
    """

    def __init__(self, on_result: Callable[[StreamResult], None]) -> None:
        self._on_result = on_result
        self._raised: BaseException | None = None
        self._workspace = _library.new_workspace()
        self._state = _library.new_continuous()
        # Kept, so that C may call it as long as the stream lives.
        self._callback = _library.ON_RESULT(self._take)
        self.reset()

    def reset(self) -> None:
        """Forget all samples."""
        _library.continuous_start(self._state, self._workspace, self._callback, None)

    def push(self, samples: Samples) -> None:
        """Take the next samples: any number of whole points in time.

        Raises:
            TypeError: they are no numbers.
            ValueError: they are no whole points in time, or one is no finite number; none was taken.
        """
        values = floats_of(samples)
        _check_finite(values)
        _library.continuous_push(self._state, values.buffer_info()[0], len(values) // _CHANNELS)
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised

    def _take(self, _: Any, pointer: Any) -> None:
        """Called by C, through which no exception may go."""
        if self._raised is not None:
            return
        result = pointer.contents
        smoothed = tuple(result.smoothed[:_CLASSES])
        probabilities = tuple(result.probabilities[:_CLASSES])
        try:
            self._on_result(
                StreamResult(_label(result.answer), max(smoothed), probabilities, smoothed, result.end)
            )
        except BaseException as error:
            self._raised = error


def _label(answer: int) -> str | None:
    return METADATA.labels[answer] if answer >= 0 else None


def _check_finite(values: array[float]) -> None:
    place = _library.first_not_finite(values.buffer_info()[0], len(values))
    if place < len(values):
        point, channel = divmod(place, _CHANNELS)
        raise ValueError(
            f"samples: channel {METADATA.channels[channel]} is {values[place]} at point {point}; every sample must "
            "be a finite number"
        )
