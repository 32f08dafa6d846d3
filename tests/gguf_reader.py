"""Reading GGUF back with the ``gguf`` package: what it says, and its weights by the publisher's names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from pipelines.language.gguf_tensors import gguf_name, publisher_rows
from pipelines.language.model_folder import LanguageModel


def metadata(path: Path) -> dict[str, Any]:
    """Every field of a file."""
    return {name: field.contents() for name, field in gguf.GGUFReader(path).fields.items()}


def weights(model: LanguageModel, files: Sequence[Path]) -> dict[str, np.ndarray]:
    """The dequantised weights of all files of a model, ready for :mod:`pipelines.language.forward`."""
    stored = {tensor.name: tensor for file in files for tensor in gguf.GGUFReader(file).tensors}
    found: dict[str, np.ndarray] = {}
    for name, tensor in model.tensors.items():
        entry = stored[gguf_name(model.architecture, name)]
        rows = gguf.quants.dequantize(entry.data, entry.tensor_type).reshape(tensor.shape).astype(np.float32)
        found[name] = publisher_rows(model.architecture, name, rows)
    return found
