"""Samples -> the documents that are answered."""

from __future__ import annotations

from array import array
from dataclasses import asdict
from typing import Any

from .model import METADATA, Stream, StreamResult, classify, padded
from .problems import Problem


def described() -> dict[str, Any]:
    """What a caller must know of the model."""
    return asdict(METADATA)


def classified(samples: array[float]) -> dict[str, Any]:
    """The answer to one window.

    Raises:
        Problem: 400 where it is no window.
    """
    try:
        result = classify(samples)
    except ValueError as error:
        raise Problem(400, str(error)) from None
    return {
        "label": result.label,
        "confidence": result.confidence,
        "probabilities": _by_label(result.probabilities),
    }


def decided(samples: array[float]) -> dict[str, Any]:
    """The decisions about a recording, window after window.

    Raises:
        Problem: 400 where it is empty, or a sample is no finite number.
    """
    decisions: list[dict[str, Any]] = []

    def keep(result: StreamResult) -> None:
        decisions.append(
            {
                "seconds": result.seconds,
                "label": result.label,
                "confidence": result.confidence,
                "smoothed": _by_label(result.smoothed),
            }
        )

    try:
        Stream(keep).push(padded(samples))
    except ValueError as error:
        raise Problem(400, str(error)) from None
    return {"decisions": decisions}


def _by_label(values: tuple[float, ...]) -> list[dict[str, Any]]:
    """A list, in the order of the labels: any text may be a label, and not any text is a good name of a member."""
    return [
        {"label": label, "probability": value} for label, value in zip(METADATA.labels, values, strict=True)
    ]
