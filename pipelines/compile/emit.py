"""A lowered model as two C files, `{name}.h` and `{name}.c`."""

from __future__ import annotations

import textwrap

from pipelines.compile.c_text import c_number
from pipelines.compile.emit_arena import arena_text
from pipelines.compile.emit_calls import invoke_text, reset_text
from pipelines.compile.emit_constants import constants_text
from pipelines.compile.kernel_text import native_text
from pipelines.compile.lowered import LoweredModel
from pipelines.compile.model import TensorInfo
from pipelines.compile.streaming.emit_segment import ROWS_SOURCE


def emit_files(model: LoweredModel) -> dict[str, str]:
    """File name -> text."""
    return {f"{model.name}.h": _header(model), f"{model.name}.c": _source(model)}


def _header(model: LoweredModel) -> str:
    upper = model.name.upper()
    input_type, output_type = model.input.c_type, model.output.c_type
    return f"""/* {model.name}.h: a neural network as plain C99. Made by Thimble; do not edit.
 *
 * Input:  {_describe(model.input)}
 * Output: {_describe(model.output)}
 *
 * Use:
 *
 *     static uint{8 * model.plan.alignment_bytes}_t arena[{upper}_ARENA_BYTES / {model.plan.alignment_bytes}];
 *{_reset_example(model)}
 *     fill {model.name}_input(arena), {upper}_INPUT_SIZE elements;
 *     {model.name}_invoke(arena);
 *     read {model.name}_output(arena), {upper}_OUTPUT_SIZE elements;
 *
{_arena_contract(model)}
 */
#ifndef {upper}_H
#define {upper}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

#define {upper}_ARENA_BYTES {model.plan.arena_bytes}
#define {upper}_ARENA_ALIGNMENT {model.plan.alignment_bytes}
{_state_macro(model)}
/* Whether the constants are copied to RAM when the device starts; otherwise they stay in flash. */
#define {upper}_CONSTANTS_IN_RAM {int(model.weights_in == "ram")}

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

{_declared_reset(model)}/* Compute the output from the input. */
void {model.name}_invoke(void *arena);

#ifdef __cplusplus
}}
#endif

#endif /* {upper}_H */
"""


def _arena_contract(model: LoweredModel) -> str:
    upper = model.name.upper()
    state = "What else the arena holds before a call does not matter."
    if model.plan.state_bytes:
        state = (
            f"The first {upper}_STATE_BYTES bytes are the model's memory of the calls before, which {model.name}_reset "
            "clears; what else the arena holds before a call does not matter."
        )
    text = (
        f"The arena is all the memory that a call needs beside its stack: {upper}_ARENA_BYTES bytes, aligned to "
        f"{upper}_ARENA_ALIGNMENT bytes. The input and the output lie in it, where bytes are used again and again: a "
        f"call overwrites its input, and the next input overwrites the output. {state} Nothing is allocated and "
        "nothing is kept outside of the arena: calls with different arenas may run at the same time."
    )
    return textwrap.fill(text, 115, initial_indent=" * ", subsequent_indent=" * ")


def _reset_example(model: LoweredModel) -> str:
    if not model.plan.state_bytes:
        return ""
    return f"\n *     {model.name}_reset(arena), once and wherever the past is to be forgotten;\n *"


def _state_macro(model: LoweredModel) -> str:
    if not model.plan.state_bytes:
        return ""
    return f"#define {model.name.upper()}_STATE_BYTES {model.plan.state_bytes}\n"


def _declared_reset(model: LoweredModel) -> str:
    if not model.plan.state_bytes:
        return ""
    return f"""/* Forget all calls so far. To be called before the first one. */
void {model.name}_reset(void *arena);

"""


def _describe(info: TensorInfo) -> str:
    shape = " x ".join(str(size) for size in info.shape) or "scalar"
    if not info.is_quantized:
        return f"{info.dtype}, {shape}"
    return f"{info.dtype}, {shape}; real = {info.scale:.9g} * (value - ({info.zero_point}))"


def _tensor_macros(upper: str, what: str, info: TensorInfo, offset: int) -> str:
    lines = f"#define {upper}_{what}_SIZE {info.elements}\n#define {upper}_{what}_OFFSET {offset}\n"
    if info.is_quantized:
        lines += f"#define {upper}_{what}_SCALE {c_number(float(info.scale))}\n"
        lines += f"#define {upper}_{what}_ZERO_POINT ({info.zero_point})\n"
    return lines


def _source(model: LoweredModel) -> str:
    upper = model.name.upper()
    return f"""/* {model.name}.c: made by Thimble; do not edit. {model.name}.h says how to call it.
 *
 * First the kernels: one function for each kind of layer. Then the weights and tables, in one struct with a member
 * for each layer; the map of the arena; and {model.name}_invoke, which calls the layers one after the other.
 *
 * Compile with -ffp-contract=off and without -ffast-math to get the same results on every machine.
 */
#include "{model.name}.h"

#include <string.h>

{native_text("flavours.h")[1]}
{native_text("constant_memory.h")[1]}
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "{model.name} was compiled for little-endian machines"
#endif

{_static_assert(upper)}
/* ---- Kernels ------------------------------------------------------------------------------------ */

{_kernels(model)}
/* ---- Constants ---------------------------------------------------------------------------------- */

{constants_text(model)}
/* ---- Arena -------------------------------------------------------------------------------------- */

{arena_text(model)}
/* ---- Layers ------------------------------------------------------------------------------------- */

/* Does nothing, unless defined to tell who measures the layers when each begins. */
#ifndef {upper}_ENTER_LAYER
#define {upper}_ENTER_LAYER(index) ((void)0)
#endif

{reset_text(model)}{invoke_text(model)}"""


def _static_assert(upper: str) -> str:
    """The assertion of each standard; C99 has none, but no arrays of a negative size either."""
    return f"""#if defined(__cplusplus)
#define {upper}_STATIC_ASSERT(condition) static_assert(condition, #condition)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define {upper}_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#else
#define {upper}_ASSERTED_2(condition, line) typedef char asserted_##line[(condition) ? 1 : -1]
#define {upper}_ASSERTED(condition, line) {upper}_ASSERTED_2(condition, line)
#define {upper}_STATIC_ASSERT(condition) {upper}_ASSERTED(condition, __LINE__)
#endif
"""


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
