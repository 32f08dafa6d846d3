"""A lowered model as three C files: `{name}.h`, `{name}.c` and `{name}_weights.h`."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipelines.compile.c_text import c_array, c_initialiser, c_number
from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import FLAVOURS, Constant
from pipelines.compile.lowered import LoweredModel
from pipelines.compile.memory import Buffer
from pipelines.compile.model import TensorInfo
from pipelines.compile.plan import ALIGNMENT_BYTES
from pipelines.compile.streaming.emit_segment import ROWS_SOURCE, segment_lines, segment_tiles, whole_tile
from pipelines.compile.streaming.segment import Segment

_NATIVE = Path(__file__).parent / "kernels" / "native"
_INCLUDE = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
_C_TYPES = {"int8": "int8_t", "int16": "int16_t", "float32": "float"}
_LINE_CHARACTERS = 110


def emit_files(model: LoweredModel) -> dict[str, str]:
    """File name -> text. Only `{name}.c` is to be compiled."""
    return {
        f"{model.name}.h": _header(model),
        f"{model.name}.c": _source(model),
        f"{model.name}_weights.h": _weights(model),
    }


def _header(model: LoweredModel) -> str:
    upper = model.name.upper()
    input_type, output_type = _C_TYPES[model.input.dtype], _C_TYPES[model.output.dtype]
    return f"""/* {model.name}.h: a neural network as plain C99. Made by Thimble; do not edit.
 *
 * Input:  {_describe(model.input)}
 * Output: {_describe(model.output)}
 *
 * Use:
 *
 *     static uint32_t arena[{upper}_ARENA_BYTES / 4];
 *
 *     fill {model.name}_input(arena), {upper}_INPUT_SIZE elements;
 *     {model.name}_invoke(arena);
 *     read {model.name}_output(arena), {upper}_OUTPUT_SIZE elements;
 *
 * The arena is all the memory that a call needs beside its stack: {upper}_ARENA_BYTES bytes, aligned to
 * {upper}_ARENA_ALIGNMENT bytes. The input and the output lie in it, where bytes are used again and again: a call
 * overwrites its input, and the next input overwrites the output. What else the arena holds before a call does not
 * matter. Nothing is allocated and nothing is kept outside of the arena: calls with different arenas may run at
 * the same time.
 */
#ifndef {upper}_H
#define {upper}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

#define {upper}_ARENA_BYTES {model.plan.arena_bytes}
#define {upper}_ARENA_ALIGNMENT {ALIGNMENT_BYTES}

{_tensor_macros(upper, "INPUT", model.input, model.input_offset_bytes)}
{_tensor_macros(upper, "OUTPUT", model.output, model.output_offset_bytes)}
/* Where the arena holds the input: to be filled before each call. */
static inline {input_type} *{model.name}_input(void *arena)
{{
    return ({input_type} *)(void *)((uint8_t *)arena + {upper}_INPUT_OFFSET);
}}

/* Where the arena holds the output after a call. */
static inline const {output_type} *{model.name}_output(const void *arena)
{{
    return (const {output_type} *)(const void *)((const uint8_t *)arena + {upper}_OUTPUT_OFFSET);
}}

/* Compute the output from the input. */
void {model.name}_invoke(void *arena);

#ifdef __cplusplus
}}
#endif

#endif /* {upper}_H */
"""


def _describe(info: TensorInfo) -> str:
    shape = " x ".join(str(size) for size in info.shape) or "scalar"
    if info.dtype == "float32":
        return f"float32, {shape}"
    return f"{info.dtype}, {shape}; real = {info.scale:.9g} * (value - ({info.zero_point}))"


def _tensor_macros(upper: str, what: str, info: TensorInfo, offset: int) -> str:
    lines = f"#define {upper}_{what}_SIZE {info.elements}\n#define {upper}_{what}_OFFSET {offset}\n"
    if info.dtype != "float32":
        lines += f"#define {upper}_{what}_SCALE {c_number(float(info.scale))}\n"
        lines += f"#define {upper}_{what}_ZERO_POINT ({info.zero_point})\n"
    return lines


def _weights(model: LoweredModel) -> str:
    guard = f"{model.name.upper()}_WEIGHTS_H"
    parts = [
        f"/* {model.name}_weights.h: the constants of {model.name}.c. Made by Thimble; do not edit. */\n"
        f"#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n"
    ]
    for index, (operator, step) in enumerate(zip(model.graph.operators, model.steps, strict=True)):
        if step.constants:
            parts.append(f"/* {index}: {operator.kind} {_comment(model.graph.layer_name(operator))} */")
        for constant in step.constants:
            parts.append(_constant(f"{model.layer_id(index)}_{constant.name}", constant))
    return "\n".join([*parts, f"#endif /* {guard} */\n"])


def _constant(name: str, constant: Constant) -> str:
    """An array, in each of its flavours, of which the C compiler takes one."""
    text = f"static const {constant.c_type} {name}[%d] = {{\n%s\n}};\n"
    plain = text % (constant.values.size, c_array(constant))
    if not constant.flavours:
        return plain
    parts: list[str] = []
    for flavour in FLAVOURS:
        if flavour in constant.flavours:
            values = constant.flavours[flavour]
            words = c_array(replace(constant, values=values, flavours={}))
            parts.append(
                f"{'#elif' if parts else '#if'} WITH_{flavour.upper()}\n{text % (values.size, words)}"
            )
    return "".join([*parts, "#else\n", plain, "#endif\n"])


def _source(model: LoweredModel) -> str:
    return f"""/* {model.name}.c: made by Thimble; do not edit. {model.name}.h says how to call it.
 *
 * Compile with -ffp-contract=off and without -ffast-math to get the same results on every machine.
 */
#include "{model.name}.h"

#include <string.h>

{native_text("flavours.h")[1]}
#include "{model.name}_weights.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "{model.name} was compiled for little-endian machines"
#endif

/* ---- Kernels ------------------------------------------------------------------------------------ */

{_kernels(model)}
/* ---- Layers ------------------------------------------------------------------------------------- */

{_parameters(model)}
{_arena_comment(model)}
/* Does nothing, unless defined to tell who measures the layers when each begins. */
#ifndef {model.name.upper()}_ENTER_LAYER
#define {model.name.upper()}_ENTER_LAYER(index) ((void)0)
#endif

{_invoke(model)}"""


@cache
def native_text(name: str) -> tuple[tuple[str, ...], str]:
    """The files that a native file includes, and its own text without those lines."""
    text = (_NATIVE / name).read_text()
    return tuple(_INCLUDE.findall(text)), _INCLUDE.sub("", text).strip("\n") + "\n"


def _kernels(model: LoweredModel) -> str:
    """Every native file that a step needs, once, after the files that it includes."""
    ordered: dict[str, str] = {}

    def visit(name: str) -> None:
        if name not in ordered and name != "flavours.h":
            includes, text = native_text(name)
            for include in includes:
                visit(include)
            ordered[name] = text

    for step in model.steps:
        visit(step.source)
    if model.segments:
        visit(ROWS_SOURCE)
    return "\n".join(ordered.values())


def _parameters(model: LoweredModel) -> str:
    parts = []
    for index, (operator, step) in enumerate(zip(model.graph.operators, model.steps, strict=True)):
        if step.parameters_type:
            parts.append(
                f"/* {index}: {operator.kind} {_comment(model.graph.layer_name(operator))} */\n"
                f"static const {step.parameters_type} {model.layer_id(index)} = "
                f"{c_initialiser(step.parameters)};\n"
            )
        if step.reach is not None:
            parts.append(_tiles(model, index))
    return "\n".join(parts)


def _tiles(model: LoweredModel, index: int) -> str:
    """What a step with a reach computes at once: all of its output, or a row at a time of each strip of columns."""
    name = f"{model.layer_id(index)}_tile"
    segment = model.segment_of(index)
    if segment is None:
        whole = whole_tile(model.graph, model.graph.operators[index])
        return f"static const tile {name} = {c_initialiser(whole)};\n"
    tiles = segment_tiles(model.graph, segment, index)
    if len(tiles) == 1:
        return f"static const tile {name} = {c_initialiser(tiles[0])};\n"
    strips = ",\n".join(c_initialiser(tile) for tile in tiles)
    return f"static const tile {name}[{len(tiles)}] = {{\n{strips},\n}};\n"


def _arena_comment(model: LoweredModel) -> str:
    lines = [
        "/* The arena: which bytes hold what, from the start of the first to the end of the last layer.",
        " *",
        " *     offset      bytes  layers    content",
    ]
    for buffer in model.plan.buffers:
        life = f"{buffer.first}-{buffer.last}" if buffer.last > buffer.first else f"{buffer.first}"
        lines.append(f" * {buffer.offset:>10} {buffer.size_bytes:>10}  {life:<8}  {_content(model, buffer)}")
    return "\n".join([*lines, " */\n"])


def _content(model: LoweredModel, buffer: Buffer) -> str:
    if buffer.tensor is None:
        return "scratch"
    tensor = model.graph.tensors[buffer.tensor]
    shape = "x".join(str(size) for size in tensor.shape)
    if buffer.tensor == model.graph.input:
        return f"{tensor.dtype.value} {shape}, the input"
    segment = model.segment_of(buffer.first)
    ring = segment.ring(buffer.tensor) if segment is not None else None
    if ring is not None:
        shape += f", {ring.rows} rows at a time"
    what = "the output" if buffer.tensor == model.graph.root(model.graph.output) else "output"
    return f"{tensor.dtype.value} {shape}, {what} of layer {_writer(model, buffer.tensor)}"


def _invoke(model: LoweredModel) -> str:
    lines = [
        f"void {model.name}_invoke(void *arena)",
        "{",
        "    uint8_t *const base = (uint8_t *)arena;",
    ]
    read = {
        model.graph.root(tensor) for each in model.graph.operators for tensor in each.inputs if tensor >= 0
    }
    for buffer in model.plan.buffers:
        if buffer.tensor is not None and (buffer.tensor != model.graph.input or buffer.tensor in read):
            lines.append(_pointer(model, buffer))
    for index in range(len(model.steps)):
        segment = model.segment_of(index)
        if segment is None:
            lines += ["", *(f"    {line}" for line in _layer(model, index, f"&{model.layer_id(index)}_tile"))]
        elif index == segment.first:
            lines += ["", *(f"    {line}" for line in _segment(model, segment))]
    return "\n".join([*lines, "}\n"])


def _layer(model: LoweredModel, index: int, tile: str) -> list[str]:
    """The lines, not indented, that run a step."""
    operator, step = model.graph.operators[index], model.steps[index]
    shape = "x".join(str(size) for size in model.graph.tensors[operator.outputs[0]].shape)
    macs = f", {step.macs:,} MACs" if step.macs else ""
    return [
        f"/* {index}: {operator.kind} {_comment(model.graph.layer_name(operator))} -> {shape}{macs} */",
        f"{model.name.upper()}_ENTER_LAYER({index});",
        *f"{_call(model, index, tile)};".replace("\n    ", "\n").split("\n"),
    ]


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
        lambda step: f"{model.layer_id(step)}_tile",
        lambda step: _layer(model, step, "&rows"),
    )


def _pointer(model: LoweredModel, buffer: Buffer) -> str:
    tensor = model.graph.tensors[buffer.tensor or 0]
    c_type = tensor.dtype.c_type
    cast = f"({c_type} *)" if tensor.dtype is DType.INT8 else f"({c_type} *)(void *)"
    return f"    {c_type} *const {_variable(model, tensor.index)} = {cast}(base + {buffer.offset});"


def _variable(model: LoweredModel, root: int) -> str:
    """What the C calls a tensor that owns its bytes."""
    if root == model.graph.root(model.graph.output):
        return "output"
    if root == model.graph.input:
        return "input"
    return f"output_{_writer(model, root):02d}"


def _writer(model: LoweredModel, root: int) -> int:
    return next(index for index, each in enumerate(model.graph.operators) if root in each.outputs)


def _call(model: LoweredModel, index: int, tile: str) -> str:
    """The step's call with every placeholder replaced by a C expression."""
    graph, step = model.graph, model.steps[index]
    operator = graph.operators[index]
    layer = model.layer_id(index)
    names = {constant.name: f"{layer}_{constant.name}" for constant in step.constants}
    for position, tensor in enumerate(operator.inputs):
        if tensor >= 0 and graph.tensors[graph.root(tensor)].data is None:
            names[f"input{position}"] = _variable(model, graph.root(tensor))
    names["output"] = _variable(model, operator.outputs[0])
    names["parameters"] = f"&{layer}"
    names["tile"] = tile
    if step.scratch_bytes:
        cast = "(int8_t *)" if step.scratch_type == "int8_t" else f"({step.scratch_type} *)(void *)"
        names["scratch"] = f"{cast}(base + {model.plan.scratch_offset(index)})"
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


def _comment(text: str) -> str:
    """Text from the model that cannot end a C comment or continue a line."""
    return text.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")
