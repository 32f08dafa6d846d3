"""Numbers, arrays and struct initialisers as C text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipelines.compile.kernels import Constant, Fields

_LINE_CHARACTERS = 110


def c_number(value: int | float) -> str:
    """A literal that C reads back as the same int32 or float32."""
    if isinstance(value, float):
        text = f"{float(np.float32(value)):.9g}"
        return f"{text}f" if "." in text or "e" in text else f"{text}.0f"
    # C has no negative literals: -2147483648 would be a long, negated.
    return "(-2147483647 - 1)" if value == -(2**31) else str(value)


def c_array(constant: Constant) -> str:
    """The elements of a constant, several to a line."""
    flat = constant.values.reshape(-1).tolist()
    if constant.c_type == "float":
        words = [c_number(float(value)) for value in flat]
    else:
        words = [c_number(int(value)) for value in flat]
    width = max((len(word) for word in words), default=1) + 2
    per_line = max(1, (_LINE_CHARACTERS - 4) // width)
    lines = (words[start : start + per_line] for start in range(0, len(words), per_line))
    return "\n".join("    " + ", ".join(line) + "," for line in lines)


def c_initialiser(fields: Fields, depth: int = 1) -> str:
    """A struct initialiser with the name of each field beside it, on one line where that is short."""
    flat = c_flat_initialiser(fields)
    indent = "    " * depth
    if len(flat) + 4 * depth <= _LINE_CHARACTERS:
        return flat
    lines: list[str] = []
    for name, value in fields.items():
        item = f"/* {name} */ {_field(value, depth + 1)},"
        fills = lines and "\n" not in item and "\n" not in lines[-1]
        if fills and len(lines[-1]) + 1 + len(item) <= _LINE_CHARACTERS:
            lines[-1] += f" {item}"
        else:
            lines.append(indent + item)
    return "{\n" + "\n".join(lines) + "\n" + "    " * (depth - 1) + "}"


def c_flat_initialiser(fields: Fields) -> str:
    """The same on one line."""
    items = [
        f"/* {name} */ {c_flat_initialiser(value) if isinstance(value, Mapping) else _field(value, 0)}"
        for name, value in fields.items()
    ]
    return "{" + ", ".join(items) + "}"


def _field(value: int | float | tuple[int, ...] | Fields, depth: int) -> str:
    if isinstance(value, tuple):
        return "{" + ", ".join(c_number(each) for each in value) + "}"
    if isinstance(value, int | float):
        return c_number(value)
    return c_initialiser(value, depth)
