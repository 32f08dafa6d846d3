"""Shapes that the file leaves open, because the batch is, are worked out for the batch of one.

A converter writes 1 for a size that it does not know, also far behind the RESHAPE that makes it. What the operators in
front of such a RESHAPE compute is known here (`shape_values`); from there on, each operator gets the shape that it makes
of its inputs (`shape_rules`), as long as that is another than the file's.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.compile.errors import ModelFormatError
from pipelines.compile.graph import Graph, Operator, Tensor
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import MAX_ELEMENTS, reading
from pipelines.compile.shape_rules import made_shape
from pipelines.compile.shape_values import known_value


@graph_pass(order=3)
def resolve_shapes(graph: Graph) -> Graph:
    """Replace arithmetic on shapes by constants, and the shapes that depend on it by those that they are."""
    tensors = list(graph.tensors)
    kept: list[Operator] = []
    changed: set[int] = set()
    for operator in graph.operators:
        with reading(f"layer {graph.layer_name(operator)!r} ({operator.kind})"):
            value = known_value(operator, tensors) if operator.outputs[0] != graph.output else None
            if value is not None:
                target = operator.outputs[0]
                tensors[target] = replace(tensors[target], shape=value.shape, data=value)
                continue
            kept.append(operator)
            if operator.kind == "RESHAPE" or not changed.isdisjoint(operator.inputs):
                _resolve(operator, tensors, changed)
    return replace(graph, tensors=tuple(tensors), operators=tuple(kept))


def _resolve(operator: Operator, tensors: list[Tensor], changed: set[int]) -> None:
    """Give the output the shape that the operator makes, where that differs."""
    target = tensors[operator.outputs[0]]
    inputs = [tensors[index] for index in operator.inputs if index >= 0]
    shape = made_shape(operator, inputs)
    if shape is None or shape == target.shape or min(shape, default=1) < 1 or len(operator.outputs) != 1:
        return
    resolved = replace(target, shape=shape)
    if resolved.elements > MAX_ELEMENTS:
        raise ModelFormatError(
            f"operator {operator.index} ({operator.kind}) makes a tensor of shape {list(shape)}"
        )
    tensors[target.index] = resolved
    changed.add(target.index)
