"""The layers of a classifier as a Keras network.

The 1-D layers run as 2-D layers of width 1: TensorFlow Lite has no 1-D convolution, and would not fold the
batch normalisation behind the one that it puts together.
"""

from __future__ import annotations

from typing import Any

from pipelines.learn.classifier import Classifier
from pipelines.learn.layers import (
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool,
    Layer,
    Pool1D,
    Pool2D,
    Shape,
    network_input_shape,
)
from pipelines.learn.runtime import keras

_BATCH_NORM_MOMENTUM = 0.9
"""Small data has few steps an epoch; Keras's 0.99 would lag tens of epochs behind."""


def build_networks(block: Classifier) -> tuple[Any, Any]:
    """Two Keras models that share their weights: features to logits (to train), and to probabilities (to keep)."""
    k = keras()
    inputs = k.Input(block.input_shape, name="features")
    shape = network_input_shape(block.layers, block.input_shape)
    values = inputs
    if len(shape) == 2:
        values = k.layers.Reshape((shape[0], 1, shape[1]))(values)
    elif shape != block.input_shape:
        values = k.layers.Reshape(shape)(values)
    for layer, plan in zip(block.layers, block.plan, strict=True):
        for part in _parts(k, layer, plan.name, shape):
            values = part(values)
        shape = plan.output_shape
    probabilities = k.layers.Softmax(name="probabilities")(values)
    return k.Model(inputs, values, name="logits"), k.Model(inputs, probabilities, name="classifier")


def _parts(k: Any, layer: Layer, name: str, shape: Shape) -> list[Any]:
    """The Keras layers of one of ours."""
    layers = k.layers
    match layer:
        case Conv1D():
            kernel, strides = (layer.kernel, 1), (layer.stride, 1)
            convolution = layers.Conv2D(
                layer.filters, kernel, strides, layer.padding, use_bias=not layer.batch_norm, name=name
            )
            return [convolution, *_finish(k, layer, name)]
        case Conv2D():
            convolution = layers.Conv2D(
                layer.filters,
                layer.kernel,
                layer.strides,
                layer.padding,
                use_bias=not layer.batch_norm,
                name=name,
            )
            return [convolution, *_finish(k, layer, name)]
        case DepthwiseConv2D():
            return [*_depthwise(k, layer, name), *_finish(k, layer, name)]
        case Pool1D() | Pool2D():
            kind = layers.MaxPooling2D if layer.type.startswith("max") else layers.AveragePooling2D
            size = (layer.size, 1) if isinstance(layer, Pool1D) else layer.size
            return [kind(size, name=name)]
        case GlobalAveragePool():
            return [layers.GlobalAveragePooling2D(name=name)]
        case Flatten():
            return [layers.Flatten(name=name)] if len(shape) > 1 else []
        case Dropout():
            return [layers.Dropout(layer.rate, name=name)]
        case Dense():
            activation = None if layer.activation == "linear" else layer.activation
            return [layers.Dense(layer.units, activation, name=name)]


def _finish(k: Any, layer: Conv1D | Conv2D | DepthwiseConv2D, name: str) -> list[Any]:
    parts = []
    if layer.batch_norm:
        parts.append(k.layers.BatchNormalization(momentum=_BATCH_NORM_MOMENTUM, name=f"{name}_norm"))
    if layer.activation != "linear":
        limit = 6.0 if layer.activation == "relu6" else None
        parts.append(k.layers.ReLU(limit, name=f"{name}_{layer.activation}"))
    return parts


def _depthwise(k: Any, layer: DepthwiseConv2D, name: str) -> list[Any]:
    return [
        k.layers.DepthwiseConv2D(
            layer.kernel, layer.strides, layer.padding, use_bias=not layer.batch_norm, name=name
        )
    ]
