"""Training a classifier: features and labels in, a folder with the best network out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.blocks import BlockError, LearningBlock
from pipelines.learn.augment import augmentation
from pipelines.learn.classifier import Classifier, ClassifierParams
from pipelines.learn.network import build_networks
from pipelines.learn.runtime import keras
from pipelines.learn.scaler import Scaler, fit_scaler
from pipelines.learn.trained import EpochMetrics, Trained

__all__ = ["EpochMetrics", "Labels", "Trained", "train_classifier"]

Labels = NDArray[np.integer[Any]]

IN_MEMORY_BYTES = 1_000_000_000
"""Features up to this size are scaled once and held; larger ones are read and scaled batch by batch."""


MIN_STEPS_AN_EPOCH = 16
"""Few windows are taught in smaller batches: with two or three steps an epoch, the running averages of batch
normalisation lag behind the weights and training stops before anything was learned."""

_SMALLEST_BATCH = 4
VALIDATION_BATCH_SIZE = 256


def batch_size_for(asked: int, windows: int) -> int:
    """The batch size that was asked for, or a smaller one where there are few windows."""
    return min(asked, max(_SMALLEST_BATCH, windows // MIN_STEPS_AN_EPOCH))


def train_classifier(
    block: LearningBlock,
    features: NDArray[np.float32],
    labels: Labels,
    validation: tuple[NDArray[np.float32], Labels],
    folder: Path,
    on_epoch: Callable[[EpochMetrics], None],
) -> Trained:
    """Train the block's network and keep the weights of its best epoch.

    The best epoch is the one of the lowest validation loss, or, where the validation part is empty, of the
    lowest training loss.

    Args:
        block: a :class:`~pipelines.learn.classifier.Classifier`; its parameters tell everything else.
        features: ``[w, *block.input_shape]`` before scaling; may be memory-mapped.
        labels: ``[w]``, positions in ``block.labels``.
        validation: the same for the windows to validate with; may be empty.
        folder: where the result goes; each of its files appears whole or not at all.
        on_epoch: told after each epoch; what it raises stops the training and is passed on.

    Raises:
        BlockError: the block is no classifier, or features and labels do not fit it.
    """
    if not isinstance(block, Classifier):
        raise BlockError(f"learning block {block.id!r} is no classifier")
    params = block.params
    validation_features, validation_labels = validation
    _check(block, features, labels)
    _check(block, validation_features, validation_labels)
    if not len(labels):
        raise BlockError("features: there are no training windows")

    k = keras()
    k.backend.clear_session()
    k.utils.set_random_seed(params.seed)
    scaler = fit_scaler(features)
    network, kept = build_networks(block)
    batch_size = batch_size_for(params.batch_size, len(labels))
    steps = math.ceil(len(labels) / batch_size)
    teaching = _with_augmentation(k, block, network)
    teaching.compile(
        optimizer=k.optimizers.Adam(
            k.optimizers.schedules.CosineDecay(params.learning_rate, params.epochs * steps, alpha=0.01)
        ),
        loss=k.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    watch = _watch(k, params, kept, on_epoch)
    teaching.fit(
        **_data(k, scaler, features, labels, batch_size, shuffle=True),
        **_validation(k, scaler, validation_features, validation_labels),
        epochs=params.epochs,
        class_weight=_class_weights(labels, len(block.labels)) if params.class_weights else None,
        callbacks=[watch],
        verbose=0,
    )
    kept.set_weights(watch.best_weights)
    return Trained.save(folder, kept, scaler, watch.history_of_epochs, block.labels)


def _check(block: Classifier, features: NDArray[np.float32], labels: Labels) -> None:
    if features.shape[1:] != block.input_shape:
        raise BlockError(f"features: of shape {features.shape[1:]}, the network takes {block.input_shape}")
    if labels.shape != (len(features),):
        raise BlockError(f"labels: {labels.shape} for {len(features)} windows")
    if labels.size and not 0 <= labels.min() <= labels.max() < len(block.labels):
        raise BlockError(f"labels: must be 0 to {len(block.labels) - 1}, the positions of the labels")


def _with_augmentation(k: Any, block: Classifier, network: Any) -> Any:
    kind = block.params.augment
    if kind == "none":
        return network
    inputs = k.Input(block.input_shape)
    return k.Model(inputs, network(augmentation(kind, block.input_shape, block.params.seed)(inputs)))


def _class_weights(labels: Labels, count: int) -> dict[int, float]:
    """Weights that make all labels count alike, 1 on average."""
    counts = np.bincount(labels.astype(np.int64), minlength=count)
    present = np.count_nonzero(counts)
    return {
        label: len(labels) / (present * number) if number else 0.0
        for label, number in enumerate(counts.tolist())
    }


def _data(
    k: Any, scaler: Scaler, features: NDArray[np.float32], labels: Labels, batch_size: int, *, shuffle: bool
) -> dict[str, Any]:
    """Arguments of ``fit``: plain arrays where they fit into memory, else batches read as they are needed."""
    if features.nbytes > IN_MEMORY_BYTES:
        return {"x": _batches(k, scaler, features, labels, batch_size, shuffle=shuffle)}
    return {
        "x": scaler.apply(features),
        "y": labels.astype(np.int32),
        "batch_size": batch_size,
        "shuffle": shuffle,
    }


def _validation(k: Any, scaler: Scaler, features: NDArray[np.float32], labels: Labels) -> dict[str, Any]:
    """Arguments of ``fit`` for the windows to validate with, in batches of their own size."""
    if not len(labels):
        return {}
    data = _data(k, scaler, features, labels, VALIDATION_BATCH_SIZE, shuffle=False)
    if "y" not in data:
        return {"validation_data": data["x"]}
    return {"validation_data": (data["x"], data["y"]), "validation_batch_size": VALIDATION_BATCH_SIZE}


def _batches(
    k: Any, scaler: Scaler, features: NDArray[np.float32], labels: Labels, batch_size: int, *, shuffle: bool
) -> Any:
    """Scaled batches of a memory-mapped array, in an order that is drawn anew for each epoch."""
    random = np.random.default_rng(0)

    class Batches(k.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.on_epoch_begin()

        def on_epoch_begin(self) -> None:
            self.order = random.permutation(len(labels)) if shuffle else np.arange(len(labels))

        def __len__(self) -> int:
            return math.ceil(len(labels) / batch_size)

        def __getitem__(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
            # Sorted, so that the file is read in one direction.
            rows = np.sort(self.order[number * batch_size : (number + 1) * batch_size])
            return scaler.apply(features[rows]), labels[rows].astype(np.int32)

    return Batches()


def _watch(k: Any, params: ClassifierParams, kept: Any, on_epoch: Callable[[EpochMetrics], None]) -> Any:
    """A callback that reports epochs, keeps the best weights and stops when patience ends."""

    class Watch(k.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.history_of_epochs: list[EpochMetrics] = []
            self.best_loss = math.inf
            self.best_epoch = 0
            self.best_weights = kept.get_weights()

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.started = time.monotonic()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            metrics = EpochMetrics(
                epoch=epoch + 1,
                epochs=params.epochs,
                loss=float(logs["loss"]),
                accuracy=float(logs["accuracy"]),
                val_loss=float(logs["val_loss"]) if "val_loss" in logs else None,
                val_accuracy=float(logs["val_accuracy"]) if "val_accuracy" in logs else None,
                seconds=round(time.monotonic() - self.started, 3),
            )
            self.history_of_epochs.append(metrics)
            loss = metrics.loss if metrics.val_loss is None else metrics.val_loss
            if loss < self.best_loss:
                self.best_loss, self.best_epoch = loss, epoch
                self.best_weights = kept.get_weights()
            elif params.early_stopping_patience and epoch - self.best_epoch >= params.early_stopping_patience:
                self.model.stop_training = True
            on_epoch(metrics)

    return Watch()
