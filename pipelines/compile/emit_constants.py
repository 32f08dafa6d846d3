"""The arrays of a model as C: one struct with a member for each layer that has any.

The parameters of a layer, a few numbers, are not among them: they stand beside its call (`emit_calls`), where the C
compiler sees that they are constants of that call, and makes a kernel for them where that pays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.c_text import c_array
from pipelines.compile.kernels.base import FLAVOURS, Constant
from pipelines.compile.lowered import LoweredModel

# What the C calls the struct.
STRUCT = "model"
_WORD_BYTES = 4
# A compiler that sees that nobody writes to a variable would put it into flash after all.
_IN_RAM = """/* The constants are copied to RAM when the device starts. */
#if defined(__ELF__) && defined(__GNUC__)
#define IN_RAM __attribute__((section(".data.constants")))
#else
#define IN_RAM
#endif

"""


@dataclass(frozen=True)
class _Member:
    """A member of the struct: its declaration and its initialiser, whole lines without indentation.

    Both by flavour; the plain ones have the key `""`.
    """

    declarations: dict[str, str]
    initialisers: dict[str, str]


def constants_text(model: LoweredModel) -> str:
    """The definition of the struct; empty where the model has no constants."""
    layers = [(index, _layer_members(model, index)) for index in range(len(model.steps))]
    members = [(model.layer_id(index), _title(model, index), found) for index, found in layers if found]
    states = [
        _array(Constant(model.variable(root), model.graph.tensors[root].dtype.c_type, values), pad=True)
        for root, values in model.initial_states.items()
        if not is_one_byte(values)
    ]
    if states:
        members.append(("initial", "What the states are once the model was reset", states))
    if not members:
        return ""
    declarations, initialisers = [], []
    for name, title, found in members:
        declared = _indented(_chosen([each.declarations for each in found]), 2)
        set_to = _indented(_chosen([each.initialisers for each in found]), 2)
        declarations.append(f"    /* {title} */\n    struct {{\n{declared}\n    }} {name};\n")
        initialisers.append(f"    /* {title} */\n    {{\n{set_to}\n    }},\n")
    struct = f"struct {{\n{''.join(declarations)}}} {STRUCT}"
    values = f"{{\n{''.join(initialisers)}}};\n"
    if model.weights_in == "ram":
        return f"{_IN_RAM}static {struct} IN_RAM = {values}"
    return f"static THIMBLE_CONST {struct} = {values}"


def _title(model: LoweredModel, index: int) -> str:
    return f"{index}: {model.graph.operators[index].kind} {model.layer_name(index)}"


def _layer_members(model: LoweredModel, index: int) -> list[_Member]:
    """The arrays of a step, the widest numbers first, so that nothing is filled up between them."""
    own = [constant for constant in model.steps[index].constants if constant.same_as is None]
    arrays = sorted(own, key=lambda constant: -constant.item_bytes)
    return [_array(constant, pad=constant is not arrays[-1]) for constant in arrays]


def _array(constant: Constant, pad: bool) -> _Member:
    """An array, in each of its flavours, of which the C compiler takes one.

    With `pad` it fills whole words, so that what follows begins at one: some kernels read words of bytes.
    """
    texts = {"": _one_array(constant, pad)} | {
        flavour: _one_array(replace(constant, values=values, flavours={}), pad)
        for flavour, values in constant.flavours.items()
    }
    declarations = {flavour: declaration for flavour, (declaration, _) in texts.items()}
    initialisers = {flavour: initialiser for flavour, (_, initialiser) in texts.items()}
    return _Member(declarations, initialisers)


def _one_array(constant: Constant, pad: bool) -> tuple[str, str]:
    count = constant.values.size
    if pad:
        per_word = max(_WORD_BYTES // constant.item_bytes, 1)
        count = -(-count // per_word) * per_word
    return (
        f"{constant.c_type} {constant.name}[{count}];",
        f"/* {constant.name} */ {{\n{c_array(constant)}\n}},",
    )


def _chosen(texts: list[dict[str, str]]) -> str:
    """One text below the other, each of the flavour that the C compiler has (`native/flavours.h`), else the plain one."""
    lines: list[str] = []
    for flavours, group in groupby(texts, key=lambda each: [key for key in FLAVOURS if key in each]):
        members = list(group)
        for position, flavour in enumerate(flavours):
            lines.append(f"#{'elif' if position else 'if'} WITH_{flavour.upper()}")
            lines += [each[flavour] for each in members]
        lines += ["#else"] if flavours else []
        lines += [each[""] for each in members]
        lines += ["#endif"] if flavours else []
    return "\n".join(lines)


def _indented(text: str, depth: int) -> str:
    """The lines moved to the right, but for those of the preprocessor."""
    return "\n".join(
        line if line.startswith("#") or not line else "    " * depth + line for line in text.split("\n")
    )


def is_one_byte(values: npt.NDArray[Any]) -> bool:
    """Whether all bytes of an array are the same."""
    return len(set(np.ascontiguousarray(values).tobytes())) <= 1
