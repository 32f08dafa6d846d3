"""MLC's folders read back, written apart from what writes them: by the format's description, a value at a time."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

from pipelines.language.architecture import Architecture


def read(folder: Path) -> dict[str, np.ndarray]:
    """Every parameter by MLC's name; float32 from bfloat16, float16 as they are, codes as ``uint32``."""
    parameters: dict[str, np.ndarray] = {}
    for shard in json.loads((folder / "tensor-cache.json").read_text())["records"]:
        data = (folder / shard["dataPath"]).read_bytes()
        assert shard["format"] == "raw-shard"
        assert len(data) == shard["nbytes"]
        for record in shard["records"]:
            raw = data[record["byteOffset"] : record["byteOffset"] + record["nbytes"]]
            assert len(raw) == record["nbytes"]
            assert record["name"] not in parameters
            parameters[record["name"]] = _values(raw, record["dtype"]).reshape(record["shape"])
    return parameters


def _values(raw: bytes, dtype: str) -> np.ndarray:
    if dtype == "float32":
        # each bfloat16 is the upper half of a float32
        return np.array(struct.unpack(f"<{len(raw) // 2}f", b"".join(b"\0\0" + raw[i : i + 2] for i in range(0, len(raw), 2))), np.float32)  # fmt: skip
    return np.frombuffer(raw, {"float16": "<f2", "uint32": "<u4"}[dtype])


def dequantized(parameters: dict[str, np.ndarray], name: str, inputs: int) -> np.ndarray:
    """A matrix ``[out, in]`` from its codes and scales, or as it is."""
    if name in parameters:
        return parameters[name].astype(np.float32)
    words = parameters[name.replace(".weight", ".q_weight")]
    scales = parameters[name.replace(".weight", ".q_scale")].astype(np.float64)
    out = np.empty((len(words), inputs), np.float32)
    for column in range(inputs):
        codes = (words[:, column // 8] >> np.uint32(4 * (column % 8))) % 16
        out[:, column] = (codes.astype(np.float64) - 7) * scales[:, column // 32]
    return out


def publisher_weights(parameters: dict[str, np.ndarray], sizes: Architecture) -> dict[str, np.ndarray]:
    """The weights by the publisher's names again: queries, keys and values apart, gate and up apart, norms without 1."""
    before = "language_model." if sizes.family.id == "gemma3" else ""
    attention = "c_attn" if sizes.family.id.startswith("qwen") else "qkv_proj"
    weights: dict[str, np.ndarray] = {}
    taken: dict[str, int] = {}
    for name, shape in sizes.tensor_shapes().items():
        home = name.replace(".gate_proj.", ".gate_up_proj.").replace(".up_proj.", ".gate_up_proj.")
        if sizes.family.id != "gemma3":
            for letter in "qkv":
                home = home.replace(f".{letter}_proj.", f".{attention}.")
        rows = parameters[before + home].astype(np.float32) if len(shape) == 1 else dequantized(parameters, before + home, shape[1])  # fmt: skip
        first = taken.get(home, 0)
        taken[home] = first + shape[0]
        part = rows[first : first + shape[0]]
        weights[name] = part - 1 if sizes.family.gemma and name.endswith("norm.weight") else part
        assert weights[name].shape == shape
    return weights
