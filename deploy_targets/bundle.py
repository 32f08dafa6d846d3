"""What a deploy target is given: one variant of a run's model, or a language model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy_targets.errors import TargetError
from deploy_targets.measured import profile_of
from pipelines.compile.library import Library, Scaler, build_library
from pipelines.learn.scaler import Scaler as SavedScaler
from pipelines.profile.boards import Board, board_of
from pipelines.profile.compile_for import compile_for
from pipelines.signals import FloatArray, hash_json
from pipelines.spec import PipelineSpec, load_spec


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
        board: what it is built for; None where the target is the same for all.
        evaluation: ``Evaluation.as_json()`` of this variant.
        profile: ``Profile.as_json()`` of this variant on this board; None where the run measured another board.
        self_test: a few windows of the test split.
        artifacts: every file of the run by name (``model.keras``, ``float32.tflite``, ...).
        metrics: all that the run found out, see :func:`pipelines.run.run_pipeline`.
        about: what the project says of itself: ``description``, ``run`` and ``dataset_version`` (their numbers); any
            may be absent.
    """

    project: str
    spec: PipelineSpec
    labels: tuple[str, ...]
    scaler: Scaler
    tflite: bytes
    variant: str
    board: Board | None
    evaluation: Mapping[str, Any]
    profile: Mapping[str, Any] | None
    self_test: SelfTest
    artifacts: Mapping[str, Path] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_artifacts(
        cls,
        artifacts: Mapping[str, Path],
        metrics: Mapping[str, Any],
        *,
        variant: str,
        board_id: str,
        project: str,
        about: Mapping[str, Any] | None = None,
    ) -> DeployBundle:
        """The bundle of one variant of a finished run, from the run's artifacts and metrics.

        An empty ``board_id`` stands for no board.

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
            board=board_of(board_id) if board_id else None,
            evaluation=found["evaluation"],
            profile=found["profile"] if found["profile"]["board"] == board_id else None,
            self_test=self_test,
            artifacts=dict(artifacts),
            metrics=dict(metrics),
            about=dict(about or {}),
        )

    @property
    def title(self) -> str:
        """What the deployment is called after."""
        return self.project

    def artifact(self, name: str) -> Path:
        """A file of the run.

        Raises:
            TargetError: the run has none of that name.
        """
        if name not in self.artifacts:
            raise TargetError(f"the run's file {name} is missing; run the pipeline again", field="run")
        return self.artifacts[name]

    def library(self, name: str) -> Library:
        """The C library, its names beginning with ``name``."""
        model = compile_for(self.board, self.tflite, f"{name}_model", self.spec.compile)
        return build_library(self.spec, self.scaler, model, self.labels, name)

    def profile_on(self, board: Board) -> Mapping[str, Any]:
        """What the library takes on a board: the run's own profile, or one that is measured now.

        Raises:
            ProfileError: it cannot be measured here.
        """
        if self.profile is not None and self.profile["board"] == board.id:
            return self.profile
        library = replace(self, board=board).library("thimble")
        return profile_of(library, board, self.self_test.windows[0], self.spec.compile)

    def measured_profile(self) -> Mapping[str, Any]:
        """:meth:`profile_on` the board that it is built for.

        Raises:
            TargetError: it is built for no board.
            ProfileError: it cannot be measured here.
        """
        if self.board is None:
            raise TargetError("choose a board", field="board")
        return self.profile_on(self.board)

    def identity(self) -> dict[str, Any]:
        """Hashes of what the deployment is made of (JSON)."""
        numbers = np.concatenate([self.scaler.mean, self.scaler.scale]).astype("<f4").tobytes()
        return {
            "pipeline_sha256": self.spec.sha256,
            "model_sha256": hashlib.sha256(self.tflite).hexdigest(),
            "scaler_sha256": hashlib.sha256(numbers).hexdigest(),
            "labels_sha256": hash_json(list(self.labels)),
        }


@dataclass(frozen=True, slots=True)
class LanguageModelBundle:
    """A language model, as a folder of its publisher's files.

    Args:
        project: the project's name, any text.
        name: what the model is called, any text.
        folder: holds ``config.json``, ``*.safetensors`` and ``tokenizer.json``.
    """

    project: str
    name: str
    folder: Path
    variant: str = ""
    board: None = None

    @property
    def title(self) -> str:
        """What the deployment is called after: a project can have several language models."""
        return self.name

    def identity(self) -> dict[str, Any]:
        """Hashes of what the deployment is made of (JSON); reads every file once, piece by piece."""
        return {
            "files": {
                path.relative_to(self.folder).as_posix(): file_sha256(path)
                for path in sorted(self.folder.rglob("*"))
                if path.is_file()
            }
        }


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
