"""Programs for Arduino's API that classify what a board's sensor reads, chosen by what the pipeline listens to.

The Arduino target gives them as sketches, the PlatformIO target as main files.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from deploy_targets.c_library.sensors import sensor_kind
from pipelines.compile.library import Library
from pipelines.spec import InputSpec

_TEMPLATES = Path(__file__).parent / "templates" / "sketches"
_MICROPHONE_HZ = 16_000
"""What the driver of the Nano 33 BLE Sense's microphone offers; lower rates are whole parts of it."""
_BUFFER_SAMPLES = 4096
_GAIN_BITS = 2
_ADC_PINS = 8

_GYROSCOPE = {
    "and_degrees": " and in degrees a second",
    "degree_units": "static const float UNITS_PER_DEGREE = 1.0f;\n",
    "degree_steps": "static const float STEPS_PER_DEGREE = 65.5f;\n",
    "gyroscope_variables": "    static float pitch, roll, yaw;\n",
    "gyroscope_read": """    if (IMU.gyroscopeAvailable()) {
        IMU.readGyroscope(pitch, roll, yaw);
    }
    sample[3] = pitch * UNITS_PER_DEGREE;
    sample[4] = roll * UNITS_PER_DEGREE;
    sample[5] = yaw * UNITS_PER_DEGREE;
""",
    "mpu_gyroscope": """    for (int axis = 0; axis < 3; axis++) {
        sample[3 + axis] = (float)next_word() / STEPS_PER_DEGREE * UNITS_PER_DEGREE;
    }
""",
}
_MISSING = {
    "motion_nano33ble": "the motion sensor did not start: is REV2 right for this board?",
    "motion_mpu6050": "no motion sensor answers: check the wires",
    "analogue": "",
}


def sketches(library: Library, window: InputSpec) -> dict[str, str]:
    """Name -> text of the programs that make sense for this input, ``selftest`` aside.

    For sound ``microphone_nano33ble``, ``microphone_esp32`` and ``microphone_pico`` (the first only where the rate is
    a whole part of 16 kHz); for motion ``motion_nano33ble`` and ``motion_mpu6050``; else ``analogue``.
    """
    kind = sensor_kind(window)
    if kind == "sound":
        names = ["microphone_esp32", "microphone_pico"]
        if _MICROPHONE_HZ % window.sample_rate_hz == 0:
            names.append("microphone_nano33ble")
        return {name: _sound_sketch(name, library, window) for name in sorted(names)}
    if kind == "motion":
        return {name: _paced_sketch(name, library, window) for name in ("motion_mpu6050", "motion_nano33ble")}
    return {"analogue": _paced_sketch("analogue", library, window)}


def selftest_sketch(library: Library) -> str:
    """A program that runs the self-test and tells over the serial port how it went."""
    return _filled("selftest", library)


def _sound_sketch(name: str, library: Library, window: InputSpec) -> str:
    rate_hz = _MICROPHONE_HZ if name == "microphone_nano33ble" else window.sample_rate_hz
    return _filled(
        name,
        library,
        readings=str(round(_MICROPHONE_HZ / window.sample_rate_hz)),
        buffer_ms=f"{1000 * _BUFFER_SAMPLES / rate_hz:.0f}",
        gain_bits=str(_GAIN_BITS),
        **_common(library, window),
    )


def _paced_sketch(name: str, library: Library, window: InputSpec) -> str:
    channels = len(window.channels)
    pins = [f"A{channel}" for channel in range(min(channels, _ADC_PINS))]
    pins += [f"/* which? */ {channel}" for channel in range(len(pins), channels)]
    gyroscope = _GYROSCOPE if channels == 6 else dict.fromkeys(_GYROSCOPE, "")
    sensor = _filled(name, library, pins=", ".join(pins), **gyroscope)
    loop = _filled("paced", library, missing=_MISSING[name], **_common(library, window))
    return sensor + loop


def _common(library: Library, window: InputSpec) -> dict[str, str]:
    return {
        "result": _filled("result", library, stride_ms=f"{window.stride_ms:g}"),
        "stop": _filled("stop", library),
    }


def _filled(template: str, library: Library, **values: str) -> str:
    text = Template((_TEMPLATES / f"{template}.txt").read_text())
    return text.substitute(values, name=library.name, NAME=library.name.upper())
