"""What a GGUF says of its model besides the tensors: sizes, tokenizer, template.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and llama.cpp, ``src/llama-vocab.cpp`` (the splitting
patterns by name).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.language.errors import LanguageModelError
from pipelines.language.model_folder import LanguageModel
from pipelines.language.tokenizer import Tokenizer, is_byte_token
from pipelines.language.tokenizer_file import flat

if TYPE_CHECKING:
    import gguf

_ENDINGS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_PUNCTUATION = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LLAMA_3_PATTERN = _ENDINGS + r"\p{N}{1,3}" + _PUNCTUATION
_QWEN_2_PATTERN = _ENDINGS + r"\p{N}" + _PUNCTUATION


def add_sizes(writer: gguf.GGUFWriter, model: LanguageModel) -> None:
    """The network's sizes."""
    sizes = model.architecture
    writer.add_context_length(sizes.context_tokens)
    writer.add_embedding_length(sizes.hidden)
    writer.add_block_count(sizes.layers)
    writer.add_feed_forward_length(sizes.feed_forward)
    writer.add_head_count(sizes.heads)
    writer.add_head_count_kv(sizes.key_value_heads)
    writer.add_key_length(sizes.head_size)
    writer.add_value_length(sizes.head_size)
    writer.add_layer_norm_rms_eps(sizes.norm_epsilon)
    writer.add_rope_dimension_count(sizes.head_size)
    writer.add_rope_freq_base(sizes.rope_base)
    writer.add_vocab_size(sizes.vocabulary)
    if sizes.sliding_window_tokens is not None:
        writer.add_sliding_window(sizes.sliding_window_tokens)
        writer.add_rope_freq_base_swa(sizes.rope_local_base)
    if sizes.attention_cap is not None:
        writer.add_attn_logit_softcapping(sizes.attention_cap)
    if sizes.logit_cap is not None:
        writer.add_final_logit_softcapping(sizes.logit_cap)


def add_tokenizer(writer: gguf.GGUFWriter, model: LanguageModel) -> None:
    """The tokenizer, and the publisher's template of a conversation.

    Raises:
        LanguageModelError: llama.cpp does not know how this tokenizer splits text.
    """
    tokenizer = model.tokenizer
    unused = model.architecture.vocabulary - tokenizer.vocabulary_size
    tokens = [token or f"[UNUSED_{number}]" for number, token in enumerate(tokenizer.tokens)]
    tokens += [f"[UNUSED_{tokenizer.vocabulary_size + number}]" for number in range(unused)]
    if tokenizer.kind == "byte_level":
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(splitting_name(tokenizer))
        writer.add_token_merges([f"{first} {second}" for first, second in tokenizer.merges])
    else:
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores(_scores(tokenizer) + [_NEVER_MERGED] * unused)
        writer.add_add_space_prefix(tokenizer.prepends_space)
    writer.add_token_list(tokens)
    writer.add_token_types(_types(tokenizer) + [_TYPES["unused"]] * unused)
    writer.add_add_bos_token(tokenizer.adds_start)
    stops = model.stop_token_ids
    end = tokenizer.end_of_text_id if tokenizer.end_of_text_id is not None else (stops[0] if stops else None)
    for number, add in (
        (tokenizer.start_id, writer.add_bos_token_id),
        (end, writer.add_eos_token_id),
        (tokenizer.unknown_id, writer.add_unk_token_id),
        (tokenizer.padding_id, writer.add_pad_token_id),
    ):
        if number is not None:
            add(number)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


def splitting_name(tokenizer: Tokenizer) -> str:
    """llama.cpp's name of the way in which a byte-level tokenizer splits text.

    Raises:
        LanguageModelError: it has none.
    """
    steps = flat(tokenizer.steps.pre_tokenizer)
    kinds = [step.type for step in steps]
    if kinds == ["ByteLevel"]:
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"]:
        return "smollm"
    pattern = steps[0].pattern.Regex if kinds == ["Split", "ByteLevel"] else None
    if pattern == _LLAMA_3_PATTERN:
        # the two differ in whether a word that is a token is taken whole
        return "llama-bpe" if tokenizer.steps.model.ignore_merges else "dbrx"
    if pattern == _QWEN_2_PATTERN:
        return "qwen2"
    raise LanguageModelError("tokenizer.json", "llama.cpp has no name for how it splits text; choose no GGUF")


_TYPES = {"normal": 1, "unknown": 2, "control": 3, "user_defined": 4, "unused": 5, "byte": 6}
_NEVER_MERGED = -1e6


def _types(tokenizer: Tokenizer) -> list[int]:
    added = set(tokenizer.added.values())

    def kind(number: int, token: str) -> str:
        if not token:
            return "unused"
        if number == tokenizer.unknown_id:
            return "unknown"
        if number in tokenizer.special:
            return "control"
        if number in added:
            return "user_defined"
        return "byte" if tokenizer.kind == "byte_fallback" and is_byte_token(token) else "normal"

    return [_TYPES[kind(number, token)] for number, token in enumerate(tokenizer.tokens)]


def _scores(tokenizer: Tokenizer) -> list[float]:
    """For llama.cpp's merging by score: a token's score is higher the sooner a pair became it."""
    rank: dict[str, int] = {}
    for number, (first, second) in enumerate(tokenizer.merges):
        rank.setdefault(first + second, number)
    return [-float(rank[token]) if token in rank else _NEVER_MERGED for token in tokenizer.tokens]
