"""From an uploaded file to a sample: parsed, stored, and only then a row."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from rest_framework.exceptions import ValidationError

from pipelines.ingest import IngestError, IngestOptions, label_of, read_signal
from pipelines.ingest.split import automatic_split
from pipelines.signals import Signal, SignalError
from studio import storage
from studio.data.models import Sample, release_files
from studio.projects.models import Project
from studio.signing.models import HmacKey, UnreadableKeyError
from studio.web.exceptions import Conflict
from studio.web.uploads import HashedUpload

_LONGEST_LABEL = Sample._meta.get_field("label").max_length
_LONGEST_NAME = Sample._meta.get_field("name").max_length


def ingest(project: Project, upload: HashedUpload, fields: dict[str, Any]) -> Sample:
    """Make a sample of an upload. ``fields`` are the checked ones of the upload form.

    Raises:
        ValidationError: the file is none that can be read; it names the field and the cure.
        Conflict: the project has a sample with this very content.
    """
    refuse_duplicate(project, upload.sha256)
    path = fields["path"] or upload.name
    options = IngestOptions(
        sample_rate_hz=fields["sample_rate_hz"],
        hmac_key=_hmac_key(project),
        max_bytes=settings.MAX_UPLOAD_BYTES,
    )
    signal = _read(Path(upload.temporary_file_path()), path, options)
    label = fields["label"] if fields["label"] is not None else label_of(path)[:_LONGEST_LABEL]
    split = fields["split"]
    if split == "auto":
        split = automatic_split(upload.sha256, fields["group"])
    values = np.ascontiguousarray(signal.values, dtype=np.float32)
    row = {
        "name": Path(path).name[:_LONGEST_NAME],
        "original_name": Path(path).name[:255],
        "label": label,
        "split": split,
        "group": fields["group"],
        "metadata": fields["metadata"],
        "sha256": upload.sha256,
        "size_bytes": upload.size,
        "sample_rate_hz": float(signal.sample_rate_hz),
        "duration_ms": signal.duration_ms,
        "channels": list(signal.channels),
        "units": list(signal.units),
        "signal_sha256": hashlib.sha256(values.data if values.size else b"").hexdigest(),
    }
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".npy") as file:
        np.save(file, values, allow_pickle=False)
        file.flush()
        return _keep(project, upload, Path(file.name), row)


def _hmac_key(project: Project) -> bytes | None:
    try:
        return HmacKey.bytes_for(project)
    except UnreadableKeyError:
        raise ValidationError(
            {
                "file": [
                    "the project's HMAC key cannot be read, because the studio's secret key has changed; "
                    "an owner sets it again, or removes it, under Settings"
                ]
            }
        ) from None


def _read(file: Path, name: str, options: IngestOptions) -> Signal:
    try:
        signal = read_signal(file, name, options)
    except IngestError as error:
        raise ValidationError({_form_field(error): [error.message]}) from None
    except SignalError as error:
        raise ValidationError({"file": [str(error)]}) from None
    if not signal.values.size:
        raise ValidationError({"file": ["the file holds no values"]})
    return signal


def _form_field(error: IngestError) -> str:
    """A signature stands in the file; the form has no field of that name."""
    return "file" if error.field in {"", "signature"} else error.field


def _keep(project: Project, upload: HashedUpload, signal_file: Path, row: dict[str, Any]) -> Sample:
    """Store both files, then the row. A failure in between leaves no row and no file of its own."""

    def put_files() -> dict[str, str]:
        folder = storage.project_folder(project.pk, "originals")
        original_key = storage.put(Path(upload.temporary_file_path()), folder, sha256=upload.sha256)
        folder = storage.project_folder(project.pk, "signals")
        return {
            "original_key": original_key,
            "signal_key": storage.put(signal_file, folder, suffix=".npy", sha256=signal_file_sha256),
        }

    signal_file_sha256 = storage.file_sha256(signal_file)
    keys = put_files()  # the slow part, before the lock
    try:
        with transaction.atomic():
            project.lock()
            put_files()  # someone may have deleted the last sample with this content since
            return Sample.objects.create(project=project, **row, **keys)
    except IntegrityError:
        refuse_duplicate(project, upload.sha256)
        raise
    except BaseException:
        release_files(project, keys.values())
        raise


def refuse_duplicate(project: Project, sha256: str) -> None:
    """
    Raises:
        Conflict: the project has this content already; it names the sample.
    """
    existing = Sample.objects.filter(project=project, sha256=sha256).only("id", "name").first()
    if existing is not None:
        raise Conflict(
            {"file": [f"this content is in the project already, as “{existing.name}” ({existing.pk})"]}
        )
