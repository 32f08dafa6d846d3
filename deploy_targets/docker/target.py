"""Package a pipeline as a container: an HTTP server around the wheel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, ClassVar, Literal

from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.interface import is_sound, readme_values
from deploy_targets.python.package import package_from
from deploy_targets.python.target import PythonTarget, wheels
from deploy_targets.zig import ZIG

_FOLDER = Path(__file__).parent
_TEMPLATES = _FOLDER / "templates"
_RUNTIME = "deploy_targets.python.runtime"
"""What the server imports while it lies here; the wheel's own name where it is used."""


class DockerTarget(DeployTarget):
    """A zip to build a container from: ``docker compose up``, then POST samples."""

    id: ClassVar[str] = "docker"
    title: ClassVar[str] = "Docker server"
    pitch: ClassVar[str] = (
        "A small HTTP server in a container: post a recording, get decisions; with OpenAPI."
    )
    icon: ClassVar[str] = "brand-docker"
    group: ClassVar[Literal["board", "browser", "computer"]] = "computer"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")
    board_use: ClassVar[Literal["chosen", "none"]] = "none"
    needs: ClassVar[tuple[Need, ...]] = (ZIG,)

    class Options(PythonTarget.Options):
        """Those of the wheel."""

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        return {"package": options.package or package_from(bundle.project)}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """Dockerfile, server and wheels.

        Raises:
            CompileError: the model cannot become C.
            TargetError: Zig is not installed.
        """
        package = options.package or package_from(bundle.project)
        suffix, kind = ("wav", "audio/wav") if is_sound(bundle) else ("csv", "text/csv")
        values = {
            **readme_values(bundle),
            "package": package,
            "version": options.version,
            "image": package,
            "service": package.replace("_", "-"),
            "suffix": suffix,
            "type": kind,
        }
        return {
            **wheels(bundle, options, progress),
            **_server(package),
            "Dockerfile": _filled("Dockerfile.txt", values),
            "compose.yaml": _filled("compose.yaml", values),
            ".dockerignore": b"*\n!dist\n!server\n",
            "README.md": _filled("README.md", values),
        }


def _server(package: str) -> dict[str, bytes]:
    """``server/``: the server's own modules and its page."""
    modules = {
        f"server/{file.name}": file.read_text().replace(_RUNTIME, package).encode()
        for file in (_FOLDER / "server").glob("*.py")
    }
    page = {f"server/page/{file.name}": file.read_bytes() for file in (_TEMPLATES / "page").iterdir()}
    return {**modules, **page}


def _filled(template: str, values: Mapping[str, str]) -> bytes:
    return Template((_TEMPLATES / template).read_text()).substitute(values).encode()
