"""Weights as TensorFlow.js stores them: a manifest beside one binary file, whole or in fewer bits.

Format: ``WeightsManifestEntry`` of tfjs-core (``io/types.ts``). A quantized weight is stored as
``code = round((value - min) / scale)``, uint8, and read as ``code * scale + min``; or as float16.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

WeightsAs = Literal["float32", "float16", "uint8"]

WEIGHTS_FILE = "weights.bin"

_CODES = 255
_SMALL_RANK = 1
"""Biases and the numbers of a normalisation stay float32: they are few, and every output rests on them."""


@dataclass(frozen=True, slots=True)
class TfjsModel:
    """``model.json`` and the file of weights beside it, whose name it holds."""

    model_json: bytes
    weights: bytes

    def files(self, folder: str) -> dict[str, bytes]:
        """Path -> content, both in one folder."""
        return {f"{folder}/model.json": self.model_json, f"{folder}/{WEIGHTS_FILE}": self.weights}


def tfjs_model(
    document: Mapping[str, Any], weights: Iterable[tuple[str, NDArray[Any]]], weights_as: WeightsAs
) -> TfjsModel:
    """A model of this document (topology, format, signature) and these named weights, in their order.

    Args:
        weights: float32 or int32 arrays.
    """
    entries = []
    content = bytearray()
    for name, values in weights:
        entry, data = _stored(name, values, weights_as)
        entries.append(entry)
        content += data
    manifest = [{"paths": [WEIGHTS_FILE], "weights": entries}]
    text = json.dumps({**document, "weightsManifest": manifest}, sort_keys=True, separators=(",", ":"))
    return TfjsModel(text.encode() + b"\n", bytes(content))


def _stored(name: str, values: NDArray[Any], weights_as: WeightsAs) -> tuple[dict[str, Any], bytes]:
    """A weight's entry in the manifest, and its bytes."""
    entry: dict[str, Any] = {"name": name, "shape": list(values.shape), "dtype": str(values.dtype)}
    if values.dtype != np.float32 or values.ndim <= _SMALL_RANK or weights_as == "float32":
        return entry, values.astype(values.dtype.newbyteorder("<")).tobytes()
    if weights_as == "float16":
        limit = np.finfo(np.float16).max
        entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        return entry, np.clip(values, -limit, limit).astype("<f2").tobytes()
    codes, scale, least = quantized(values)
    entry["quantization"] = {"dtype": "uint8", "min": least, "scale": scale, "original_dtype": "float32"}
    return entry, codes.tobytes()


def quantized(values: NDArray[np.float32]) -> tuple[NDArray[np.uint8], float, float]:
    """Codes, scale and minimum of a whole tensor; where its range holds 0, some code stands for exactly 0."""
    least, most = float(values.min()), float(values.max())
    if least == most:
        return np.zeros(values.shape, np.uint8), 1.0, least
    scale = (most - least) / _CODES
    if least <= 0 <= most:
        least = -round(-least / scale) * scale
    codes = np.clip(np.round((values.astype(np.float64) - least) / scale), 0, _CODES)
    return codes.astype(np.uint8), scale, least
