"""Package a pipeline as an Arduino library, with sketches for the sensor that it listens to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from deploy_targets.base import DeployBundle, DeployTarget, Progress
from deploy_targets.c_library.options import PackageOptions, library_name, library_of
from deploy_targets.c_library.own_settings import with_own_settings
from deploy_targets.c_library.plain_text import one_line
from deploy_targets.c_library.readme import filled, readme_values
from deploy_targets.c_library.refusals import not_for_board
from deploy_targets.c_library.selftest import selftest_files
from deploy_targets.c_library.sketches import selftest_sketch, sketches
from deploy_targets.markdown import table
from pipelines.compile.library import Library
from pipelines.profile.boards import Board

_TEMPLATES = Path(__file__).parent / "templates"
_NEEDS = {
    "analogue": (
        "any",
        "a voltage at a pin for each channel; or change `sensor_read` for a sensor of your own",
    ),
    "microphone_esp32": ("ESP32, all kinds", "an I2S microphone, such as INMP441"),
    "microphone_nano33ble": ("Nano 33 BLE Sense", "nothing: the microphone is on the board"),
    "microphone_pico": (
        "Raspberry Pi Pico",
        "an analogue microphone, such as MAX4466, and the core *Raspberry Pi Pico/RP2040* by Earle Philhower",
    ),
    "motion_mpu6050": ("ESP32, Raspberry Pi Pico, any with I2C", "an MPU-6050"),
    "motion_nano33ble": (
        "Nano 33 BLE Sense",
        "the library *Arduino_LSM9DS1*; for the Sense Rev2 *Arduino_BMI270_BMM150*",
    ),
    "selftest": ("any", "nothing"),
}


class ArduinoTarget(DeployTarget):
    """A zip for *Sketch, Include Library, Add .ZIP Library* (Arduino library specification, revision 2.2)."""

    id: ClassVar[str] = "arduino"
    title: ClassVar[str] = "Arduino library"
    pitch: ClassVar[str] = (
        "A library for the Arduino IDE, with sketches for Nano 33 BLE Sense, ESP32 and Pico."
    )
    icon: ClassVar[str] = "brand-arduino"

    class Options(PackageOptions):
        """How the library is called, and its version."""

    def refuses_board(self, board: Board) -> str:
        return not_for_board(board, "the Arduino IDE")

    def folder_in_zip(self, bundle: DeployBundle, options: Any) -> str:
        """The IDE takes a zip with exactly one folder at its top, and calls the library's own folder the same."""
        return library_name(bundle, options)

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        return {"library": library.name, "workspace_bytes": library.workspace_bytes}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The library's files; see the README among them.

        Raises:
            CompileError: the model cannot become C.
            ProfileError: the sizes on the board cannot be measured.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        progress(0.2, "Measuring on the board")
        profile = bundle.measured_profile()
        progress(0.8, "Writing the files")
        sources = with_own_settings(library.files, bundle.spec.compile.optimize)
        files = {f"src/{name}": text for name, text in sources.items()}
        examples = sketches(library, bundle.spec.input)
        for name, text in selftest_files(library, bundle.self_test).items():
            files[f"examples/selftest/{name}"] = text
        for name, text in {**examples, "selftest": selftest_sketch(library)}.items():
            files[f"examples/{name}/{name}.ino"] = text
        files["library.properties"] = _properties(library, bundle, options)
        files["keywords.txt"] = _keywords(library)
        rows = [(f"`{name}`", *_NEEDS[name]) for name in sorted([*examples, "selftest"])]
        values = readme_values(library, bundle, profile)
        examples_table = table(("example", "for", "needs"), rows)
        files["README.md"] = filled(_TEMPLATES / "README.md", {**values, "examples": examples_table})
        return {name: text.encode("utf-8") for name, text in files.items()}


def _properties(library: Library, bundle: DeployBundle, options: Any) -> str:
    project = one_line(bundle.project)
    classes = one_line(", ".join(bundle.labels))
    values = {
        "name": library.name,
        "version": options.version,
        "author": "Thimble",
        "maintainer": "Thimble",
        "sentence": f"{project}: raw sensor samples in, probabilities out.",
        "paragraph": f"Classes: {classes}. Features and model in plain C, without malloc; made by Thimble.",
        "category": "Data Processing",
        "url": "",
        "architectures": "*",
        "includes": f"{library.name}.h,{library.name}_continuous.h",
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())


def _keywords(library: Library) -> str:
    """What the editor colours: types, functions and constants of the two headers, a tab before the kind."""
    headers = library.files[f"{library.name}.h"] + library.files[f"{library.name}_continuous.h"]
    name = re.escape(library.name)
    types = re.findall(rf"^}} ({name}_\w+);", headers, re.MULTILINE)
    functions = re.findall(rf"^(?:int|void) ({name}_\w+)\(", headers, re.MULTILINE)
    constants = re.findall(rf"^#define ({name.upper()}_\w+) ", headers, re.MULTILINE)
    rows = [(word, "KEYWORD1") for word in [*types, f"{library.name}_on_result"]]
    rows += [(word, "KEYWORD2") for word in functions]
    rows += [(word, "LITERAL1") for word in [*constants, f"{library.name}_labels"]]
    return "".join(f"{word}\t{kind}\n" for word, kind in rows)
