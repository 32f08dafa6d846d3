"""The plugin API of deploy targets: what packages a model for someone to use.

A target is a class, named in the entry-point group ``thimble.deploy_targets`` of its package. It turns a bundle
into files; :mod:`deploy_targets.package` adds what every zip carries and packs them, the same files always into the
same bytes. ``docs/own-target.md`` writes one from scratch.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from deploy_targets.bundle import DeployBundle, LanguageModelBundle, SelfTest
from deploy_targets.errors import TargetError
from deploy_targets.needs import Need
from pipelines.compile.c_names import identifier_from
from pipelines.profile.boards import Board

__all__ = [
    "Component",
    "DeployBundle",
    "DeployTarget",
    "Files",
    "LanguageModelBundle",
    "Need",
    "Progress",
    "SelfTest",
    "TargetError",
]

Progress = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done."""

Files = Mapping[str, bytes | Path]
"""Path in the zip -> content; large contents as a file, which is read piece by piece."""

Group = Literal["board", "browser", "computer"]
GROUPS: tuple[Group, ...] = ("board", "browser", "computer")
"""Where the model is to run; the headings on the Deploy page, in their order."""


@dataclass(frozen=True, slots=True)
class Component:
    """Something of others that lies in the zip, for its bill of materials.

    Args:
        name, version: as its own registry calls it.
        licence: SPDX expression, ``MIT``, ``Apache-2.0``.
        purl: package URL (https://github.com/package-url/purl-spec), ``pkg:npm/%40tensorflow/tfjs@4.22.0``.
    """

    name: str
    version: str
    licence: str
    purl: str


class DeployTarget(ABC):
    """Packages a model. Subclasses set the class variables; ``Options`` is drawn as a form in the browser.

    Class variables:
        id: lower-case letters, digits and hyphens; part of the zip's name.
        title, pitch: a name and one line that says what it is for.
        icon: name of an icon of Tabler's set (https://tabler.io/icons).
        group: where the model is to run.
        takes: ``pipeline`` (a run's model) or ``language-model`` (a folder of weights).
        variants: those that it takes, the best first.
        board_use: ``chosen``: it is built for a board; ``none``: it is the same for all, and no board is asked for.
        runtime: what runs the network, where that is not the compiled C that was measured: the zip's documents say so.
        needs: what has to be installed on the server to build it.
        docs: address of a page that says more, where the handbook has none at `docs/targets/ID.md`.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    pitch: ClassVar[str]
    icon: ClassVar[str]
    group: ClassVar[Group] = "board"
    takes: ClassVar[Literal["pipeline", "language-model"]] = "pipeline"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")
    board_use: ClassVar[Literal["chosen", "none"]] = "chosen"
    runtime: ClassVar[str] = ""
    needs: ClassVar[tuple[Need, ...]] = ()
    docs: ClassVar[str] = ""

    class Options(BaseModel):
        """Choices that the user has; none by default."""

        model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    def build(self, bundle: Any, options: Any, progress: Progress) -> Files:
        """The target's own files, ``README.md`` among them. The same bundle and options always give the same files.

        Args:
            bundle: a :class:`DeployBundle`, or a :class:`LanguageModelBundle` where ``takes`` says so.
            options: an ``Options``, checked.

        Raises:
            ValueError: it cannot be built, in words for the person who asked; a ``field`` attribute names the choice.
        """

    def refuses_board(self, board: Board) -> str:
        """Why it cannot be built for this board, in words; empty where it can."""
        return ""

    def components(self, bundle: Any, options: Any) -> tuple[Component, ...]:
        """What of others the zip holds; nothing by default."""
        return ()

    def facts(self, bundle: Any, options: Any) -> Mapping[str, Any]:
        """What ``thimble.json`` says of this target alone, as JSON; nothing by default."""
        return {}

    def missing(self) -> tuple[str, ...]:
        """What this server lacks to build it, each in words; empty where it has all."""
        return tuple(words for words in (need.missing() for need in self.needs) if words)

    def file_stem(self, bundle: Any) -> str:
        """Name of the zip, without its ending."""
        variant = f"-{bundle.variant}" if bundle.variant else ""
        return f"{identifier_from(bundle.title)}{variant}-{self.id}"

    def folder_in_zip(self, bundle: Any, options: Any) -> str:
        """The one folder that holds all files of the zip; none by default.

        For targets whose zip is read by a program that wants exactly one folder at its top, as Arduino's does.
        """
        return ""

    @property
    def place(self) -> int:
        """Where its group stands among the groups."""
        return GROUPS.index(self.group)

    def check(self) -> None:
        """
        Raises:
            TargetError: a class variable is missing or malformed.
        """
        for name in ("id", "title", "pitch", "icon"):
            if not isinstance(getattr(self, name, None), str) or not getattr(self, name):
                raise TargetError(f"{type(self).__qualname__}: {name} must be set to a text")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", self.id):
            raise TargetError(
                f"{type(self).__qualname__}: id {self.id!r} must be lower-case letters, digits, hyphens"
            )
        if self.group not in GROUPS:
            raise TargetError(f"{self.id}: group {self.group!r} must be one of {', '.join(GROUPS)}")
        self.Options.model_json_schema()
