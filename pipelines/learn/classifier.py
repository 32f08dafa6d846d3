"""The classifier: a small neural network that tells labels apart."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field

from pipelines.blocks import BlockError, BlockParams, Cost, LearningBlock, register
from pipelines.learn.layers import Dense, Layer, LayerPlan, Shape, network_input_shape, plan_layers
from pipelines.learn.presets import Preset, preset_layers

Augment = Literal["none", "light", "strong"]

_FLOAT_BYTES = 4


class ClassifierParams(BlockParams):
    """Settings of a classifier."""

    preset: Preset = Field(
        "dense-small",
        title="Network",
        description="dense-small for flat features; conv1d-small for motion over time; "
        "dscnn-small for sound as a picture of frames and bands.",
    )
    layers: tuple[Layer, ...] = Field(
        (),
        title="Layers",
        description="Your own layers, in place of the preset's. The last one, a value for each label, is added.",
        max_length=64,
    )
    epochs: int = Field(
        60, title="Epochs", description="How often the training data is gone through, at most.", ge=1, le=1000
    )
    batch_size: int = Field(
        32,
        title="Batch size",
        description="Windows that are learned from in one step, at most; fewer where there are few windows.",
        ge=1,
        le=4096,
    )
    learning_rate: float = Field(
        0.002,
        title="Learning rate",
        description="Size of the first steps; it falls to zero over the epochs along a cosine.",
        gt=0,
        le=1,
        allow_inf_nan=False,
    )
    dropout: float = Field(
        0.25,
        title="Dropout",
        description="The part of the values that a preset forgets while training. More resists overfitting.",
        ge=0,
        lt=1,
    )
    early_stopping_patience: int = Field(
        15,
        title="Patience (epochs)",
        description="Stop when the validation loss has not fallen for this many epochs; 0 never stops early. "
        "The best weights are kept in either case.",
        ge=0,
        le=1000,
    )
    class_weights: bool = Field(
        True,
        title="Balance labels",
        description="Let rare labels weigh as much as frequent ones.",
    )
    augment: Augment = Field(
        "none",
        title="Augmentation",
        description="Vary the training features a little each time: shifts in time, noise, and hidden stretches "
        "of time or bands. For features with a time axis.",
    )
    seed: int = Field(
        1, title="Seed", description="The same seed and data train the same network.", ge=0, le=2**31 - 1
    )


@register
class Classifier(LearningBlock):
    """A network that ends in one probability for each label.

    Raises:
        BlockError: fewer than two labels, or layers that do not fit the features' shape.
    """

    id: ClassVar[str] = "classifier"
    title: ClassVar[str] = "Classifier"
    summary: ClassVar[str] = "A small neural network that tells which label a window bears."
    Params: ClassVar[type[BlockParams]] = ClassifierParams
    params: ClassifierParams

    def __init__(self, params: BlockParams, input_shape: Shape, labels: tuple[str, ...]) -> None:
        super().__init__(params, input_shape, labels)
        if len(labels) < 2:
            raise BlockError("labels: a classifier needs at least two different labels in the training data")
        hidden = self.params.layers or preset_layers(self.params.preset, input_shape, self.params.dropout)
        self.layers: tuple[Layer, ...] = (*hidden, Dense(units=len(labels), activation="linear"))
        self.plan: tuple[LayerPlan, ...] = plan_layers(self.layers, input_shape)

    @property
    def output_shape(self) -> Shape:
        """One probability for each label, in the order of the labels."""
        return (len(self.labels),)

    @property
    def cost(self) -> Cost:
        """Exact multiply-accumulates and float32 weights, and the two largest neighbouring activations."""
        sizes = [math.prod(network_input_shape(self.layers, self.input_shape))]
        sizes += [math.prod(layer.output_shape) for layer in self.plan]
        return Cost(
            macs=sum(layer.macs for layer in self.plan),
            scratch_bytes=_FLOAT_BYTES * max(a + b for a, b in pairwise(sizes)),
            table_bytes=_FLOAT_BYTES * sum(layer.weights for layer in self.plan),
        )
