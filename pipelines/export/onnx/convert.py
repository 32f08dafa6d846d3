"""The stages in order: TFLite bytes, the compiler's graph, ONNX nodes, a checked model."""

from __future__ import annotations

from collections.abc import Mapping

import onnx
from onnx import TensorProto, helper

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import DType, Graph, Tensor
from pipelines.compile.kernels.base import Layer
from pipelines.compile.options import CompileOptions
from pipelines.compile.reader import read_model, reading
from pipelines.export.onnx.builder import ROWS_FIRST, OnnxBuilder
from pipelines.export.onnx.operators import OPERATORS

INPUT_NAME = "features"
OUTPUT_NAME = "probabilities"
OPSET = 17
"""The newest that all runtimes of the last years take; per-channel ``DequantizeLinear`` came with 13."""
IR_VERSION = 8

_TYPES = {DType.FLOAT32: TensorProto.FLOAT, DType.INT8: TensorProto.INT8}


def onnx_model(model_file: bytes, properties: Mapping[str, str] | None = None, exact: bool = True) -> bytes:
    """The same network as ONNX: ``features`` ``[batch, ...]`` to ``probabilities`` ``[batch, ...]``, of the same types.

    Args:
        model_file: a ``.tflite`` model, int8 or float32, with batch size 1.
        exact: int8 layers round as TFLite does; without it they are bare ``DequantizeLinear``, operator,
            ``QuantizeLinear``, which more tools recognise, and some integers are a step off.
        properties: what the file says of itself (``metadata_props``).

    Raises:
        ModelFormatError: the bytes are no model.
        UnsupportedOpError: an operator has no counterpart here; it is named.
        CompileError: the model has other types or another batch.
    """
    graph = read_model(model_file)
    _check(graph)
    builder = OnnxBuilder(graph, exact)
    builder.store(graph.tensors[graph.input], INPUT_NAME, ROWS_FIRST)
    for operator in graph.operators:
        layer = Layer(graph, operator, CompileOptions())
        convert = OPERATORS.get(operator.kind)
        if convert is None:
            layer.unsupported(
                "has no counterpart in the ONNX export",
                f"replace the layer, or deploy another target; exported are {', '.join(sorted(OPERATORS))}",
            )
        with reading(f"layer {layer.name!r} ({operator.kind})"):
            convert(builder, layer)
    model = helper.make_model(
        _graph_of(graph, builder),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="thimble",
    )
    helper.set_model_props(model, dict(sorted((properties or {}).items())))
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _graph_of(graph: Graph, builder: OnnxBuilder) -> onnx.GraphProto:
    output = builder.stored(graph.tensors[graph.output])
    for node in builder.nodes:
        node.output[:] = [OUTPUT_NAME if name == output else name for name in node.output]
        node.input[:] = [OUTPUT_NAME if name == output else name for name in node.input]
    return helper.make_graph(
        builder.nodes,
        "network",
        [_end(INPUT_NAME, graph.tensors[graph.input])],
        [_end(OUTPUT_NAME, graph.tensors[graph.output])],
        builder.initializers,
    )


def _end(name: str, tensor: Tensor) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, _TYPES[tensor.dtype], ["batch", *tensor.shape[1:]])


def _check(graph: Graph) -> None:
    """One number type from end to end, and a batch of 1 in every tensor that is computed."""
    ends = [graph.tensors[graph.input], graph.tensors[graph.output]]
    if ends[0].dtype not in _TYPES or ends[0].dtype is not ends[1].dtype:
        raise CompileError(
            f"the model takes {ends[0].dtype.value} and gives {ends[1].dtype.value}; ONNX takes int8 or float32 models"
        )
    computed = [graph.tensors[index] for operator in graph.operators for index in operator.outputs]
    for tensor in [*ends, *computed]:
        if not tensor.shape or tensor.shape[0] != 1:
            raise CompileError(
                f"tensor {tensor.name!r} has shape {list(tensor.shape)}: its first axis must be a batch of 1"
            )
