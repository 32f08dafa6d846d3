"""Package a pipeline as an ESP-IDF component, with a project that runs it on a sensor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from deploy_targets.base import DeployBundle, DeployTarget, Progress
from deploy_targets.c_library.options import PackageOptions, library_of
from deploy_targets.c_library.own_settings import with_own_settings
from deploy_targets.c_library.plain_text import one_line
from deploy_targets.c_library.readme import filled, readme_values
from deploy_targets.c_library.sdk_example import example_files
from deploy_targets.c_library.selftest import selftest_files
from deploy_targets.c_library.sensors import SensorKind, sensor_kind
from pipelines.compile.library import Library

_TEMPLATES = Path(__file__).parent / "templates"
_SENSOR: Mapping[SensorKind, str] = {
    "sound": "an I2S microphone such as INMP441",
    "motion": "an MPU-6050 motion sensor",
    "other": "voltages at the pins of the first analogue-to-digital converter",
}
_REQUIRES: Mapping[SensorKind, Mapping[str, str]] = {
    "sound": {"requires": "esp_driver_i2s"},
    "motion": {"requires": "esp_driver_i2c esp_timer"},
    "other": {"requires": "esp_adc esp_timer"},
}


class EspIdfTarget(DeployTarget):
    """A zip with ``components/NAME`` and ``example``, for ESP-IDF 5.3 and later."""

    id: ClassVar[str] = "esp-idf"
    title: ClassVar[str] = "ESP-IDF component"
    pitch: ClassVar[str] = "A component for ESP32 chips, Xtensa and RISC-V, with an example project."
    icon: ClassVar[str] = "cpu-2"
    board_use: ClassVar[Any] = "none"

    class Options(PackageOptions):
        """How the component is called, and its version."""

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        return {"library": library.name, "workspace_bytes": library.workspace_bytes}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The component's and the example's files; see the README among them.

        Raises:
            CompileError: the model cannot become C.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        progress(0.8, "Writing the files")
        component = f"components/{library.name}"
        sources = with_own_settings(library.files, "size")
        files = {f"{component}/src/{name}": text for name, text in sources.items()}
        for name, text in selftest_files(library, bundle.self_test).items():
            files[f"{component}/selftest/{name}"] = text
        listed = "\n".join(f"  src/{name}" for name in sorted(sources) if name.endswith(".c"))
        files[f"{component}/CMakeLists.txt"] = _filled("component.txt", library, sources=listed)
        speed = "n" if bundle.spec.compile.optimize == "size" else "y"
        files[f"{component}/Kconfig"] = _filled("Kconfig.txt", library, speed=speed)
        files[f"{component}/idf_component.yml"] = _manifest(bundle, options)
        kind = sensor_kind(bundle.spec.input)
        main = example_files(_TEMPLATES, library, bundle.spec.input, _REQUIRES)
        files.update({f"example/main/{name}": text for name, text in main.items()})
        files["example/CMakeLists.txt"] = _filled("example.txt", library)
        files["example/main/CMakeLists.txt"] = _filled("main.txt", library, **_REQUIRES[kind])
        files["example/sdkconfig.defaults"] = _filled("sdkconfig.txt", library)
        values = readme_values(library, bundle, None)
        values["sensor"] = _SENSOR[kind]
        files["README.md"] = filled(_TEMPLATES / "README.md", values)
        return {name: text.encode("utf-8") for name, text in files.items()}


def _manifest(bundle: DeployBundle, options: Any) -> str:
    """``idf_component.yml``; a JSON string is a YAML string."""
    description = f"{one_line(bundle.project)}: raw sensor samples in, probabilities out. Made by Thimble."
    return (
        f'version: "{options.version}"\n'
        f"description: {json.dumps(description, ensure_ascii=False)}\n"
        "license: Apache-2.0\n"
        "dependencies:\n"
        '  idf: ">=5.3"\n'
    )


def _filled(template: str, library: Library, **values: str) -> str:
    text = Template((_TEMPLATES / template).read_text())
    return text.substitute(values, name=library.name, NAME=library.name.upper())
