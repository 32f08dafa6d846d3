"""What the model's publisher says of its licence: it travels with the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TEXTS = re.compile(r"(licen[cs]e|notice|use_policy|copying)(\.(txt|md))?", re.IGNORECASE)
_CARD = "README.md"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Licence:
    """Args:
    name: as the model card's header names it; empty where it does not.
    files: the licence's own texts and the publisher's model card, path in the zip -> content.
    """

    name: str
    files: Mapping[str, bytes]

    @property
    def words(self) -> str:
        """One sentence for the page."""
        has_text = any(path != _card_path() for path in self.files)
        if self.name and has_text:
            return f"The model's own licence: {self.name}; its text is in the folder model/."
        if self.name:
            return f"The model's own licence, as its publisher names it: {self.name}."
        if has_text:
            return "The model's own licence is in the folder model/."
        return (
            "The model's folder says nothing of its licence: ask its publisher before you give it to others."
        )


def licence_of(folder: Path) -> Licence:
    """The licence texts and the model card among a publisher's files."""
    files = {
        f"model/{path.name}": path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and _TEXTS.fullmatch(path.name) and path.stat().st_size <= _MAX_BYTES
    }
    card = folder / _CARD
    name = ""
    if card.is_file() and card.stat().st_size <= _MAX_BYTES:
        content = card.read_bytes()
        files[_card_path()] = content
        name = _named_in(content.decode("utf-8", errors="replace"))
    return Licence(name, files)


def _card_path() -> str:
    return "MODEL_CARD.md"


def _named_in(card: str) -> str:
    """The ``license`` field of the header between two lines of three dashes."""
    header = re.match(r"---\s*\n(.*?)\n---\s*(\n|$)", card, re.DOTALL)
    for key in ("license_name", "license"):
        found = re.search(rf"^{key}:[ \t]*([\w.+ -]{{1,60}})$", header[1], re.MULTILINE) if header else None
        if found:
            return found[1].strip()
    return ""
