"""Serializer fields that every app uses."""

from __future__ import annotations

import unicodedata
from typing import Any

from rest_framework import serializers

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Explicit directional formatting characters (UAX 9, section 2): one in a label turns the words around it. Scripts
that are written from right to left need none of them."""


class LineField(serializers.CharField):
    """One line of text: no line breaks, no control characters, no half characters, none that turns the writing."""

    default_error_messages = {
        "control": "leave out line breaks and control characters",
        "turning": "leave out the invisible characters that turn the direction of writing",
    }

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
            self.fail("control")
        if not _TURNING.isdisjoint(text):
            self.fail("turning")
        return text
