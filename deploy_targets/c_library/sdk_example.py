"""The example of a software kit: a main file, and the file of the sensor that the pipeline listens to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from deploy_targets.c_library.sensors import SensorKind, sensor_kind
from pipelines.compile.library import Library
from pipelines.spec import InputSpec

_BLOCK_MS = 20


def example_files(
    templates: Path, library: Library, window: InputSpec, per_kind: Mapping[SensorKind, Mapping[str, str]]
) -> dict[str, str]:
    """``main.c``, ``sensor.h`` and ``sensor.c`` from a kit's templates.

    Args:
        templates: holds ``main.c``, ``sensor.h`` and ``sensor_sound.c``, ``sensor_motion.c``, ``sensor_other.c``.
        per_kind: what a kit's templates say otherwise for each kind of sensor.
    """
    kind = sensor_kind(window)
    is_sound = kind == "sound"
    values = {
        "name": library.name,
        "NAME": library.name.upper(),
        "type": "int16_t" if is_sound else "float",
        "push": f"{library.name}_continuous_push{'_int16' if is_sound else ''}",
        "block": str(max(1, round(window.sample_rate_hz * _BLOCK_MS / 1000))) if is_sound else "1",
        "stride_ms": f"{window.stride_ms:g}",
        "has_gyroscope": "1" if len(window.channels) == 6 else "0",
        **per_kind[kind],
    }
    names = {"main.c": "main.c", "sensor.h": "sensor.h", "sensor.c": f"sensor_{kind}.c"}
    return {
        name: Template((templates / template).read_text()).substitute(values)
        for name, template in names.items()
    }
