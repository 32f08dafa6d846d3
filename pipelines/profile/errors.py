"""What goes wrong when a library is measured, in words."""

from __future__ import annotations


class ProfileError(ValueError):
    """A library that could not be measured: no toolchain, no emulator, or code that crashed or ran too long."""

    def __init__(self, message: str, *, field: str = "board") -> None:
        self.field = field
        super().__init__(message)
