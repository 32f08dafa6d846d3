"""A label from a file's name or folder."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_NOT_A_LABEL = frozenset(
    [
        "audio",
        "csv",
        "data",
        "dataset",
        "datasets",
        "files",
        "json",
        "recordings",
        "samples",
        "test",
        "testing",
        "train",
        "training",
        "validation",
        "wav",
    ]
)
_LONGEST = 100


def label_of(path: str) -> str:
    """The label that a file's name, or its path in a dropped folder, stands for; ``""`` for none.

    1. The nearest folder, passing over those that only sort files (training, test, data, wav, ...):
       ``gestures/wave/03.csv`` is ``wave``.
    2. A name of three parts or more between dots: its first part. ``turn_left.0001.wav`` is ``turn_left``.
    3. Else what stands before the first underscore or space, without a number at its end:
       ``up_01.wav``, ``up01.wav`` and ``up-01.wav`` are ``up``, ``7_george_12.wav`` is ``7``.
    """
    place = PurePosixPath(path.replace("\\", "/"))
    for folder in reversed(place.parts[:-1]):
        if folder.strip("./ ") and folder.lower() not in _NOT_A_LABEL:
            return folder.strip()[:_LONGEST]
    parts = place.name.split(".")
    if len(parts) > 2 and parts[0].strip():
        return parts[0].strip()[:_LONGEST]
    first = re.split(r"[_\s]", parts[0].strip(), maxsplit=1)[0]
    if first.isdigit():
        return first[:_LONGEST]
    return re.sub(r"[-\d]+$", "", first)[:_LONGEST]
