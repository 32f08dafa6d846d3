"""Fewer and larger operators: what multiplies, adds and bends behind a layer becomes part of it.

The graph is a list of :class:`Node` in the order of computation. TensorFlow.js runs a fused convolution, depthwise
convolution or matrix product in one program of the graphics card (``operations/op_list`` of tfjs-converter).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Node:
    """One operator. ``attributes`` are protobuf messages; ``value`` is there for constants only."""

    op: str
    name: str
    inputs: list[str]
    attributes: dict[str, Any] = field(default_factory=dict)
    value: NDArray[Any] | None = None
    fused: tuple[str, ...] = ()


_FUSED = {
    "Conv2D": "_FusedConv2D",
    "DepthwiseConv2dNative": "FusedDepthwiseConv2dNative",
    "MatMul": "_FusedMatMul",
}
_BENDS = ("Relu", "Relu6")


def simplified(nodes: list[Node], output: str) -> tuple[list[Node], str]:
    """The same function in fewer operators, and the name of its output; nothing is left that is not needed."""
    graph = _Graph(nodes, output)
    for step in (_skip_identity, _fold_scale, _fuse_bias, _fuse_bend):
        for node in list(graph.nodes):
            step(graph, node)
    return graph.needed(), graph.output


class _Graph:
    def __init__(self, nodes: list[Node], output: str) -> None:
        self.nodes = nodes
        self.output = output
        self.by_name = {node.name: node for node in nodes}

    def layer(self, name: str) -> Node | None:
        """The layer of that name, if it has weights that are constant and no one else reads its result."""
        node = self.by_name[name]
        readers = sum(other.inputs.count(name) for other in self.nodes) + (name == self.output)
        is_layer = node.op in (*_FUSED, *_FUSED.values()) and readers == 1
        return node if is_layer and self.constant(node.inputs[1]) is not None else None

    def constant(self, name: str) -> NDArray[Any] | None:
        return self.by_name[name].value

    def operands(self, node: Node) -> tuple[Node, NDArray[Any], str] | None:
        """The layer, the constant (one number for each of its outputs) and its name, of ``layer op constant``."""
        for one, other in (node.inputs, node.inputs[::-1]):
            values = self.constant(other)
            layer = self.layer(one)
            if layer is not None and values is not None and values.size == _outputs(self, layer):
                return layer, values.reshape(-1), other
        return None

    def replace(self, node: Node, by: str) -> None:
        """Whoever read the node reads the other one."""
        self.nodes.remove(node)
        for reader in self.nodes:
            reader.inputs = [by if name == node.name else name for name in reader.inputs]
        self.output = by if self.output == node.name else self.output

    def needed(self) -> list[Node]:
        wanted = {self.output}
        for node in reversed(self.nodes):
            if node.name in wanted:
                wanted.update(node.inputs)
        return [node for node in self.nodes if node.name in wanted]


def _outputs(graph: _Graph, layer: Node) -> int:
    """How many channels a layer has; a depthwise one has its multiplier for each input."""
    weights = graph.constant(layer.inputs[1])
    assert weights is not None  # noqa: S101 - only layers with constant weights are asked
    return int(np.prod(weights.shape[2:])) if "Depthwise" in layer.op else int(weights.shape[-1])


def _skip_identity(graph: _Graph, node: Node) -> None:
    if node.op == "Identity":
        graph.replace(node, node.inputs[0])


def _fold_scale(graph: _Graph, node: Node) -> None:
    """``layer(x, w) * c`` is ``layer(x, w * c)``."""
    found = graph.operands(node) if node.op == "Mul" else None
    if found is None or found[0].fused or _is_transposed(found[0]):
        return
    layer, factors, _ = found
    weights = graph.by_name[layer.inputs[1]]
    assert weights.value is not None  # noqa: S101 - operands() saw it
    by_output = factors.reshape(weights.value.shape[2:]) if "Depthwise" in layer.op else factors
    # Written behind the old ones: another layer may share them.
    scaled = Node("Const", f"{node.name}/weights", [], dict(weights.attributes), weights.value * by_output)
    graph.nodes.insert(graph.nodes.index(layer), scaled)
    graph.by_name[scaled.name] = scaled
    layer.inputs[1] = scaled.name
    graph.replace(node, layer.name)


def _fuse_bias(graph: _Graph, node: Node) -> None:
    """``layer(x, w) + c`` is one operator with a bias."""
    found = graph.operands(node) if node.op in ("BiasAdd", "Add", "AddV2") else None
    if found is None or found[0].fused or _is_transposed(found[0]):
        return
    layer, _, bias = found
    constant = graph.by_name[bias]
    assert constant.value is not None  # noqa: S101 - operands() saw it
    constant.value = constant.value.reshape(-1)
    graph.nodes.remove(constant)
    graph.nodes.insert(graph.nodes.index(layer), constant)
    layer.op, layer.fused = _FUSED[layer.op], ("BiasAdd",)
    layer.inputs.append(bias)
    graph.replace(node, layer.name)


def _fuse_bend(graph: _Graph, node: Node) -> None:
    """``relu(layer(x, w) + c)`` is one operator with a bias and an activation."""
    layer = graph.layer(node.inputs[0]) if node.op in _BENDS else None
    if layer is not None and layer.fused == ("BiasAdd",):
        layer.fused = ("BiasAdd", node.op)
        graph.replace(node, layer.name)


def _is_transposed(layer: Node) -> bool:
    transposed = layer.attributes.get("transpose_b")
    data_format = layer.attributes.get("data_format")
    return bool(transposed and transposed.b) or bool(data_format and data_format.s != b"NHWC")
