"""The README of a C library, written for one model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy_targets.base import DeployBundle
from deploy_targets.c_library.readme import filled, readme_values
from pipelines.compile.library import Library

_TEMPLATE = Path(__file__).parent / "templates" / "README.md"


def readme_text(library: Library, bundle: DeployBundle, profile: Mapping[str, Any], has_example: bool) -> str:
    """How to add, wire and call this library, what it gets right and what it takes."""
    values = readme_values(library, bundle, profile)
    example = _EXAMPLE.format(name=library.name) if has_example else ""
    return filled(_TEMPLATE, {**values, "example": example})


_EXAMPLE = """
`build/{name}_example < recording.csv` classifies a recording (rows of comma-separated values); see `examples/main.c`.
"""
