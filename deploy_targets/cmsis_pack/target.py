"""Package a pipeline as a CMSIS-Pack: the library and its self-test as software components.

Format: Open-CMSIS-Pack specification 1.7, ``PACK.xsd`` 1.7.32.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from deploy_targets.base import DeployBundle, DeployTarget, Progress
from deploy_targets.c_library.options import PackageOptions, library_of
from deploy_targets.c_library.own_settings import with_own_settings
from deploy_targets.c_library.readme import filled, readme_values
from deploy_targets.c_library.selftest import selftest_files
from deploy_targets.cmsis_pack.description import VENDOR, description, group_of
from deploy_targets.zips import build_zip
from pipelines.profile.boards import Board

_TEMPLATES = Path(__file__).parent / "templates"
_LICENSE = Path(__file__).parent.parent / "dressing" / "templates" / "LICENSE.txt"


class CmsisPackTarget(DeployTarget):
    """A zip with ``Thimble.NAME.VERSION.pack`` in it, and what every zip carries beside it."""

    id: ClassVar[str] = "cmsis-pack"
    title: ClassVar[str] = "CMSIS-Pack"
    pitch: ClassVar[str] = "A software pack for Keil MDK, IAR, and CMSIS-Toolbox: pick the component, build."
    icon: ClassVar[str] = "package"

    class Options(PackageOptions):
        """How the library is called, and its version."""

    def refuses_board(self, board: Board) -> str:
        if board.core.startswith("Cortex-M"):
            return ""
        return (
            f"CMSIS-Packs are for Arm Cortex-M; {board.title} has a core {board.core}: choose another target"
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        return {"library": library.name, "workspace_bytes": library.workspace_bytes}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The pack and the README.

        Raises:
            CompileError: the model cannot become C.
            ProfileError: the sizes on the board cannot be measured.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        progress(0.2, "Measuring on the board")
        profile = bundle.measured_profile()
        progress(0.8, "Writing the files")
        values = readme_values(library, bundle, profile)
        values.update(vendor=VENDOR, version=options.version, group=group_of(library.name))
        readme = filled(_TEMPLATES / "README.md", values).encode()
        sources = with_own_settings(library.files, bundle.spec.compile.optimize)
        texts = {f"src/{name}": text for name, text in sources.items()}
        selftest = selftest_files(library, bundle.self_test)
        texts.update({f"selftest/{name}": text for name, text in selftest.items()})
        pack = {name: text.encode() for name, text in texts.items()}
        pack["LICENSE"] = _LICENSE.read_bytes()
        pack["README.md"] = readme
        pack[f"{VENDOR}.{library.name}.pdsc"] = description(library, bundle, options.version, sorted(pack))
        with tempfile.TemporaryDirectory(prefix="thimble-pack-") as folder:
            content = build_zip(pack, Path(folder) / "library.pack").read_bytes()
        return {f"{VENDOR}.{library.name}.{options.version}.pack": content, "README.md": readme}
