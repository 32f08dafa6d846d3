"""Package a pipeline as a PlatformIO project: the library, a main file a board, and a self-test for ``pio test``."""

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
from deploy_targets.c_library.selftest import selftest_files
from deploy_targets.c_library.sketches import sketches
from deploy_targets.markdown import table
from deploy_targets.platformio.environments import Environment, environments
from pipelines.compile.library import Library
from pipelines.profile.boards import Board

_TEMPLATES = Path(__file__).parent / "templates"


class PlatformioTarget(DeployTarget):
    """A zip to unpack and open in VS Code, or to build with ``pio run``."""

    id: ClassVar[str] = "platformio"
    title: ClassVar[str] = "PlatformIO project"
    pitch: ClassVar[str] = (
        "A project ready to build for Nano 33 BLE Sense, ESP32 and Pico, with a test for the device."
    )
    icon: ClassVar[str] = "alien"

    class Options(PackageOptions):
        """How the library is called, and its version."""

    def refuses_board(self, board: Board) -> str:
        if board.id in ("nano33ble", "pico"):
            return ""
        return (
            f"the project has environments for Nano 33 BLE Sense, ESP32 and Pico, not for {board.title}: choose one "
            "of those, or another target"
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        return {"library": library.name, "workspace_bytes": library.workspace_bytes}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The project's files; see the README among them.

        Raises:
            CompileError: the model cannot become C.
            ProfileError: the sizes on the board cannot be measured.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        progress(0.2, "Measuring on the board")
        profile = bundle.measured_profile()
        progress(0.8, "Writing the files")
        programs = sketches(library, bundle.spec.input)
        found = environments(programs)
        folder = f"lib/{library.name}"
        sources = with_own_settings(library.files, bundle.spec.compile.optimize)
        files = {f"{folder}/src/{name}": text for name, text in sources.items()}
        files[f"{folder}/library.json"] = _manifest(library, bundle, options)
        for one in found:
            files[f"src/{one.name}/main.cpp"] = programs[one.program]
        for name, text in selftest_files(library, bundle.self_test).items():
            files[f"test/test_selftest/{name}"] = text
        files["test/test_selftest/test_main.cpp"] = _filled("test_main.cpp", library)
        chosen = bundle.board.id if bundle.board else ""
        files["platformio.ini"] = _settings(library, found, chosen)
        rows = [(f"`{one.name}`", one.board_title, one.needs) for one in found]
        values = readme_values(library, bundle, profile)
        values["environments"] = table(("environment", "board", "needs"), rows)
        values["chosen"] = _default(found, chosen)
        files["README.md"] = filled(_TEMPLATES / "README.md", values)
        return {name: text.encode("utf-8") for name, text in files.items()}


def _manifest(library: Library, bundle: DeployBundle, options: Any) -> str:
    document = {
        "name": library.name,
        "version": options.version,
        "description": f"{one_line(bundle.project)}: raw sensor samples in, probabilities out. Made by Thimble.",
        "license": "Apache-2.0",
        "headers": [f"{library.name}.h", f"{library.name}_continuous.h"],
        "frameworks": "*",
        "platforms": "*",
        "build": {"flags": ["-ffp-contract=off"], "libArchive": True},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _settings(library: Library, found: tuple[Environment, ...], chosen: str) -> str:
    parts = "".join(one.settings() for one in found)
    return _filled("platformio.ini", library, chosen=_default(found, chosen), environments=parts)


def _default(found: tuple[Environment, ...], chosen: str) -> str:
    names = [one.name for one in found]
    return chosen if chosen in names else names[0]


def _filled(template: str, library: Library, **values: str) -> str:
    text = Template((_TEMPLATES / template).read_text())
    return text.substitute(values, name=library.name, NAME=library.name.upper())
