"""A publisher's folder with the smallest model that is sound: a Llama of one layer, all weights zero."""

from __future__ import annotations

import json
import struct
from functools import cache
from math import prod
from typing import Any

from pipelines.language.architecture import architecture_of
from pipelines.language.byte_pairs import character_of_byte

VOCABULARY = 258
CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-5,
    "hidden_act": "silu",
    "tie_word_embeddings": True,
}


@cache
def tiny_files(feed_forward: int = 32) -> dict[str, bytes]:
    """The files by name; the weights take about 100 bytes times ``feed_forward``."""
    config = CONFIG | {"intermediate_size": feed_forward}
    return {
        "config.json": json.dumps(config).encode(),
        "model.safetensors": _weights(config),
        "tokenizer.json": json.dumps(_tokenizer()).encode(),
        "tokenizer_config.json": json.dumps({"bos_token": "<s>", "eos_token": "</s>"}).encode(),
    }


def _weights(config: dict[str, Any]) -> bytes:
    header: dict[str, Any] = {}
    end = 0
    for name, shape in architecture_of(config).tensor_shapes().items():
        start, end = end, end + 2 * prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(end)


def _tokenizer() -> dict[str, Any]:
    special = [
        {"id": 256 + number, "content": text, "special": True} for number, text in enumerate(("<s>", "</s>"))
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "vocab": {token: number for number, token in enumerate(sorted(character_of_byte()))},
            "merges": [],
        },
    }
