"""The plugin API of deploy targets: what packages a model for someone to use.

A target is a class, named in the entry-point group ``thimble.deploy_targets`` of its package. It turns a
:class:`DeployBundle` into files; :func:`build_zip` packs them, the same files always into the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from pipelines.compile.c_names import identifier_from
from pipelines.compile.library import Library, Scaler, build_library
from pipelines.learn.scaler import Scaler as SavedScaler
from pipelines.profile.boards import Board, board_of
from pipelines.profile.compile_for import compile_for, toolchain_for
from pipelines.profile.measurement import measure
from pipelines.signals import FloatArray, hash_json
from pipelines.spec import PipelineSpec, load_spec

ENTRY_POINTS = "thimble.deploy_targets"
Progress = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done."""

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class TargetError(ValueError):
    """A target, variant or artifact that is not there: ``field`` says which."""

    def __init__(self, message: str, *, field: str = "target") -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Real test windows and what the natively built library answers to them.

    Args:
        windows: ``float32[n, length, channels]``.
        labels: the true class of each, ``[n]``.
        probabilities: ``float32[n, classes]``.
    """

    windows: FloatArray
    labels: NDArray[np.integer[Any]]
    probabilities: FloatArray


@dataclass(frozen=True, slots=True)
class DeployBundle:
    """All that a target can need to know of one variant of a run's model.

    Args:
        project: the project's name, any text.
        spec, labels, scaler, tflite: the pipeline, its classes, its normalisation and its network.
        variant: ``float32`` or ``int8``.
        board: what it is built for.
        evaluation: ``Evaluation.as_json()`` of this variant.
        profile: ``Profile.as_json()`` of this variant on this board; None where the run measured another board.
        self_test: a few windows of the test split.
    """

    project: str
    spec: PipelineSpec
    labels: tuple[str, ...]
    scaler: Scaler
    tflite: bytes
    variant: str
    board: Board
    evaluation: Mapping[str, Any]
    profile: Mapping[str, Any] | None
    self_test: SelfTest

    @classmethod
    def from_artifacts(
        cls,
        artifacts: Mapping[str, Path],
        metrics: Mapping[str, Any],
        *,
        variant: str,
        board_id: str,
        project: str,
    ) -> DeployBundle:
        """The bundle of one variant of a finished run, from the run's artifacts and metrics.

        Raises:
            TargetError: the run has no such variant, or an artifact is missing.
            ProfileError: there is no such board.
        """
        if variant not in metrics["variants"]:
            made = ", ".join(sorted(metrics["variants"]))
            raise TargetError(f"this run has no variant {variant!r}; there is {made}", field="variant")
        for name in ("pipeline.json", "labels.json", "scaler.npz", f"{variant}.tflite", "selftest.npz"):
            if name not in artifacts:
                raise TargetError(f"the run's file {name} is missing; run the pipeline again", field="run")
        found = metrics["variants"][variant]
        with np.load(artifacts["selftest.npz"], allow_pickle=False) as file:
            self_test = SelfTest(file["windows"], file["labels"], file[f"probabilities_{variant}"])
        return cls(
            project=project,
            spec=load_spec(json.loads(Path(artifacts["pipeline.json"]).read_text())),
            labels=tuple(json.loads(Path(artifacts["labels.json"]).read_text())),
            scaler=SavedScaler.load(Path(artifacts["scaler.npz"])),
            tflite=Path(artifacts[f"{variant}.tflite"]).read_bytes(),
            variant=variant,
            board=board_of(board_id),
            evaluation=found["evaluation"],
            profile=found["profile"] if found["profile"]["board"] == board_id else None,
            self_test=self_test,
        )

    def library(self, name: str) -> Library:
        """The C library, its names beginning with ``name``."""
        model = compile_for(self.board, self.tflite, f"{name}_model", self.spec.compile)
        return build_library(self.spec, self.scaler, model, self.labels, name)

    def measured_profile(self) -> Mapping[str, Any]:
        """The run's own profile, or one that is measured now where the run was for another board.

        Raises:
            ProfileError: it cannot be measured here.
        """
        if self.profile is not None:
            return self.profile
        library, toolchain = self.library("thimble"), toolchain_for(self.spec.compile)
        return measure(library, self.board, self.self_test.windows[0], toolchain).as_json()

    def identity(self) -> dict[str, Any]:
        """Hashes of what the deployment is made of (JSON)."""
        numbers = np.concatenate([self.scaler.mean, self.scaler.scale]).astype("<f4").tobytes()
        return {
            "pipeline_sha256": self.spec.sha256,
            "model_sha256": hashlib.sha256(self.tflite).hexdigest(),
            "scaler_sha256": hashlib.sha256(numbers).hexdigest(),
            "labels_sha256": hash_json(list(self.labels)),
        }


class DeployTarget(ABC):
    """Packages a model. Subclasses set the class variables; ``Options`` is drawn as a form in the browser.

    ``icon`` is the name of an icon of Tabler's set (https://tabler.io/icons); ``variants`` are those that it takes.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    pitch: ClassVar[str]
    icon: ClassVar[str]
    variants: ClassVar[tuple[str, ...]]

    class Options(BaseModel):
        """Choices that the user has; none by default."""

        model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The files of the zip: path -> content. The same bundle and options always give the same files."""

    def file_stem(self, bundle: DeployBundle) -> str:
        """Name of the zip, without its ending."""
        return f"{identifier_from(bundle.project)}-{bundle.variant}-{self.id}"


@cache
def targets() -> tuple[DeployTarget, ...]:
    """Every installed target, by title."""
    found: list[DeployTarget] = [
        entry_point.load()() for entry_point in importlib.metadata.entry_points(group=ENTRY_POINTS)
    ]
    return tuple(sorted(found, key=lambda target: target.title))


def target_of(target_id: str) -> DeployTarget:
    """The target of that id.

    Raises:
        TargetError: there is none; the message names those that there are.
    """
    for target in targets():
        if target.id == target_id:
            return target
    known = ", ".join(target.id for target in targets())
    raise TargetError(f"no deploy target {target_id!r}; there are {known}")


def build_zip(files: Mapping[str, bytes], path: Path) -> Path:
    """Pack files into a zip at ``path``: sorted, with one fixed time, so that equal files give equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    partial.replace(path)
    return path
