"""Text from people, made safe to stand in C: identifiers, string literals, comments.

Labels, channels and project names can hold anything. What comes out of these functions is plain ASCII that no
compiler reads as anything but an identifier, a string or a comment.
"""

from __future__ import annotations

import re
import string

from pipelines.compile.errors import CompileError

MAX_IDENTIFIER = 40

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
# Keywords of C11 and C++17 in lower case, and the one name that a program must have.
_RESERVED = frozenset(
    [
        "alignas",
        "alignof",
        "and",
        "and_eq",
        "asm",
        "auto",
        "bitand",
        "bitor",
        "bool",
        "break",
        "case",
        "catch",
        "char",
        "char16_t",
        "char32_t",
        "class",
        "compl",
        "const",
        "const_cast",
        "constexpr",
        "continue",
        "decltype",
        "default",
        "delete",
        "do",
        "double",
        "dynamic_cast",
        "else",
        "enum",
        "explicit",
        "export",
        "extern",
        "false",
        "float",
        "for",
        "friend",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "main",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "not",
        "not_eq",
        "nullptr",
        "operator",
        "or",
        "or_eq",
        "private",
        "protected",
        "public",
        "register",
        "reinterpret_cast",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "static_cast",
        "struct",
        "switch",
        "template",
        "this",
        "thread_local",
        "throw",
        "true",
        "try",
        "typedef",
        "typeid",
        "typename",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "volatile",
        "wchar_t",
        "while",
        "xor",
        "xor_eq",
    ]
)
_PLAIN = frozenset(string.ascii_letters + string.digits + " _-+.,:;=()[]<>|~^!#%&$@`'{}")


def checked_identifier(name: str) -> str:
    """``name``, where it can begin every name of a library.

    Raises:
        CompileError: it is no lower-case C identifier, too long, or a word of C or C++.
    """
    if not _IDENTIFIER.match(name) or len(name) > MAX_IDENTIFIER or name in _RESERVED:
        raise CompileError(
            f"name: {name!r} cannot name a C library; use up to {MAX_IDENTIFIER} lower-case letters, digits and "
            "underscores, starting with a letter, and no word of C or C++"
        )
    return name


def identifier_from(text: str) -> str:
    """A C identifier that resembles a text: ``My gesture #2`` -> ``my_gesture_2``."""
    words = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    name = words if words[:1].isalpha() else f"thimble_{words}".rstrip("_")
    name = name[:MAX_IDENTIFIER].rstrip("_")
    return f"{name}_model" if name in _RESERVED else name


def string_literal(text: str) -> str:
    """A C string literal with the UTF-8 bytes of ``text``; all but plain ASCII as three-digit octal escapes."""
    return '"' + "".join(_literal_byte(byte) for byte in text.encode("utf-8", "surrogatepass")) + '"'


def _literal_byte(byte: int) -> str:
    character = chr(byte)
    return character if character in _PLAIN else f"\\{byte:03o}"


def comment_text(text: str) -> str:
    """``text`` for the inside of a comment: one line, plain ASCII; what is not plain becomes a dot."""
    return "".join(character if character in _PLAIN else "." for character in text)
