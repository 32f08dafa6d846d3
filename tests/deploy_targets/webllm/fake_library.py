"""A WebAssembly file that says of itself what a compiled model library says: enough to be looked at, not to be run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from deploy_targets.webllm.model_library import runtime_needs


def fake_library(metadata: Mapping[str, Any], without: Iterable[str] = ()) -> bytes:
    """A module that exports and names all that the runtime needs, but for some, and holds its metadata."""
    functions, exports = runtime_needs()
    left_out = set(without)
    texts = b"\0".join(name.encode() for name in sorted(functions - left_out)) + b"\0"
    data = b"\0" + texts + json.dumps(metadata).encode() + b"\0"
    return b"".join(
        [
            b"\0asm\1\0\0\0",
            _section(1, b"\1\x60\0\0"),
            _section(3, b"\1\0"),
            _section(7, _vector([_text(name) + b"\0\0" for name in sorted(exports - left_out)])),
            _section(10, b"\1\2\0\x0b"),
            # a custom section stands for the data: where the texts lie is not looked at
            _section(0, _text("data") + data),
        ]
    )


def _section(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + _number(len(content)) + content


def _vector(entries: list[bytes]) -> bytes:
    return _number(len(entries)) + b"".join(entries)


def _text(text: str) -> bytes:
    return _number(len(text)) + text.encode()


def _number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
