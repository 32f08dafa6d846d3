"""A trained network in the formats of TensorFlow.js: graph model (to run) and layers model (to go on training).

Both are a ``model.json`` and one file of weights. They are written here, from the frozen graph and from the layers:
the ``tensorflowjs`` package would bring JAX, Flax, TensorFlow Hub and a second TensorFlow, and reads no Keras 3.
"""

from pipelines.export.tfjs.graph_model import graph_model
from pipelines.export.tfjs.layers_model import LayersModelError, layers_model
from pipelines.export.tfjs.weights import TfjsModel, WeightsAs

__all__ = ["LayersModelError", "TfjsModel", "WeightsAs", "graph_model", "layers_model"]
