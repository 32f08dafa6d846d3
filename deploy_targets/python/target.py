"""Package a pipeline as wheels for Linux."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.interface import readme_values
from deploy_targets.python.package import MACHINES, is_taken, package_from, wheel_of
from deploy_targets.selftest_windows import selftest_windows
from deploy_targets.zig import ZIG
from pipelines.compile.c_names import MAX_IDENTIFIER

_TEMPLATES = Path(__file__).parent / "templates"
_PACKAGE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}\Z")


def checked_package(value: str) -> str:
    """A package's name, or an empty one."""
    if value and (not _PACKAGE.match(value) or is_taken(value)):
        raise ValueError(
            "a package's name has lower-case letters, digits and single underscores, begins with a letter, and is no "
            "word of Python or name of one of its own modules"
        )
    return value


def checked_version(value: str) -> str:
    """A version of three numbers."""
    if not _VERSION.match(value):
        raise ValueError("a version is three numbers with dots between, such as 1.0.0")
    return value


class PythonTarget(DeployTarget):
    """A zip with wheels: ``pip install``, then ``classify(samples)``."""

    id: ClassVar[str] = "python"
    title: ClassVar[str] = "Python package"
    pitch: ClassVar[str] = "A wheel for Linux on PCs and Raspberry Pis: pip install, classify(samples), done."
    icon: ClassVar[str] = "brand-python"
    group: ClassVar[Literal["board", "browser", "computer"]] = "computer"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")
    board_use: ClassVar[Literal["chosen", "none"]] = "none"
    needs: ClassVar[tuple[Need, ...]] = (ZIG,)

    class Options(BaseModel):
        """How the package is called, and for which machines it is built."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        package: Annotated[str, AfterValidator(checked_package)] = Field(
            "",
            title="Package name",
            description="What is imported, such as wrist_motions. Empty: made from the project's name.",
            max_length=MAX_IDENTIFIER,
        )
        version: Annotated[str, AfterValidator(checked_version)] = Field(
            "1.0.0", title="Version", description="The wheel's version.", max_length=32
        )
        machines: Literal["both", "x86_64", "aarch64"] = Field(
            "both",
            title="Machines",
            description="x86_64: PCs and servers. aarch64: Raspberry Pi with a 64-bit system, Jetson, Arm servers.",
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        return {"package": options.package or package_from(bundle.project)}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """Wheels, and a self-test of them.

        Raises:
            CompileError: the model cannot become C.
            TargetError: Zig is not installed.
        """
        package = options.package or package_from(bundle.project)
        selftest = Template((_TEMPLATES / "selftest.py.txt").read_text()).substitute(package=package)
        return {
            **wheels(bundle, options, progress),
            "README.md": _readme(bundle, package, options.version).encode(),
            "selftest/run.py": selftest.encode(),
            **{f"selftest/{name}": content for name, content in selftest_windows(bundle).items()},
        }


def wheels(bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
    """``dist/``: a wheel for each machine that was chosen. ``options`` are those of :class:`PythonTarget`.

    Raises:
        CompileError: the model cannot become C.
        TargetError: Zig is not installed.
    """
    package = options.package or package_from(bundle.project)
    readme = _readme(bundle, package, options.version)
    machines = MACHINES if options.machines == "both" else (options.machines,)
    files = {}
    for number, machine in enumerate(machines):
        progress(number / len(machines), f"Compiling for {machine}")
        name, wheel = wheel_of(bundle, package, options.version, readme, machine)
        files[f"dist/{name}"] = wheel
    return files


def _readme(bundle: DeployBundle, package: str, version: str) -> str:
    values = {**readme_values(bundle), "package": package, "version": version}
    return Template((_TEMPLATES / "README.md").read_text()).substitute(values)
