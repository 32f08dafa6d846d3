"""The JSON files of a model's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.language.errors import LanguageModelError


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        LanguageModelError: there is no such file, or it holds something else.
    """
    try:
        value = json.loads(path.read_bytes(), parse_constant=_no_number)
        # a half of a surrogate pair can be read, but not written
        json.dumps(value, ensure_ascii=False).encode()
    except FileNotFoundError:
        raise LanguageModelError(
            path.name, "is missing; give the whole folder as its publisher made it"
        ) from None
    except (ValueError, RecursionError) as error:
        raise LanguageModelError(path.name, f"is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise LanguageModelError(path.name, "must hold a JSON object")
    return value


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number")
