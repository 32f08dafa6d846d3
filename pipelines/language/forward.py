"""What a language model says, in NumPy: the reference that every other way of running it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.language.model_folder import LanguageModel
from pipelines.language.number_formats import Float32Array

Weights = Mapping[str, NDArray[np.float32]]
"""Tensors by their name in the publisher's files (``model.layers.0.self_attn.q_proj.weight``)."""


def weights_of(model: LanguageModel) -> dict[str, Float32Array]:
    """All of a model's weights as float32, in memory."""
    raise NotImplementedError


def logits(model: LanguageModel, weights: Weights, tokens: Sequence[int]) -> Float32Array:
    """What may follow each token, ``float32[len(tokens), vocabulary]``."""
    raise NotImplementedError


def greedy_tokens(model: LanguageModel, weights: Weights, prompt: Sequence[int], count: int) -> list[int]:
    """The likeliest continuation of a prompt, token by token; ends early after an end-of-text token (which is in it)."""
    raise NotImplementedError
