"""Things to send to the studio in tests."""

from __future__ import annotations

import io
import wave

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

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
