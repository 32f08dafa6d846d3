"""What can be wrong with a language model's folder."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how many bytes of weights are done, and of how many. An exception that it raises ends the work: nothing is left
behind."""


class LanguageModelError(ValueError):
    """The folder cannot be used as it is: ``field`` names the file, tensor or setting, the message says what to do."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(f"{field}: {message}")
