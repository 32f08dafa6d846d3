"""A Keras network as a TensorFlow graph without variables, for windows in batches of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.learn.runtime import keras, quiet, tensorflow

INPUT, OUTPUT = "features", "probabilities"

_BATCH = 7
"""The graph is traced for this many windows, so that shapes are constants; a prime number, so that it stands out."""

_OPTIMIZERS = ("pruning", "constfold", "arithmetic", "dependency")


def frozen_graph(model_path: Path) -> Any:
    """The ``GraphDef`` of a saved Keras model; its input is a placeholder called :data:`INPUT`.

    Variables are constants, what hangs on constants alone is computed, and the first number of every shape is -1.
    """
    tf = tensorflow()
    with quiet():
        model = keras().models.load_model(model_path, compile=False)
        spec = tf.TensorSpec((_BATCH, *model.input_shape[1:]), tf.float32, name=INPUT)
        function = tf.function(lambda features: model(features, training=False), input_signature=[spec])
        graph = _simplified(function.get_concrete_function())
    for node in graph.node:
        if node.op == "Placeholder":
            node.attr["shape"].shape.dim[0].size = -1
    _free_reshapes(tf, graph)
    return graph


def _simplified(function: Any) -> Any:
    """Constants for variables, then TensorFlow's own optimiser, which folds what is constant."""
    from tensorflow.core.protobuf import config_pb2, meta_graph_pb2
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    from tensorflow.python.grappler import tf_optimizer
    from tensorflow.python.training.saver import export_meta_graph

    frozen = convert_variables_to_constants_v2(function)
    kept = meta_graph_pb2.CollectionDef()
    kept.node_list.value.append(frozen.outputs[0].name)
    meta_graph = export_meta_graph(graph_def=frozen.graph.as_graph_def(), graph=frozen.graph)
    # The optimiser keeps what is listed here, and what that needs.
    meta_graph.collection_def["train_op"].CopyFrom(kept)
    config = config_pb2.ConfigProto()
    config.graph_options.rewrite_options.optimizers.extend(_OPTIMIZERS * 2)
    return tf_optimizer.OptimizeGraph(config, meta_graph)


def _free_reshapes(tf: Any, graph: Any) -> None:
    """Shapes that a reshape is given begin with -1 instead of the batch that was traced."""
    nodes = {node.name: node for node in graph.node}
    for node in graph.node:
        if node.op != "Reshape":
            continue
        constant = nodes.get(node.input[1])
        if constant is None or constant.op != "Const":
            continue
        shape = tf.make_ndarray(constant.attr["value"].tensor).copy()
        if shape.size and shape[0] == _BATCH:
            shape[0] = -1
            constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(shape))
