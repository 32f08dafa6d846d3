"""What training leaves behind: a folder with the network, its scaler, its history and its labels."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.learn.runtime import keras
from pipelines.learn.scaler import Scaler


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """How one epoch went. Losses are cross-entropies; without validation data ``val_*`` are None.

    Args:
        epoch, epochs: the epoch, counted from 1, of how many at most.
        seconds: wall time of this epoch.
    """

    epoch: int
    epochs: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Trained:
    """``model.keras``, ``scaler.npz``, ``history.json`` and ``labels.json`` in a folder."""

    folder: Path

    @property
    def model_path(self) -> Path:
        return self.folder / "model.keras"

    def model(self) -> Any:
        """The Keras model: scaled features to probabilities."""
        return keras().models.load_model(self.model_path, compile=False)

    def scaler(self) -> Scaler:
        """What is done to features before the model."""
        return Scaler.load(self.folder / "scaler.npz")

    def history(self) -> list[EpochMetrics]:
        """Every epoch that was trained, in order."""
        return [EpochMetrics(**epoch) for epoch in json.loads((self.folder / "history.json").read_text())]

    def labels(self) -> tuple[str, ...]:
        """What the model's outputs stand for."""
        return tuple(json.loads((self.folder / "labels.json").read_text()))

    @classmethod
    def save(
        cls, folder: Path, model: Any, scaler: Scaler, history: list[EpochMetrics], labels: tuple[str, ...]
    ) -> Trained:
        """Write all files; each appears whole or not at all, the model last."""
        folder.mkdir(parents=True, exist_ok=True)
        scaler.save(folder / "partial.npz")
        (folder / "partial.npz").replace(folder / "scaler.npz")
        for name, content in (
            ("history.json", [asdict(epoch) for epoch in history]),
            ("labels.json", labels),
        ):
            (folder / "partial.json").write_text(json.dumps(content))
            (folder / "partial.json").replace(folder / name)
        model.save(folder / "partial.keras")
        (folder / "partial.keras").replace(folder / "model.keras")
        return cls(folder)
