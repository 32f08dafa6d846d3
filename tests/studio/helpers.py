"""Things to send to the studio in tests."""

from __future__ import annotations

import hashlib
import io
import wave

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

from studio.web.uploads import HashedUpload

PASSWORD = "correct horse battery"


def wav_file(
    seed: int = 0, *, seconds: float = 0.5, sample_rate_hz: int = 8000, name: str = ""
) -> SimpleUploadedFile:
    """A mono WAV file whose content depends on the seed alone."""
    values = np.random.default_rng(seed).integers(
        -8000, 8000, round(seconds * sample_rate_hz), dtype=np.int16
    )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate_hz)
        file.writeframes(values.tobytes())
    return SimpleUploadedFile(name or f"yes.{seed:04d}.wav", buffer.getvalue(), "audio/wav")


def hashed_upload(file: SimpleUploadedFile) -> HashedUpload:
    """The file as it is once it has been received."""
    content = file.read()
    upload = HashedUpload(file.name, file.content_type, len(content), None)
    upload.write(content)
    upload.flush()
    upload.sha256 = hashlib.sha256(content).hexdigest()
    return upload
