"""The C of the kernels, from the files in `kernels/native`.

A kernel that is the same for several types of number is one file with `TYPE1` (and `TYPE2`) in its name: `int8` in the
names that it defines, and `C_TYPE1` for `int8_t`. `pad_image_int8.h` is made from `pad_image_TYPE1.h`.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import permutations
from pathlib import Path

from pipelines.compile.graph import DType

_NATIVE = Path(__file__).parent / "kernels" / "native"
_INCLUDE = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
_TYPES = (DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.FLOAT32)


@cache
def native_text(name: str) -> tuple[tuple[str, ...], str]:
    """The files that a native file includes, and its own text without those lines."""
    path = _NATIVE / name
    text = path.read_text() if path.exists() else _of_types()[name]
    return tuple(_INCLUDE.findall(text)), _INCLUDE.sub("", text).strip("\n") + "\n"


@cache
def _of_types() -> dict[str, str]:
    """File name -> text of every kernel that a file for several types stands for."""
    found: dict[str, str] = {}
    for template in sorted(_NATIVE.glob("*TYPE1*.h")):
        text = template.read_text()
        for types in permutations(_TYPES, 2 if "TYPE2" in template.name else 1):
            name, body = template.name, text
            for number, dtype in enumerate(types, 1):
                name = name.replace(f"TYPE{number}", dtype.value)
                body = body.replace(f"C_TYPE{number}", dtype.c_type).replace(f"TYPE{number}", dtype.value)
            found[name] = body
    return found
