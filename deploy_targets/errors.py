"""What goes wrong when a model is packaged, in words."""

from __future__ import annotations


class TargetError(ValueError):
    """A target, variant, artifact or tool that is not there: ``field`` says which choice to change."""

    def __init__(self, message: str, *, field: str = "target") -> None:
        self.field = field
        super().__init__(message)
