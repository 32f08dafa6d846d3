"""Write a TF.js layers model: the network layer by layer, so that a page can go on training it.

TF.js 4.22 reads the JSON of Keras 2: ``batch_input_shape``, plain dtypes, ``inbound_nodes`` as lists, and weights
called ``layer/weight``. Keras 3 writes another (``batch_shape``, dtype policies, nested tensors), so each layer is
written here in the older form (``layers/*.ts`` of tfjs-layers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.export.tfjs.weights import TfjsModel, WeightsAs, tfjs_model
from pipelines.learn.runtime import keras, quiet

_KERAS_2 = "2.15.0"
"""The last version whose JSON TF.js reads."""


class LayersModelError(ValueError):
    """The network has a layer that TF.js's layers cannot stand for; the message says which."""


def layers_model(model_path: Path, weights_as: WeightsAs = "float32") -> TfjsModel:
    """The layers model of a saved Keras network of layers in a row: scaled features to probabilities.

    Raises:
        LayersModelError: a layer is of another kind than those of :data:`_CONFIGS`, or they are not in a row.
    """
    with quiet():
        model = keras().models.load_model(model_path, compile=False)
    layers = []
    weights: list[tuple[str, NDArray[Any]]] = []
    before: Any = None
    for layer in model.layers:
        layers.append(_layer(layer, before))
        before = layer
        for variable in layer.variables:
            if variable.name != "seed_generator_state":
                weights.append((_weight_name(layer, variable), np.asarray(variable, np.float32)))
    ends = {"input_layers": [[layers[0]["name"], 0, 0]], "output_layers": [[before.name, 0, 0]]}
    config = {"name": model.name, "layers": layers, **ends}
    topology = {
        "keras_version": _KERAS_2,
        "backend": "tensorflow",
        "model_config": {"class_name": "Functional", "config": config},
    }
    document = {
        "format": "layers-model",
        "generatedBy": f"keras v{_KERAS_2}",
        "convertedBy": "Thimble",
        "modelTopology": topology,
    }
    return tfjs_model(document, weights, weights_as)


def _weight_name(layer: Any, variable: Any) -> str:
    """``layer/weight`` by the names that Keras 2 gave."""
    is_depthwise = type(layer).__name__ == "DepthwiseConv2D" and variable.name == "kernel"
    return f"{layer.name}/{'depthwise_kernel' if is_depthwise else variable.name}"


def _layer(layer: Any, before: Any) -> dict[str, Any]:
    kind = type(layer).__name__
    if kind not in _CONFIGS:
        raise LayersModelError(f"the layer {layer.name} is a {kind}, which is not written for TF.js")
    if before is not None and _sources(layer) != [before]:
        raise LayersModelError(f"the layer {layer.name} does not read the one before it alone")
    inputs = [] if before is None else [[[before.name, 0, 0, {}]]]
    config = {"name": layer.name, "trainable": True, "dtype": "float32", **_CONFIGS[kind](layer.get_config())}
    return {"class_name": kind, "name": layer.name, "config": config, "inbound_nodes": inputs}


def _sources(layer: Any) -> list[Any]:
    """The layers that a layer reads, in every place where it is used."""
    tensors = [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]
    return [tensor._keras_history.operation for tensor in tensors]


def _kept(*names: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """These settings as Keras 3 has them: numbers, texts and lists, which mean the same in Keras 2."""
    return lambda config: {name: config[name] for name in names}


def _input(config: Mapping[str, Any]) -> dict[str, Any]:
    return {"batch_input_shape": list(config["batch_shape"]), "sparse": False}


_WINDOW = ("strides", "padding", "data_format")
_CONFIGS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "InputLayer": _input,
    "Reshape": _kept("target_shape"),
    "Conv2D": _kept("filters", "kernel_size", *_WINDOW, "dilation_rate", "activation", "use_bias"),
    "DepthwiseConv2D": _kept(
        "kernel_size", *_WINDOW, "depth_multiplier", "dilation_rate", "activation", "use_bias"
    ),
    "BatchNormalization": _kept("axis", "momentum", "epsilon", "center", "scale"),
    "ReLU": _kept("max_value", "negative_slope", "threshold"),
    "MaxPooling2D": _kept("pool_size", *_WINDOW),
    "AveragePooling2D": _kept("pool_size", *_WINDOW),
    "GlobalAveragePooling2D": _kept("data_format"),
    "Flatten": _kept("data_format"),
    "Dropout": _kept("rate"),
    "Dense": _kept("units", "activation", "use_bias"),
    "Softmax": _kept("axis"),
}
