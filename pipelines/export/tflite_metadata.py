"""A ``.tflite`` file that says what it is: TensorFlow Lite Metadata, labels packed into the file.

A flatbuffer under the name ``TFLITE_METADATA`` describes input and output, and the files that it names are appended to
the model as a zip; a flatbuffer is read from its front and a zip from its end, so that the file is both.

Source: https://ai.google.dev/edge/litert/models/metadata and ``metadata_schema.fbs`` of tflite-support, version 1.1.0,
whose tables and field numbers stand below.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import flatbuffers
import numpy as np

from pipelines.export.model_file import with_metadata
from pipelines.signals import FloatArray

METADATA_NAME = "TFLITE_METADATA"
LABELS_FILE = "labels.txt"

_IDENTIFIER = b"M001"
_MIN_PARSER_VERSION = "1.0.0"
_TIME = (1980, 1, 1, 0, 0, 0)

_DESCRIPTIONS, _AXIS_LABELS = 1, 2
"""AssociatedFileType"""
_FEATURES = 1
"""ContentProperties"""
_NORMALISATION, _THRESHOLD = 1, 3
"""ProcessUnitOptions"""

# Fields of a table in their order: what each needs to be added to the builder.
_Field = Callable[[flatbuffers.Builder, int], None]


@dataclass(frozen=True, slots=True)
class Description:
    """What the metadata of a classifier say.

    Args:
        name, text: of the model; any text.
        input_text, output_text: what goes in and what comes out.
        mean, scale: normalisation of the input, ``(x - mean) * scale`` along its last axis.
        labels: the classes, in the order of the output. Any text.
        threshold: a probability below it is no answer.
        files: more files to pack, by name.
    """

    name: str
    text: str
    input_text: str
    output_text: str
    mean: FloatArray
    scale: FloatArray
    labels: tuple[str, ...]
    threshold: float
    files: Mapping[str, bytes] = field(default_factory=dict)


def labels_text(labels: Sequence[str]) -> bytes:
    """One class a line, UTF-8; what would break a line becomes a space."""
    lines = []
    for number, label in enumerate(labels):
        printable = "".join(character if character.isprintable() else " " for character in label)
        lines.append(printable.strip() or f"class {number}")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def described_model(model_file: bytes, description: Description) -> bytes:
    """The same model, with its description and files.

    Raises:
        ModelFormatError: the file is no ``.tflite`` model.
    """
    whole = with_metadata(model_file, {METADATA_NAME: metadata_flatbuffer(description)})
    return _with_files(whole, {LABELS_FILE: labels_text(description.labels), **description.files})


def metadata_flatbuffer(description: Description) -> bytes:
    """The table ``ModelMetadata``."""
    builder = flatbuffers.Builder(1024)
    files = [
        _associated_file(builder, name, "How the input is made", _DESCRIPTIONS)
        for name in sorted(description.files)
    ]
    subgraph = _table(
        builder,
        {
            2: _tables(builder, [_input(builder, description)]),
            3: _tables(builder, [_output(builder, description)]),
        },
        fields=7,
    )
    root = _table(
        builder,
        {
            0: _text(builder, description.name),
            1: _text(builder, description.text),
            3: _tables(builder, [subgraph]),
            6: _tables(builder, files) if files else None,
            7: _text(builder, _MIN_PARSER_VERSION),
        },
        fields=8,
    )
    builder.Finish(root, file_identifier=_IDENTIFIER)
    return bytes(builder.Output())


def _input(builder: flatbuffers.Builder, description: Description) -> int:
    options = _table(
        builder,
        {0: _floats(builder, description.mean), 1: _floats(builder, deviation(description.scale))},
        fields=2,
    )
    return _tensor(builder, "features", description.input_text, _unit(builder, _NORMALISATION, options))


def _output(builder: flatbuffers.Builder, description: Description) -> int:
    labels = _associated_file(builder, LABELS_FILE, "One class a line", _AXIS_LABELS)
    threshold = float(np.float32(description.threshold))
    options = _table(builder, {0: lambda b, slot: b.PrependFloat32Slot(slot, threshold, 0.0)}, fields=1)
    unit = _unit(builder, _THRESHOLD, options)
    return _tensor(builder, "probability", description.output_text, unit, _tables(builder, [labels]))


def deviation(scale: FloatArray) -> FloatArray:
    """What the format divides by, where ours multiplies; a scale of 0 becomes the largest float32 number."""
    largest = np.finfo(np.float32).max
    divisor = np.divide(1.0, scale, out=np.full(scale.shape, largest, np.float64), where=scale != 0)
    return np.minimum(divisor, largest).astype(np.float32)


def _tensor(
    builder: flatbuffers.Builder, name: str, text: str, unit: int, associated_files: _Field | None = None
) -> int:
    content = _table(
        builder,
        {0: lambda b, slot: b.PrependUint8Slot(slot, _FEATURES, 0), 1: _reference(_table(builder, {}, 0))},
        fields=3,
    )
    return _table(
        builder,
        {
            0: _text(builder, name),
            1: _text(builder, text),
            3: _reference(content),
            4: _tables(builder, [unit]),
            6: associated_files,
        },
        fields=7,
    )


def _unit(builder: flatbuffers.Builder, kind: int, options: int) -> int:
    """The table ``ProcessUnit``: a union takes two fields, its type and its table."""
    return _table(
        builder,
        {0: lambda b, slot: b.PrependUint8Slot(slot, kind, 0), 1: _reference(options)},
        fields=2,
    )


def _associated_file(builder: flatbuffers.Builder, name: str, text: str, kind: int) -> int:
    return _table(
        builder,
        {
            0: _text(builder, name),
            1: _text(builder, text),
            2: lambda b, slot: b.PrependInt8Slot(slot, kind, 0),
        },
        fields=4,
    )


def _table(builder: flatbuffers.Builder, values: Mapping[int, _Field | None], fields: int) -> int:
    builder.StartObject(fields)
    for slot, add in values.items():
        if add is not None:
            add(builder, slot)
    return int(builder.EndObject())


def _reference(offset: int) -> _Field:
    return lambda builder, slot: builder.PrependUOffsetTRelativeSlot(slot, offset, 0)


def _text(builder: flatbuffers.Builder, text: str) -> _Field:
    return _reference(builder.CreateString(text, "utf-8", "replace"))


def _floats(builder: flatbuffers.Builder, values: FloatArray) -> _Field:
    return _reference(builder.CreateNumpyVector(np.ascontiguousarray(values.ravel(), np.float32)))


def _tables(builder: flatbuffers.Builder, offsets: Sequence[int]) -> _Field:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return _reference(builder.EndVector())


def _with_files(model_file: bytes, files: Mapping[str, bytes]) -> bytes:
    """The model with a zip behind it; stored as they are, which is all that the readers of this format take."""
    whole = io.BytesIO()
    whole.write(model_file)
    with zipfile.ZipFile(whole, "a") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=_TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_STORED)
    return whole.getvalue()
