"""JSON bodies that are safe to store: bounded, finite, no NUL characters, no half characters."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from studio.web.exceptions import TooLarge

_DEEPEST = 64


class StrictJSONParser(BaseParser):
    """Reads ``application/json``.

    Raises:
        TooLarge: over ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes.
        ParseError: not JSON, not UTF-8, NaN or infinite, or nested too deep.
        ValidationError: a text with a NUL or a lone surrogate, which no database stores.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"the JSON is over {limit:,} bytes")
        try:
            value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except UnicodeDecodeError:
            raise ParseError("the JSON is not UTF-8") from None
        except (ValueError, RecursionError) as error:
            raise ParseError(f"this is not JSON: {error}") from None
        check_json(value)
        return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number in JSON")


def check_json(value: Any, place: str = "") -> None:
    """Refuse what JSON can write and a database cannot keep; ``place`` is the field's dotted name."""
    waiting: list[tuple[Any, str, int]] = [(value, place, 0)]
    while waiting:
        current, where, depth = waiting.pop()
        if depth > _DEEPEST:
            raise ParseError(f"the JSON is nested over {_DEEPEST} deep")
        if isinstance(current, str):
            if not _storable(current):
                raise ValidationError({where: ["has a NUL or a broken character; leave it out"]})
        elif isinstance(current, float):
            if not math.isfinite(current):
                raise ValidationError({where: ["is too large a number"]})
        elif isinstance(current, dict):
            for key, item in current.items():
                if not _storable(key):
                    raise ValidationError({where: ["has a name with a NUL or a broken character"]})
                waiting.append((item, f"{where}.{key}" if where else key, depth + 1))
        elif isinstance(current, list):
            waiting.extend(
                (item, f"{where}.{i}" if where else str(i), depth + 1) for i, item in enumerate(current)
            )


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
