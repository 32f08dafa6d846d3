"""A folder of results that is there whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.language.errors import LanguageModelError


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` to write into, which takes its place at the end; after an error it is gone.

    Raises:
        LanguageModelError: ``out`` is there already, and holds something.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise LanguageModelError("out", f"{out} is there already; choose a new or an empty folder")
    building = out.with_name(f"{out.name}.unfinished")
    # what a killed process left behind
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        yield building
        building.rename(out)
    finally:
        shutil.rmtree(building, ignore_errors=True)
