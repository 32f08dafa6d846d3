"""Request bodies -> samples: JSON, WAV or CSV, by their content type."""

from __future__ import annotations

import json
from array import array
from typing import Any

from .model import csv_samples, floats_of, wav_samples
from .problems import Problem

JSON = "application/json"
WAV = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")
CSV = ("text/csv", "text/plain")


def samples_of(content: bytes, content_type: str) -> array[float]:
    """The samples in a body.

    Raises:
        Problem: 400 where it is not what its type says, 415 where the type is unknown.
    """
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == JSON:
            return floats_of(_listed(content))
        if kind in WAV:
            return wav_samples(content)
        if kind in CSV:
            return csv_samples(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Problem(400, "the body is no UTF-8 text") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise Problem(400, str(error)) from None
    known = ", ".join((JSON, WAV[0], CSV[0]))
    raise Problem(415, f"the content type {kind or 'is missing'!s} is not known: send {known}")


def _listed(content: bytes) -> Any:
    """``samples`` of a JSON object."""
    try:
        document = json.loads(content, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the body is no JSON: {error}") from None
    if not isinstance(document, dict) or set(document) != {"samples"}:
        raise ValueError('the JSON must be an object with one member, {"samples": [...]}')
    samples = document["samples"]
    if not isinstance(samples, list):
        raise ValueError("samples must be a list of numbers, or of rows of numbers")
    for row in samples:
        for value in row if isinstance(row, list) else [row]:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ValueError(f"samples must be numbers: {json.dumps(value)[:40]} is none")
    return samples


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON: every sample must be a finite number")
