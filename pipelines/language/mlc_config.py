"""``mlc-chat-config.json``: what WebLLM reads before it loads a model.

Source: MLC LLM, ``mlc_chat_config.py`` and each model's ``*Config`` (the fields), WebLLM 0.2.85, ``config.ts`` (those that it
uses).
"""

from __future__ import annotations

from typing import Any

from pipelines.language.conversations import conversation_template
from pipelines.language.errors import LanguageModelError
from pipelines.language.mlc_parameters import MODEL_TYPES
from pipelines.language.model_folder import LanguageModel

TOKENIZER_FILES = (
    "tokenizer.model",
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "tokenizer_config.json",
)
"""Those of the publisher's files that MLC copies, where they are there."""
_GENERATION = {
    "temperature": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
    "repetition_penalty": 1.0,
    "top_p": 1.0,
}


def chat_config(
    model: LanguageModel, quantization: str, context_window_tokens: int, prefill_chunk_tokens: int
) -> dict[str, Any]:
    """The content of ``mlc-chat-config.json``.

    Raises:
        LanguageModelError: a length that is not above 0.
    """
    lengths = {"context_window_tokens": context_window_tokens, "prefill_chunk_tokens": prefill_chunk_tokens}
    for name, length in lengths.items():
        if length < 1:
            raise LanguageModelError(name, f"must be above 0, not {length}")
    context = min(context_window_tokens, _longest_context(model))
    chunk = min(prefill_chunk_tokens, context)
    tokenizer, vocabulary = model.tokenizer, model.architecture.vocabulary
    stops = list(model.stop_token_ids)
    generation = {
        name: value if type(value := model.generation.get(name)) in {int, float} else default
        for name, default in _GENERATION.items()
    }
    return {
        "version": "0.1.0",
        "model_type": MODEL_TYPES[model.architecture.family.id],
        "quantization": quantization,
        "model_config": _model_config(model, context, chunk),
        "vocab_size": vocabulary,
        "active_vocab_size": tokenizer.vocabulary_size,
        "context_window_size": context,
        "sliding_window_size": -1,
        "prefill_chunk_size": chunk,
        "attention_sink_size": -1,
        "tensor_parallel_shards": 1,
        "pipeline_parallel_stages": 1,
        **generation,
        "tokenizer_files": [name for name in TOKENIZER_FILES if (model.folder / name).exists()],
        "tokenizer_info": {
            "token_postproc_method": tokenizer.kind,
            "prepend_space_in_encode": tokenizer.prepends_space,
            "strip_space_in_decode": tokenizer.strips_space,
        },
        "conv_template": conversation_template(model),
        "pad_token_id": _or(tokenizer.padding_id, 0),
        "bos_token_id": _or(tokenizer.start_id, 1),
        "eos_token_id": stops if len(stops) != 1 else stops[0],
        "model_task": "chat",
    }


def _longest_context(model: LanguageModel) -> int:
    """MLC computes all of Gemma 2's layers as global ones, which they are within the window."""
    sizes = model.architecture
    if sizes.family.id == "gemma2" and sizes.sliding_window_tokens is not None:
        return min(sizes.context_tokens, sizes.sliding_window_tokens)
    return sizes.context_tokens


def _model_config(model: LanguageModel, context: int, chunk: int) -> dict[str, Any]:
    """What the network was compiled from; for people and tools, WebLLM does not read it."""
    sizes = model.architecture
    common: dict[str, Any] = {
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.feed_forward,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "num_key_value_heads": sizes.key_value_heads,
        "head_dim": sizes.head_size,
        "rms_norm_eps": sizes.norm_epsilon,
        "context_window_size": context,
        "prefill_chunk_size": chunk,
    }
    shared = {"vocab_size": sizes.vocabulary, "tensor_parallel_shards": 1, "max_batch_size": 1}
    gemma = {
        "hidden_activation": "gelu_pytorch_tanh",
        "attention_bias": False,
        "position_embedding_base": sizes.rope_base,
    }
    match sizes.family.id:
        case "llama":
            scaling = model.config.get("rope_scaling") if sizes.rope_scaling else None
            own = {
                "tie_word_embeddings": sizes.tied,
                "position_embedding_base": sizes.rope_base,
                "rope_scaling": scaling,
            }
        case "qwen2" | "qwen3":
            own = {"tie_word_embeddings": sizes.tied, "rope_theta": sizes.rope_base, "hidden_act": "silu"}
            if sizes.family.id == "qwen3":
                own["attention_bias"] = sizes.biases
        case "gemma2":
            own = gemma | {
                "attn_logit_softcapping": sizes.attention_cap,
                "final_logit_softcapping": sizes.logit_cap,
                "query_pre_attn_scalar": round(sizes.query_scale**-2),
                "sliding_window": sizes.sliding_window_tokens,
            }
        case "gemma3":
            text = (
                gemma
                | common
                | {
                    "query_pre_attn_scalar": round(sizes.query_scale**-2),
                    "sliding_window_size": sizes.sliding_window_tokens,
                }
            )
            windows = {"context_window_size": context, "sliding_window_size": -1, "prefill_chunk_size": chunk}
            return shared | windows | {"text_config": text, "is_text_model": True}
        case _:
            own = gemma
    return common | own | shared


def _or(number: int | None, default: int) -> int:
    return default if number is None else number
