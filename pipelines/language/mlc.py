"""A language model in MLC's format, as WebLLM loads it: see :func:`convert_to_mlc`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pipelines.language.errors import Progress
from pipelines.language.model_folder import LanguageModel

Quantization = Literal["q4f16_1", "q4f32_1", "q0f16", "q0f32"]


def convert_to_mlc(
    model: LanguageModel,
    quantization: Quantization,
    out: Path,
    progress: Progress = lambda done_bytes, all_bytes: None,
    *,
    context_window_tokens: int = 4096,
    prefill_chunk_tokens: int = 1024,
) -> dict[str, Any]:
    """Write ``params_shard_N.bin``, ``tensor-cache.json``, ``mlc-chat-config.json`` and the tokenizer's files into ``out``.

    Args:
        out: a folder that is absent or empty; it is there whole afterwards, or (after an error) not at all.
        progress: told the bytes of weights that were read, and how many there are.
        context_window_tokens, prefill_chunk_tokens: what the ``model_lib`` was compiled for; no more than the model allows.

    Returns:
        JSON: ``{"quantization", "architecture", "parameters", "bytes", "bits_per_parameter", "context_window_tokens",
        "files": {name: {"bytes", "sha256"}}}``.

    Raises:
        LanguageModelError: a tensor holds numbers that are not finite or too large, or ``out`` is not empty.
    """
    raise NotImplementedError
