"""Text from people, made safe to stand in Markdown, and tables of it."""

from __future__ import annotations

import re
from collections.abc import Sequence


def plain(text: str) -> str:
    """Any text as one line of Markdown that means nothing but itself."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return re.sub(r"([\\`*_{}\[\]<>()#+\-!|~&])", r"\\\1", printable)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
