"""Small networks of every architecture, with random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipelines.language.architecture import architecture_of
from tests.language import CONFIG, tokenizer_json, write_folder

_COMMON = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 400,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-6,
}
"""The vocabulary is larger than the tokenizer's, as those of publishers are."""
_GEMMA = {**_COMMON, "head_dim": 32, "hidden_activation": "gelu_pytorch_tanh"}

CONFIGS: dict[str, dict[str, object]] = {
    "llama": {**_COMMON, "architectures": ["LlamaForCausalLM"], "rope_theta": 500000.0},
    "llama31": {
        **_COMMON,
        "architectures": ["LlamaForCausalLM"],
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "head_dim": 32,
        "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    },
    "qwen2": {**_COMMON, "architectures": ["Qwen2ForCausalLM"], "tie_word_embeddings": True},
    "qwen3": {**_COMMON, "architectures": ["Qwen3ForCausalLM"], "head_dim": 32, "rope_theta": 1000000},
    "gemma": {**_GEMMA, "architectures": ["GemmaForCausalLM"], "num_key_value_heads": 1},
    "gemma2": {
        **_GEMMA,
        "architectures": ["Gemma2ForCausalLM"],
        "query_pre_attn_scalar": 32,
        "sliding_window": 8,
        "num_hidden_layers": 3,
    },
    "gemma3": {
        **_GEMMA,
        "architectures": ["Gemma3ForCausalLM"],
        "query_pre_attn_scalar": 32,
        "sliding_window": 8,
        "num_hidden_layers": 7,
    },
}


def write(folder: Path, name: str, **changes: object) -> Path:
    """The folder of one of the networks, with changes to its ``config.json``."""
    config = {**{key: CONFIG[key] for key in ("bos_token_id", "eos_token_id")}, **CONFIGS[name], **changes}
    sizes = architecture_of(config)
    random = np.random.default_rng(sorted(CONFIGS).index(name))
    weights = {}
    for tensor, shape in sizes.tensor_shapes().items():
        if len(shape) == 2:
            # a tied embedding that is large would say every token twice
            outer = 0.15 if sizes.tied or "lm_head" in tensor else 1.0
            is_outer = "embed" in tensor or "lm_head" in tensor
            scale = outer if is_outer else 2.0 * shape[1] ** -0.5
            weights[tensor] = random.normal(0, scale, shape).astype(np.float32)
            if is_outer:
                weights[tensor][_not_ascii(shape[0])] *= 0.05
        else:
            middle = 0.0 if sizes.family.gemma or tensor.endswith("bias") else 1.0
            weights[tensor] = (middle + random.normal(0, 0.2, shape)).astype(np.float32)
    write_folder(folder, config, weights, tokenizer_json())
    return folder


def _not_ascii(vocabulary: int) -> list[int]:
    """Tokens that should never be said: parts of characters break llama.cpp's JSON, which has their text."""
    ascii_tokens = {
        number
        for token, number in tokenizer_json()["model"]["vocab"].items()  # type: ignore[index]
        if all("!" <= character <= "~" or character == "Ġ" for character in token)
    }
    return [number for number in range(vocabulary) if number not in ascii_tokens]
