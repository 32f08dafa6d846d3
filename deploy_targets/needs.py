"""What a target needs on the server that builds it: programs, Python packages, npm packages."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from typing import Literal

from deploy_targets.browser_packages import browser_package


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be installed.

    Args:
        kind: ``program`` (on the PATH), ``python`` (a module), ``npm`` (a package of ``deploy_targets/browser``).
        name: its name; of programs, several that serve alike are separated by ``|``.
        cure: how to install it, in words.
    """

    kind: Literal["program", "python", "npm"]
    name: str
    cure: str

    def missing(self) -> str:
        """What is missing, and the cure; empty where it is there."""
        return "" if self._is_there() else f"{self.name} is not installed: {self.cure}"

    def _is_there(self) -> bool:
        if self.kind == "program":
            return any(shutil.which(name) for name in self.name.split("|"))
        if self.kind == "python":
            return importlib.util.find_spec(self.name) is not None
        return browser_package(self.name) is not None
