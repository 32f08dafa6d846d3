"""What kind of sensor a pipeline listens to: it decides which examples make sense."""

from __future__ import annotations

from typing import Literal

from pipelines.spec import InputSpec

SensorKind = Literal["sound", "motion", "other"]

SOUND_FROM_HZ = 4000
"""One channel at this rate or above is taken for a microphone."""

MOTION_TO_HZ = 1000
"""Three channels (accelerometer) or six (and gyroscope) up to this rate are taken for a motion sensor."""


def sensor_kind(window: InputSpec) -> SensorKind:
    """What the channels and the rate of a pipeline's input look like."""
    if len(window.channels) == 1 and window.sample_rate_hz >= SOUND_FROM_HZ:
        return "sound"
    if len(window.channels) in (3, 6) and window.sample_rate_hz <= MOTION_TO_HZ:
        return "motion"
    return "other"
