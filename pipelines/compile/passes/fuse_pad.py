"""A PAD with zeros in front of a convolution becomes the convolution's own padding.

Keras applications pad explicitly before strided convolutions; fused, the padded copy of the image
disappears from the arena. Exact, because a convolution skips its padding, and the PAD's value is
the integer (or 0.0) that stands for zero.
"""

from __future__ import annotations

from dataclasses import replace

import tflite

from pipelines.compile.graph import DType, Graph, Operator
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import reading

_OPTIONS = {"CONV_2D": tflite.Conv2DOptions, "DEPTHWISE_CONV_2D": tflite.DepthwiseConv2DOptions}


@graph_pass(order=110)
def fuse_pad(graph: Graph) -> Graph:
    """Fuse each PAD whose only reader is a VALID convolution."""
    readers: dict[int, list[Operator]] = {}
    for operator in graph.operators:
        for tensor in operator.inputs:
            readers.setdefault(graph.root(tensor), []).append(operator)

    fused: dict[int, Operator] = {}
    dropped = set()
    for pad in graph.operators:
        consumers = readers.get(pad.outputs[0], [])
        padding = _spatial_zero_padding(graph, pad) if pad.kind == "PAD" else None
        if padding is None or len(consumers) != 1 or pad.outputs[0] == graph.root(graph.output):
            continue
        consumer = consumers[0]
        if _is_valid_convolution_of(consumer, pad.outputs[0]):
            inputs = (pad.inputs[0], *consumer.inputs[1:])
            top, bottom, left, right = consumer.padding or (0, 0, 0, 0)
            more = (padding[0] + top, padding[1] + bottom, padding[2] + left, padding[3] + right)
            fused[consumer.index] = replace(consumer, inputs=inputs, padding=more)
            dropped.add(pad.index)
    operators = tuple(fused.get(op.index, op) for op in graph.operators if op.index not in dropped)
    return replace(graph, operators=operators)


def _is_valid_convolution_of(operator: Operator, tensor: int) -> bool:
    """Whether `operator` is a convolution without padding whose image is `tensor` itself."""
    table = _OPTIONS.get(operator.kind)
    if table is None or operator.options is None or operator.inputs[0] != tensor:
        return False
    with reading(f"the options of operator {operator.index}"):
        options = table()
        options.Init(operator.options.Bytes, operator.options.Pos)
        return bool(options.Padding() == tflite.Padding.VALID)


def _spatial_zero_padding(graph: Graph, pad: Operator) -> tuple[int, int, int, int] | None:
    """(top, bottom, left, right), when `pad` is well formed and touches height and width only."""
    if len(pad.inputs) != 2:
        return None
    source, target = graph.tensors[pad.inputs[0]], graph.tensors[pad.outputs[0]]
    amounts = graph.tensors[pad.inputs[1]].data
    if amounts is None or amounts.shape != (4, 2) or len(source.shape) != 4 or amounts.min() < 0:
        return None
    (front, back), (top, bottom), (left, right), (first, last) = amounts.tolist()
    batch, height, width, channels = source.shape
    if front or back or first or last or source.dtype is not target.dtype:
        return None
    if target.shape != (batch, height + top + bottom, width + left + right, channels):
        return None
    if source.dtype is DType.INT8 and source.quantization != target.quantization:
        return None
    return top, bottom, left, right
