"""The stages of the compiler in order."""

from __future__ import annotations

import re

from pipelines.compile.emit import emit_files
from pipelines.compile.errors import CompileError, ModelFormatError
from pipelines.compile.graph import DType, Graph, Tensor
from pipelines.compile.kernels import Step
from pipelines.compile.kernels.base import lower
from pipelines.compile.lowered import LoweredModel
from pipelines.compile.memory import plan_memory
from pipelines.compile.model import CompiledModel, LayerInfo, TensorInfo
from pipelines.compile.options import CompileOptions
from pipelines.compile.passes import run_passes
from pipelines.compile.reader import read_model
from pipelines.compile.schedule import in_best_order
from pipelines.compile.share_constants import share_constants
from pipelines.compile.streaming.choose import choose_segments
from pipelines.compile.streaming.segment import segment_info

# Beyond this no microcontroller can hold the constants, and the C file would not compile in time.
MAX_WEIGHTS_BYTES = 64 << 20
# Types that only constants have.
_NOT_COMPUTED = {DType.OTHER, DType.FLOAT16, DType.INT4}
_DEFAULT = CompileOptions()
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def compile_model(tflite: bytes, name: str, options: CompileOptions = _DEFAULT) -> CompiledModel:
    """Compile `.tflite` bytes to C files called after `name`, a lower-case C identifier.

    The model has one input and one output, each int8, int16, float32 or a plain integer, and batch size 1.
    Raises `ModelFormatError` when the bytes are broken, `UnsupportedOpError` when a layer has no
    kernel (it names the layer and the cure), `CompileError` when the name is not an identifier.
    """
    return compiled_model(lower_model(read_model(tflite), name, options))


def lower_model(original: Graph, name: str, options: CompileOptions) -> LoweredModel:
    """All but the emission; the errors are those of `compile_model`."""
    if not _NAME.fullmatch(name):
        raise CompileError(
            f"name {name!r} must be a lower-case C identifier of at most 63 characters, like 'model'"
        )
    graph = run_passes(original)
    steps = [lower(graph, operator, options) for operator in graph.operators]
    _check_whole(graph, steps)
    graph, steps = in_best_order(graph, steps)
    steps = share_constants(steps)
    segments = choose_segments(graph, steps, options)
    return LoweredModel(
        name,
        graph,
        tuple(steps),
        plan_memory(graph, steps, segments),
        tensor_info(graph.tensors[graph.input], "input"),
        tensor_info(graph.tensors[graph.output], "output"),
        segments,
        options.weights_in,
    )


def compiled_model(lowered: LoweredModel) -> CompiledModel:
    """The C files of a lowered model, and the facts about them."""
    graph, steps = lowered.graph, lowered.steps
    return CompiledModel(
        name=lowered.name,
        files=emit_files(lowered),
        arena_bytes=lowered.plan.arena_bytes,
        arena_lower_bound_bytes=lowered.plan.lower_bound_bytes,
        weights_bytes=sum(constant.size_bytes for step in steps for constant in step.constants),
        macs=sum(step.macs for step in steps),
        input=lowered.input,
        output=lowered.output,
        input_offset_bytes=lowered.input_offset_bytes,
        output_offset_bytes=lowered.output_offset_bytes,
        state_bytes=lowered.plan.state_bytes,
        layers=[
            LayerInfo(
                graph.layer_name(operator),
                operator.kind,
                step.macs,
                graph.tensors[operator.outputs[0]].shape,
                sum(constant.size_bytes for constant in step.constants),
                step.scratch_bytes,
                sum(constant.size_bytes_for(True, False) for constant in step.constants),
                sum(constant.size_bytes_for(True, True) for constant in step.constants),
            )
            for operator, step in zip(graph.operators, steps, strict=True)
        ],
        segments=tuple(segment_info(graph, segment) for segment in lowered.segments),
    )


def _check_whole(graph: Graph, steps: list[Step]) -> None:
    output = graph.root(graph.output)
    if output == graph.root(graph.input) or not graph.operators:
        raise ModelFormatError("the model's output is its input; there is nothing to compute")
    if graph.tensors[output].data is not None:
        raise ModelFormatError("the model's output is a constant; it does not depend on the input")
    for operator in graph.operators:
        for index in (*operator.inputs, *operator.outputs):
            tensor = graph.tensors[index]
            if index >= 0 and tensor.data is None and tensor.dtype in _NOT_COMPUTED:
                raise CompileError(
                    f"layer {graph.layer_name(operator)!r} ({operator.kind}) works on {tensor.dtype.value} numbers; "
                    "convert the model with full int8 quantization, or without any (float32)"
                )
        if len(operator.outputs) != 1:
            raise ModelFormatError(
                f"layer {graph.layer_name(operator)!r} ({operator.kind}) has several outputs"
            )
    total = sum(constant.size_bytes for step in steps for constant in step.constants)
    if total > MAX_WEIGHTS_BYTES:
        raise CompileError(f"the model has {total} bytes of weights; at most {MAX_WEIGHTS_BYTES} compile")


def tensor_info(tensor: Tensor, what: str) -> TensorInfo:
    """The facts about the model's ``input`` or ``output``.

    Raises `CompileError` and `ModelFormatError` where it has another type than a model may have.
    """
    if tensor.elements == 0:
        raise ModelFormatError(f"the model's {what} has the empty shape {list(tensor.shape)}")
    if tensor.dtype in (DType.FLOAT32, DType.INT32, DType.INT64):
        return TensorInfo(tensor.shape, tensor.dtype.value, 1.0, 0)
    if tensor.dtype not in (DType.INT8, DType.INT16):
        raise CompileError(
            f"the model's {what} is {tensor.dtype.value}; convert it with an int8, int16 or float32 {what} "
            f"(inference_{what}_type)"
        )
    quantization = tensor.quantization
    if quantization is None or len(quantization.scales) != 1:
        raise ModelFormatError(f"the model's {what} is {tensor.dtype.value} without one scale")
    return TensorInfo(tensor.shape, tensor.dtype.value, quantization.scales[0], quantization.zero_points[0])
