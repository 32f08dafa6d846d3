"""What a WebAssembly file says of itself: the names that it exports and the texts among its data.

Source: https://webassembly.github.io/spec/core/binary/modules.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from deploy_targets.errors import TargetError

_MAGIC = b"\0asm\1\0\0\0"
_EXPORTS = 7


@dataclass(frozen=True, slots=True)
class WasmFile:
    """One module.

    Args:
        content: its bytes.
        exports: the names that it exports.
    """

    content: bytes
    exports: frozenset[str]

    def has_text(self, text: str) -> bool:
        """Whether a text stands in it as C writes it, with a zero behind."""
        return text.encode() + b"\0" in self.content


def read_wasm(content: bytes, name: str) -> WasmFile:
    """Read a module's sections.

    Raises:
        TargetError: it is no WebAssembly module, or a damaged one.
    """
    if not content.startswith(_MAGIC):
        raise TargetError(f"{name} is no WebAssembly module", field="options.model_library")
    try:
        return WasmFile(content, _exports(content))
    except (IndexError, UnicodeDecodeError):
        raise TargetError(f"{name} is a damaged WebAssembly module", field="options.model_library") from None


def _exports(content: bytes) -> frozenset[str]:
    names: set[str] = set()
    position = len(_MAGIC)
    while position < len(content):
        section = content[position]
        size, position = _unsigned(content, position + 1)
        if position + size > len(content):
            raise IndexError
        if section == _EXPORTS:
            count, place = _unsigned(content, position)
            for _ in range(count):
                length, place = _unsigned(content, place)
                names.add(content[place : place + length].decode())
                _, place = _unsigned(content, place + length + 1)
        position += size
    return frozenset(names)


def _unsigned(content: bytes, position: int) -> tuple[int, int]:
    """A LEB128 number, and the position behind it."""
    value = shift = 0
    while True:
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position
