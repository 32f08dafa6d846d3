"""Text from people for files of one line a value: manifests and menus."""

from __future__ import annotations

_MAX_CHARACTERS = 100


def one_line(text: str) -> str:
    """Any text as one line of at most 100 printable characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(printable.split())
    return line if len(line) <= _MAX_CHARACTERS else f"{line[: _MAX_CHARACTERS - 1]}…"


def words(text: str) -> str:
    """Any text as one line of plain ASCII letters, digits, spaces and ``. , -``, which no format reads otherwise."""
    return " ".join(
        "".join(c if c.isascii() and (c.isalnum() or c in " .,-") else " " for c in one_line(text)).split()
    )
