"""The wheels of a pipeline: its library, built for a platform, and the Python around it."""

from __future__ import annotations

import json
import keyword
import sys
from pathlib import Path

from deploy_targets.bundle import DeployBundle
from deploy_targets.interface import model_interface
from deploy_targets.python.wheel import Wheel
from deploy_targets.zig import build_with_zig
from pipelines.compile.c_names import MAX_IDENTIFIER, identifier_from

LIBRARY = "pipeline"
"""The library's name within the wheel; nobody sees it, so that names of projects cannot disturb it."""

MACHINES = ("x86_64", "aarch64")
_GLIBC_MINOR = 17
_KINDS = (".py", ".typed")
_FOLDER = Path(__file__).parent
_LICENSE = _FOLDER.parent / "dressing" / "templates" / "LICENSE.txt"


def package_from(project: str) -> str:
    """A package's name that resembles a project's, and hides nothing of Python's own."""
    name = identifier_from(project)
    if is_taken(name):
        name = f"{name[: MAX_IDENTIFIER - len('_model')]}_model"
    return name


def is_taken(name: str) -> bool:
    """Whether it is a word of Python, a module of its standard library, or the server that may stand beside it."""
    return keyword.iskeyword(name) or name in sys.stdlib_module_names or name in ("server", "test")


def shared_library(bundle: DeployBundle, machine: str) -> bytes:
    """``pipeline.so`` for Linux with glibc 2.17 or newer.

    Raises:
        CompileError: the model cannot become C.
        TargetError: Zig is not installed.
    """
    sources = {
        **bundle.library(LIBRARY).files,
        "glue.c": (_FOLDER / "templates" / "glue.c").read_text(),
    }
    flags = ("-shared", "-fPIC", "-s", "-Wl,--build-id=none")
    return build_with_zig(sources, f"{machine}-linux-gnu.2.{_GLIBC_MINOR}", flags)


def wheel_of(
    bundle: DeployBundle, package: str, version: str, readme: str, machine: str
) -> tuple[str, bytes]:
    """A wheel's file name and bytes; raises as :func:`shared_library` does."""
    wheel = Wheel(
        package=package,
        version=version,
        summary=f"{bundle.project}: raw sensor samples in, decisions out. Made by Thimble.",
        readme=readme,
        platform=f"manylinux_2_{_GLIBC_MINOR}_{machine}.manylinux2014_{machine}",
        requires_python=">=3.10",
    )
    runtime = {
        file.name: file.read_bytes() for file in (_FOLDER / "runtime").iterdir() if file.suffix in _KINDS
    }
    files = {
        **runtime,
        "pipeline.json": (json.dumps(model_interface(bundle), indent=2) + "\n").encode(),
        "pipeline.so": shared_library(bundle, machine),
    }
    return wheel.file_name, wheel.write(files, _LICENSE.read_bytes())
