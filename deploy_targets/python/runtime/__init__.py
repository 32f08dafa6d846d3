"""Raw sensor samples in, decisions out: a pipeline made by Thimble.

One window::

    result = classify(samples)
    print(result.label, result.confidence)

A signal that goes on, as samples come::

    stream = Stream(lambda result: print(result.seconds, result.label))
    stream.push(samples)

Samples are numbers, oldest first, in the units of the recordings that the model was trained on: the numbers of all
channels of one point in time side by side, or rows of ``[time][channel]``. Lists, ``array.array``, NumPy arrays and
whatever else has ``tolist()`` are taken. Every result equals the device's, bit for bit. All functions may be called by
several threads at once; one ``Stream`` by one thread at a time.
"""

from __future__ import annotations

from ._classifier import Classification, Stream, StreamResult, classify
from ._metadata import METADATA, Metadata
from ._recordings import read_recording
from ._samples import Samples

__all__ = [
    "METADATA",
    "Classification",
    "Metadata",
    "Samples",
    "Stream",
    "StreamResult",
    "classify",
    "read_recording",
]
