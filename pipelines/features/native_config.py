"""A block's C config struct, described once: as a ctypes structure for the server and as C text for the device."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32] | NDArray[np.uint16]
Value: TypeAlias = "int | float | Table | NativeConfig"

_C_NAMES = {np.dtype(np.float32): "float", np.dtype(np.uint16): "uint16_t"}
_VALUES_A_LINE = 8


@dataclass(frozen=True)
class NativeConfig:
    """The values of a C struct, in the order of its members.

    Args:
        type_name: the struct's C name.
        members: member name -> value. An ``int`` is an ``int32_t``, a ``float`` a ``float``, a float32 or
            uint16 array a pointer to a constant table, another config a struct within the struct.
    """

    type_name: str
    members: Mapping[str, Value]

    @property
    def table_bytes(self) -> int:
        """Size of all tables."""
        return sum(
            value.table_bytes if isinstance(value, NativeConfig) else value.nbytes
            for value in self.members.values()
            if isinstance(value, NativeConfig | np.ndarray)
        )

    def to_ctypes(self) -> ctypes.Structure:
        """The struct, for a call through ctypes. Its pointers are valid while this config lives."""
        kinds: list[tuple[str, Any]] = []
        values: list[Any] = []
        for name, value in self.members.items():
            if isinstance(value, NativeConfig):
                inner = value.to_ctypes()
                kinds.append((name, type(inner)))
                values.append(inner)
            elif isinstance(value, np.ndarray):
                kinds.append((name, ctypes.c_void_p))
                values.append(value.ctypes.data)
            else:
                kinds.append((name, ctypes.c_int32 if isinstance(value, int) else ctypes.c_float))
                values.append(value)
        structure = type(self.type_name, (ctypes.Structure,), {"_fields_": kinds})
        return structure(*values)  # type: ignore[no-any-return]

    def to_c(self, name: str) -> str:
        """C99 and C++17 text that defines ``static const`` tables and ``static const type_name name``."""
        tables: list[str] = []
        body = self._initialiser(name, tables, "    ")
        return "".join(tables) + f"static const {self.type_name} {name} = {body};\n"

    def variant_to_c(self, name: str, of: str, **changes: int) -> str:
        """The same with other numbers, as C text that stands behind :meth:`to_c` of ``of`` and uses its tables."""
        body = replace(self, members={**self.members, **changes})._initialiser(of, [], "    ")
        return f"static const {self.type_name} {name} = {body};\n"

    def _initialiser(self, prefix: str, tables: list[str], indent: str) -> str:
        lines = []
        for name, value in self.members.items():
            if isinstance(value, NativeConfig):
                text = value._initialiser(f"{prefix}_{name}", tables, indent + "    ")
            elif isinstance(value, np.ndarray):
                text = f"{prefix}_{name}" if value.size else "0"
                if value.size:
                    tables.append(_table_text(text, value))
            else:
                text = str(value) if isinstance(value, int) else _float_text(value)
            lines.append(f"{indent}{text}, /* {name} */\n")
        return "{\n" + "".join(lines) + indent[4:] + "}"


def table(values: Sequence[float] | NDArray[Any], kind: type[np.float32] | type[np.uint16]) -> Any:
    """Values, computed in double precision, as the contiguous, read-only array that a config member needs."""
    array = np.ascontiguousarray(np.asarray(values).ravel(), dtype=kind)
    array.flags.writeable = False
    return array


def _float_text(value: float) -> str:
    """The shortest decimal that reads back as the same float32, as a C literal."""
    return f"{np.float32(value)!s}f"


def _table_text(name: str, values: Table) -> str:
    texts = [
        _float_text(value) if values.dtype == np.float32 else str(value) for value in values.ravel().tolist()
    ]
    lines = [
        "    " + ", ".join(texts[start : start + _VALUES_A_LINE]) + ",\n"
        for start in range(0, len(texts), _VALUES_A_LINE)
    ]
    return f"static THIMBLE_CONST {_C_NAMES[values.dtype]} {name}[{len(texts)}] = {{\n{''.join(lines)}}};\n"
