"""Serializer fields that every app uses."""

from __future__ import annotations

import unicodedata
from typing import Any

from rest_framework import serializers


class LineField(serializers.CharField):
    """One line of text: no line breaks, no control characters, no half characters."""

    default_error_messages = {"control": "leave out line breaks and control characters"}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
            self.fail("control")
        return text
