"""Write a TF.js graph model: scaled features to probabilities, to run and no more.

Format: the protobuf-JSON of a ``GraphDef`` as ``modelTopology``, constants in the weights file under their names
(``graph_model.ts`` and ``operation_mapper.ts`` of tfjs-converter).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pipelines.export.tfjs.freeze import INPUT, OUTPUT, frozen_graph
from pipelines.export.tfjs.passes import Node, simplified
from pipelines.export.tfjs.weights import TfjsModel, WeightsAs, tfjs_model
from pipelines.learn.runtime import tensorflow

_OPERATORS = frozenset(
    {
        "Add",
        "AddV2",
        "AvgPool",
        "BiasAdd",
        "Cast",
        "ConcatV2",
        "Const",
        "Conv2D",
        "DepthwiseConv2dNative",
        "Elu",
        "ExpandDims",
        "FusedDepthwiseConv2dNative",
        "LeakyRelu",
        "Max",
        "MaxPool",
        "Maximum",
        "Mean",
        "Min",
        "Minimum",
        "Mul",
        "Pad",
        "PadV2",
        "Placeholder",
        "Relu",
        "Relu6",
        "Reshape",
        "Rsqrt",
        "Sigmoid",
        "Softmax",
        "Sqrt",
        "Square",
        "Squeeze",
        "Sub",
        "Sum",
        "Tanh",
        "Transpose",
        "MatMul",
        "_FusedConv2D",
        "_FusedMatMul",
    }
)
"""What every backend of TF.js 4.22 has: CPU, WebGL and WebAssembly."""

_ROLES = {1: "weights", 2: "bias"}


def graph_model(model_path: Path, weights_as: WeightsAs = "float32") -> TfjsModel:
    """The graph model of a saved Keras network: ``features[n, *shape]`` to ``probabilities[n, labels]``.

    Raises:
        ValueError: the network has an operator that not every backend of TF.js has; says which.
    """
    frozen = frozen_graph(model_path)
    nodes, output = simplified(_nodes_of(frozen), _last(frozen))
    unknown = sorted({node.op for node in nodes} - _OPERATORS)
    if unknown:
        raise ValueError(f"the network computes {', '.join(unknown)}, which not every backend of TF.js has")
    nodes = _renamed(nodes, output)
    document = {
        "format": "graph-model",
        "generatedBy": f"TensorFlow {tensorflow().__version__}",
        "convertedBy": "Thimble",
        "signature": _signature(nodes),
        "modelTopology": {
            "node": [_node_json(node) for node in nodes],
            "library": {},
            "versions": {"producer": frozen.versions.producer},
        },
    }
    constants = [(node.name, node.value) for node in nodes if node.value is not None]
    return tfjs_model(document, constants, weights_as)


def _nodes_of(graph: Any) -> list[Node]:
    tf = tensorflow()
    nodes = []
    for node in _in_order(list(graph.node)):
        value = tf.make_ndarray(node.attr["value"].tensor) if node.op == "Const" else None
        inputs = [name.removesuffix(":0") for name in node.input if not name.startswith("^")]
        nodes.append(Node(node.op, node.name, inputs, dict(node.attr), _narrow(value)))
    return nodes


def _narrow(value: Any) -> Any:
    """TF.js has no int64: axes and shapes fit into int32."""
    return value.astype(np.int32) if value is not None and value.dtype == np.int64 else value


def _in_order(nodes: list[Any]) -> list[Any]:
    """Every node behind those that it reads, and otherwise as they came."""
    by_name = {node.name: node for node in nodes}
    placed: dict[str, Any] = {}

    def place(node: Any) -> None:
        if node.name not in placed:
            for name in node.input:
                place(by_name[name.lstrip("^").removesuffix(":0")])
            placed[node.name] = node

    for node in nodes:
        place(node)
    return list(placed.values())


def _last(graph: Any) -> str:
    """The one node that no other reads."""
    read = {name.lstrip("^").removesuffix(":0") for node in graph.node for name in node.input}
    (name,) = (node.name for node in graph.node if node.name not in read)
    return str(name)


def _renamed(nodes: list[Node], output: str) -> list[Node]:
    """Names by operator and place, which depend on nothing but the network: ``conv2d_0``, ``conv2d_0/bias``."""
    names: dict[str, str] = {}
    for number, node in enumerate(node for node in nodes if node.value is None):
        plain = node.op.removeprefix("_").removeprefix("Fused").lower()
        names[node.name] = INPUT if node.op == "Placeholder" else f"{plain}_{number}"
    names[output] = OUTPUT
    for node in nodes:
        for place, name in enumerate(node.inputs):
            names.setdefault(name, f"{names[node.name]}/{_role(node, place)}")
    for node in nodes:
        node.name = names[node.name]
        node.inputs = [names[name] for name in node.inputs]
    return nodes


def _role(node: Node, place: int) -> str:
    has_weights = "Conv" in node.op or "MatMul" in node.op
    return _ROLES[place] if has_weights and place in _ROLES else f"input_{place}"


def _node_json(node: Node) -> dict[str, Any]:
    document: dict[str, Any] = {"name": node.name, "op": node.op}
    if node.inputs:
        document["input"] = node.inputs
    attributes = _constant_attributes(node) if node.value is not None else _attributes(node)
    return {**document, "attr": attributes}


def _attributes(node: Node) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict

    found = {name: MessageToDict(message) for name, message in node.attributes.items() if name[0] != "_"}
    if node.fused:
        found["fused_ops"] = {"list": {"s": [_base64(name) for name in node.fused]}}
        found["num_args"] = {"i": "1"}
        found["epsilon"] = {"f": 0.0}
    return found


def _constant_attributes(node: Node) -> dict[str, Any]:
    """A constant's type and shape; its numbers are in the weights file."""
    assert node.value is not None  # noqa: S101 - constants have one
    dtype = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}[str(node.value.dtype)]
    shape = {"dim": [{"size": str(size)} for size in node.value.shape]}
    return {"dtype": {"type": dtype}, "value": {"tensor": {"dtype": dtype, "tensorShape": shape}}}


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode()


def _signature(nodes: list[Node]) -> dict[str, Any]:
    """Names, types and shapes of input and output; -1 stands for the number of windows."""
    (features,) = (node for node in nodes if node.op == "Placeholder")
    sizes = [str(dim.size) for dim in features.attributes["shape"].shape.dim]
    return {
        "inputs": {INPUT: _tensor_info(INPUT, sizes)},
        "outputs": {OUTPUT: {"name": f"{OUTPUT}:0", "dtype": "DT_FLOAT"}},
    }


def _tensor_info(name: str, sizes: list[str]) -> dict[str, Any]:
    shape = {"dim": [{"size": size} for size in sizes]}
    return {"name": f"{name}:0", "dtype": "DT_FLOAT", "tensorShape": shape}
