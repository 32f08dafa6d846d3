"""Named extra data in a ``.tflite`` file, the ``metadata`` of its schema.

The old file is kept whole, byte for byte, behind a new root that refers into it: weights keep their alignment, which
packing the tables anew in Python would lose, and nothing that computes is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flatbuffers
import tflite

from pipelines.compile.errors import ModelFormatError
from pipelines.compile.reader import reading

ALIGNMENT_BYTES = 16
"""TFLite's schema asks this of the data of a buffer (``force_align: 16``)."""

_IDENTIFIER = b"TFL3"
_VERSION, _OPERATOR_CODES, _SUBGRAPHS, _DESCRIPTION, _BUFFERS = range(5)
_METADATA, _SIGNATURES = 6, 7
"""Fields of the table ``Model`` in TFLite's ``schema.fbs``."""


def metadata_of(model_file: bytes) -> dict[str, bytes]:
    """The extra data of a ``.tflite`` file by name.

    Raises:
        ModelFormatError: the file is damaged.
    """
    with reading("the metadata"):
        model = tflite.Model.GetRootAs(model_file, 0)
        found = {}
        for index in range(model.MetadataLength()):
            entry = model.Metadata(index)
            data = model.Buffers(entry.Buffer())
            found[_name(entry)] = data.DataAsNumpy().tobytes() if data.DataLength() else b""
        return found


def with_metadata(model_file: bytes, entries: Mapping[str, bytes]) -> bytes:
    """The same model with these entries; those of the same name that it had are gone from its list.

    Raises:
        ModelFormatError: the file is damaged or no model.
    """
    if len(model_file) < 16 or model_file[4:8] != _IDENTIFIER:
        raise ModelFormatError("this is not a .tflite model: the identifier TFL3 is missing at byte 4")
    with reading("the model"):
        return _Extended(model_file).with_entries(entries)


def _name(entry: Any) -> str:
    return bytes(entry.Name() or b"").decode("utf-8", "replace")


class _Extended:
    """A flatbuffer, built from its end as all are, whose end is the old file."""

    def __init__(self, old: bytes) -> None:
        self._model = tflite.Model.GetRootAs(old, 0)
        self._table = self._model._tab
        self._builder = flatbuffers.Builder(len(old) + 1024)
        padded = old + bytes(-len(old) % ALIGNMENT_BYTES)
        self._builder.StartVector(1, len(padded), ALIGNMENT_BYTES)
        self._place(padded)
        self._end_of_old = self._builder.Offset()
        self._builder.EndVector()

    def with_entries(self, entries: Mapping[str, bytes]) -> bytes:
        builder = self._builder
        buffers = [self._old(position) for position in self._elements(_BUFFERS)]
        metadata = [
            self._old(position)
            for index, position in enumerate(self._elements(_METADATA))
            if _name(self._model.Metadata(index)) not in entries
        ]
        for name, data in sorted(entries.items()):
            metadata.append(self._entry(name, len(buffers)))
            buffers.append(self._buffer(data))
        buffers_vector = self._vector(buffers)
        metadata_vector = self._vector(metadata)
        tflite.ModelStart(builder)
        tflite.ModelAddVersion(builder, self._model.Version())
        for field in (_OPERATOR_CODES, _SUBGRAPHS, _DESCRIPTION, _SIGNATURES):
            position = self._field(field)
            if position:
                builder.PrependUOffsetTRelativeSlot(field, self._old(position), 0)
        tflite.ModelAddBuffers(builder, buffers_vector)
        tflite.ModelAddMetadata(builder, metadata_vector)
        builder.Finish(tflite.ModelEnd(builder), file_identifier=_IDENTIFIER)
        return bytes(builder.Output())

    def _old(self, position: int) -> int:
        """What the builder calls a place in the old file: its distance from the end."""
        return int(self._end_of_old - position)

    def _field(self, field: int) -> int:
        """Where the content of a field of the old root lies; 0 where it has none."""
        offset = self._table.Offset(4 + 2 * field)
        return int(self._table.Indirect(self._table.Pos + offset)) if offset else 0

    def _elements(self, field: int) -> list[int]:
        """Where the tables of a vector of the old root lie."""
        vector = self._field(field)
        if not vector:
            return []
        count = self._table.VectorLen(self._table.Offset(4 + 2 * field))
        return [int(self._table.Indirect(vector + 4 + 4 * index)) for index in range(count)]

    def _entry(self, name: str, buffer: int) -> int:
        text = self._builder.CreateString(name)
        tflite.MetadataStart(self._builder)
        tflite.MetadataAddName(self._builder, text)
        tflite.MetadataAddBuffer(self._builder, buffer)
        return int(tflite.MetadataEnd(self._builder))

    def _buffer(self, data: bytes) -> int:
        self._builder.StartVector(1, len(data), ALIGNMENT_BYTES)
        self._place(data)
        vector = self._builder.EndVector()
        tflite.BufferStart(self._builder)
        tflite.BufferAddData(self._builder, vector)
        return int(tflite.BufferEnd(self._builder))

    def _place(self, data: bytes) -> None:
        self._builder.head -= len(data)
        self._builder.Bytes[self._builder.head : self._builder.head + len(data)] = data

    def _vector(self, offsets: list[int]) -> int:
        self._builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self._builder.PrependUOffsetTRelative(offset)
        return int(self._builder.EndVector())
