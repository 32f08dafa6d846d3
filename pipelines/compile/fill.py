"""The C templates of a library."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

_TEMPLATES = Path(__file__).parent / "templates"


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template of that name with every ``$placeholder`` replaced."""
    return Template((_TEMPLATES / template).read_text()).substitute(values)
