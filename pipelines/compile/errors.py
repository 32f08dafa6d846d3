"""What can go wrong while compiling a model. Every message says where and what to do."""

from __future__ import annotations


class CompileError(ValueError):
    """A model, or the name it should get, cannot be compiled."""


class ModelFormatError(CompileError):
    """The bytes are not a whole, consistent `.tflite` model."""


class UnsupportedOpError(CompileError):
    """The model is sound, but has an operator, type or attribute that there is no kernel for.

    Attributes: `op` (`"CUMSUM"`), `layer` (the layer's name in the model), `cure` (what to do).
    """

    def __init__(self, op: str, layer: str, reason: str, cure: str) -> None:
        super().__init__(f"layer {layer!r}: {op} {reason}; {cure}")
        self.op = op
        self.layer = layer
        self.cure = cure
