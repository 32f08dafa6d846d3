"""llama.cpp's names of a network's tensors, and how it orders their rows.

Source: llama.cpp, ``convert_hf_to_gguf.py`` and ``src/models/``. Its Llama turns neighbouring numbers of a head by
their position, and not halves as ``transformers`` does, so rows of queries and keys are woven; its Gemmas find norms
with their 1 added.
"""

from __future__ import annotations

import numpy as np

from pipelines.language.architecture import Architecture
from pipelines.language.errors import LanguageModelError
from pipelines.language.number_formats import Float32Array

_WHOLE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
_IN_BLOCK = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_ONE_NORM_EACH = {"post_attention_layernorm": "ffn_norm"}
_TWO_NORMS_EACH = {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}


def gguf_name(sizes: Architecture, name: str) -> str:
    """What llama.cpp calls the publisher's tensor of that name."""
    stem, end = name.rsplit(".", 1)
    if stem in _WHOLE:
        return f"{_WHOLE[stem]}.{end}"
    _, _, layer, part = stem.split(".", 3)
    names = _IN_BLOCK | (_TWO_NORMS_EACH if sizes.family.post_norms else _ONE_NORM_EACH)
    return f"blk.{layer}.{names[part]}.{end}"


def rows_at_a_time(sizes: Architecture, name: str) -> int:
    """Pieces of the tensor must be multiples of so many rows."""
    return sizes.head_size if _woven(sizes, name) else 1


def llama_cpp_rows(sizes: Architecture, name: str, rows: Float32Array) -> Float32Array:
    """Rows of the publisher's tensor as llama.cpp wants them; they begin with a head's first one."""
    if sizes.family.gemma and name.endswith("norm.weight"):
        return rows + 1
    if _woven(sizes, name):
        halves = rows.reshape(-1, 2, sizes.head_size // 2, *rows.shape[1:])
        return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows.shape)
    return rows


def publisher_rows(sizes: Architecture, name: str, rows: Float32Array) -> Float32Array:
    """The way back from :func:`llama_cpp_rows`."""
    if sizes.family.gemma and name.endswith("norm.weight"):
        return rows - 1
    if _woven(sizes, name):
        pairs = rows.reshape(-1, sizes.head_size // 2, 2, *rows.shape[1:])
        return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(rows.shape)
    return rows


def check_llama_cpp_runs(sizes: Architecture) -> None:
    """
    Raises:
        LanguageModelError: the network has a setting that llama.cpp takes for granted to be another.
    """
    if sizes.output_bias:
        raise LanguageModelError("attention_bias", "llama.cpp has no biases for qwen3; choose no GGUF")
    if abs(sizes.query_scale * sizes.head_size**0.5 - 1) > 1e-6:
        raise LanguageModelError("query_pre_attn_scalar", "llama.cpp takes it to be head_dim; choose no GGUF")
    if sizes.family.id == "gemma3" and sizes.global_every != 6:
        raise LanguageModelError("sliding_window_pattern", "llama.cpp takes it to be 6; choose no GGUF")


def _woven(sizes: Architecture, name: str) -> bool:
    return sizes.family.id == "llama" and name.split(".")[-2] in {"q_proj", "k_proj"}
