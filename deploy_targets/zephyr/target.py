"""Package a pipeline as a Zephyr module, with a sample that runs it on a sensor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from deploy_targets.base import DeployBundle, DeployTarget, Progress
from deploy_targets.c_library.options import LibraryOptions, library_of
from deploy_targets.c_library.own_settings import with_own_settings
from deploy_targets.c_library.readme import filled, readme_values
from deploy_targets.c_library.refusals import not_an_avr
from deploy_targets.c_library.sdk_example import example_files
from deploy_targets.c_library.selftest import selftest_files
from deploy_targets.c_library.sensors import SensorKind, sensor_kind
from pipelines.compile.library import Library
from pipelines.profile.boards import Board

_TEMPLATES = Path(__file__).parent / "templates"
_SENSOR: Mapping[SensorKind, str] = {
    "sound": "a digital microphone: the devicetree node labelled `dmic_dev`",
    "motion": "an accelerometer: the devicetree alias `accel0` (and a gyroscope, `gyro0`, for six channels)",
    "other": "the analogue pins in `io-channels` of the devicetree node `zephyr,user`",
}
_CONFIG: Mapping[SensorKind, str] = {
    "sound": "CONFIG_AUDIO=y\nCONFIG_AUDIO_DMIC=y",
    "motion": "CONFIG_SENSOR=y",
    "other": "CONFIG_ADC=y",
}
_BOARDS = {
    "nano33ble": "arduino_nano_33_ble/nrf52840/sense",
    "pico": "rpi_pico",
    "stm32h7a3": "nucleo_h7a3zi_q",
    "stm32l4r5": "nucleo_l4r5zi",
}
"""What Zephyr calls the boards; others are named by the user."""


class ZephyrTarget(DeployTarget):
    """A zip that is a module (``zephyr/module.yml``), for Zephyr 3.7 and later."""

    id: ClassVar[str] = "zephyr"
    title: ClassVar[str] = "Zephyr module"
    pitch: ClassVar[str] = "A module for Zephyr with Kconfig switches, and a sample that reads a sensor."
    icon: ClassVar[str] = "wind"

    class Options(LibraryOptions):
        """How the module is called."""

    def refuses_board(self, board: Board) -> str:
        return not_an_avr(board)

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        return {"library": library.name, "workspace_bytes": library.workspace_bytes}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The module's files; see the README among them.

        Raises:
            CompileError: the model cannot become C.
            ProfileError: the sizes on the board cannot be measured.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        progress(0.2, "Measuring on the board")
        profile = bundle.measured_profile()
        progress(0.8, "Writing the files")
        sources = with_own_settings(library.files, "size")
        files = {f"src/{name}": text for name, text in sources.items()}
        for name, text in selftest_files(library, bundle.self_test).items():
            files[f"selftest/{name}"] = text
        listed = "\n".join(f"    src/{name}" for name in sorted(sources) if name.endswith(".c"))
        speed = "n" if bundle.spec.compile.optimize == "size" else "y"
        files["zephyr/module.yml"] = _filled("module.txt", library)
        files["CMakeLists.txt"] = _filled("CMakeLists.txt", library, sources=listed)
        files["Kconfig"] = _filled("Kconfig.txt", library, speed=speed)
        kind = sensor_kind(bundle.spec.input)
        sample = f"samples/{library.name}"
        per_kind: dict[SensorKind, dict[str, str]] = {
            "sound": {},
            "motion": {},
            "other": {"pins": _pins(library)},
        }
        for name, text in example_files(_TEMPLATES, library, bundle.spec.input, per_kind).items():
            files[f"{sample}/src/{name}"] = text
        files[f"{sample}/CMakeLists.txt"] = _filled("sample.txt", library)
        files[f"{sample}/prj.conf"] = _filled("prj.txt", library, sensor=_CONFIG[kind])
        values = readme_values(library, bundle, profile)
        values["sensor"] = _SENSOR[kind]
        values["zephyr_board"] = _BOARDS.get(bundle.board.id if bundle.board else "", "your_board")
        files["README.md"] = filled(_TEMPLATES / "README.md", values)
        return {name: text.encode("utf-8") for name, text in files.items()}


def _pins(library: Library) -> str:
    lines = (
        f"    ADC_DT_SPEC_GET_BY_IDX(DT_PATH(zephyr_user), {number}),"
        for number in range(len(library.channels))
    )
    return "\n".join(lines)


def _filled(template: str, library: Library, **values: str) -> str:
    text = Template((_TEMPLATES / template).read_text())
    return text.substitute(values, name=library.name, NAME=library.name.upper())
