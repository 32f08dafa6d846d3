"""The layers as C: the function that calls one kernel after the other, and the one that resets what is kept."""

from __future__ import annotations

from pipelines.compile.c_text import c_initialiser
from pipelines.compile.emit_arena import place_name
from pipelines.compile.emit_constants import STRUCT, is_one_byte
from pipelines.compile.graph import DType
from pipelines.compile.lowered import LoweredModel
from pipelines.compile.memory import Buffer
from pipelines.compile.streaming.emit_segment import segment_lines, segment_tiles, whole_tile
from pipelines.compile.streaming.segment import Segment

_LINE_CHARACTERS = 110


def invoke_text(model: LoweredModel) -> str:
    """`{name}_invoke`: a pointer for each tensor, then the layers."""
    lines = [f"void {model.name}_invoke(void *arena)", "{", "    uint8_t *const base = (uint8_t *)arena;"]
    named = _named(model)
    lines += [_pointer(model, buffer) for buffer in model.plan.buffers if buffer.tensor in named]
    for index in range(len(model.steps)):
        segment = model.segment_of(index)
        if segment is None:
            lines += ["", *(f"    {line}" for line in _layer_alone(model, index))]
        elif index == segment.first:
            lines += ["", *(f"    {line}" for line in _segment(model, segment))]
    return "\n".join([*lines, "}\n"])


def reset_text(model: LoweredModel) -> str:
    """`{name}_reset`; empty for a model that keeps nothing."""
    if not model.plan.state_bytes:
        return ""
    lines = [f"void {model.name}_reset(void *arena)", "{", "    uint8_t *const base = (uint8_t *)arena;", ""]
    for root, values in model.initial_states.items():
        name, size_bytes = model.variable(root), model.graph.tensors[root].size_bytes
        if is_one_byte(values):
            byte = values.tobytes()[0] if size_bytes else 0
            lines.append(f"    memset(base + {name}_at, {byte}, {size_bytes});")
        else:
            lines.append(f"    memcpy(base + {name}_at, {STRUCT}.initial.{name}, {size_bytes});")
    return "\n".join([*lines, "}\n\n"])


def _named(model: LoweredModel) -> set[int | None]:
    """The tensors that some call names."""
    named: set[int | None] = set()
    for operator, step in zip(model.graph.operators, model.steps, strict=True):
        if "{output}" in step.call:
            named.add(operator.outputs[0])
        named |= {
            model.graph.root(tensor)
            for position, tensor in enumerate(operator.inputs)
            if tensor >= 0 and f"{{input{position}}}" in step.call
        }
    return named


def _member(model: LoweredModel, index: int) -> str:
    return f"{STRUCT}.{model.layer_id(index)}"


def _layer_alone(model: LoweredModel, index: int) -> list[str]:
    """The lines, not indented, that run a step on all of its output."""
    definitions = _definitions(model, index)
    if not definitions:
        return [_title(model, index), *_run(model, index, "")]
    body = [*definitions, *_run(model, index, "&whole")]
    return [_title(model, index), "{", *(f"    {line}" for line in body), "}"]


def _title(model: LoweredModel, index: int) -> str:
    operator, step = model.graph.operators[index], model.steps[index]
    shape = " x ".join(str(size) for size in model.graph.tensors[operator.outputs[0]].shape)
    macs = f", {step.macs:,} MACs" if step.macs else ""
    return f"/* {index}: {operator.kind} {model.layer_name(index)} -> {shape}{macs} */"


def _run(model: LoweredModel, index: int, tile: str) -> list[str]:
    return [
        f"{model.name.upper()}_ENTER_LAYER({index});",
        *f"{_call(model, index, tile)};".replace("\n    ", "\n").split("\n"),
    ]


def _definitions(model: LoweredModel, index: int) -> list[str]:
    """The parameters of a step and what it computes at once: all of its output, or a row of each strip of columns."""
    step, segment = model.steps[index], model.segment_of(index)
    texts = []
    if step.parameters_type:
        texts.append(f"static const {step.parameters_type} parameters = {c_initialiser(step.parameters)};")
    if step.reach is not None and segment is None:
        whole = whole_tile(model.graph, model.graph.operators[index])
        texts.append(f"static const tile whole = {c_initialiser(whole)};")
    elif segment is not None:
        strips = [c_initialiser(each) for each in segment_tiles(model.graph, segment, index)]
        texts.append(
            f"static const tile row = {strips[0]};"
            if len(strips) == 1
            else f"static const tile strips[{len(strips)}] = {{\n" + ",\n".join(strips) + "};"
        )
    return "\n".join(texts).split("\n") if texts else []


def _segment(model: LoweredModel, segment: Segment) -> list[str]:
    """The lines, not indented, that run the steps of a segment by turns."""
    tensors = [model.graph.tensors[ring.tensor] for ring in segment.rings]
    title = (
        f"Layers {segment.first} to {segment.last}, row by row"
        if tensors
        else f"Layer {segment.first}, row by row"
    )
    if tensors:
        whole = sum(tensor.size_bytes for tensor in tensors)
        title += (
            f": of the images between them {segment.ring_bytes:,} instead of {whole:,} bytes are in memory"
        )
    if segment.recomputed_macs:
        title += f"; {segment.recomputed_macs:,} MACs at the seams of the strips are computed twice"
    return segment_lines(
        segment,
        f"{title}.",
        lambda step: [_title(model, step), *_definitions(model, step)],
        lambda step: _run(model, step, "&rows"),
    )


def _pointer(model: LoweredModel, buffer: Buffer) -> str:
    tensor = model.graph.tensors[buffer.tensor or 0]
    c_type = tensor.dtype.c_type
    cast = f"({c_type} *)" if tensor.dtype is DType.INT8 else f"({c_type} *)(void *)"
    return f"    {c_type} *const {model.variable(tensor.index)} = {cast}(base + {place_name(model, buffer)});"


def _call(model: LoweredModel, index: int, tile: str) -> str:
    """The step's call with every placeholder replaced by a C expression."""
    graph, step = model.graph, model.steps[index]
    operator = graph.operators[index]
    owners = {constant.name: constant.same_as or (index, constant.name) for constant in step.constants}
    names = {name: f"{_member(model, owner)}.{member}" for name, (owner, member) in owners.items()}
    for position, tensor in enumerate(operator.inputs):
        if tensor >= 0 and graph.tensors[graph.root(tensor)].data is None:
            names[f"input{position}"] = model.variable(graph.root(tensor))
    names["output"] = model.variable(operator.outputs[0])
    names["parameters"] = "&parameters"
    names["tile"] = tile
    if step.scratch_bytes:
        cast = "(int8_t *)" if step.scratch_type == "int8_t" else f"({step.scratch_type} *)(void *)"
        names["scratch"] = f"{cast}(base + {place_name(model, model.plan.scratch_of(index))})"
    return ";\n    ".join(_wrapped(call) for call in step.call.format_map(names).split(";\n    "))


def _wrapped(call: str) -> str:
    """A call whose arguments continue below the first one where the line is full."""
    function, _, rest = call.partition("(")
    lines = [f"    {function}("]
    for argument in rest.split(", "):
        separator = "" if lines[-1].endswith("(") else " "
        if len(lines[-1]) + len(separator) + len(argument) + 2 > _LINE_CHARACTERS:
            lines.append(" " * (len(function) + 5))
            separator = ""
        lines[-1] += f"{separator}{argument},"
    return "\n".join(lines).strip().removesuffix(",")
