"""What a language model says, in NumPy: the reference that every other way of running it is compared with.

Sources: H. Touvron et al., "LLaMA: Open and Efficient Foundation Language Models" (2023), section 2.2; J. Su et al.,
"RoFormer" (2021), equation 34 (rotary positions; halves of a head are turned together, as in ``transformers``);
Gemma Team, "Gemma 2" (2024), section 2 (soft limits, norms on both sides, local layers); ``transformers``'
``modeling_rope_utils.py`` (the stretched positions of Llama 3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.language.architecture import Architecture
from pipelines.language.model_folder import LanguageModel
from pipelines.language.number_formats import Float32Array

Weights = Mapping[str, NDArray[np.float32]]
"""Tensors by their name in the publisher's files (``model.layers.0.self_attn.q_proj.weight``)."""

Multiply = Callable[[str, Float32Array], Float32Array]
"""The inputs ``[n, in]`` of a layer times the weights of that name ``[out, in]``, ``[n, out]``."""


def weights_of(model: LanguageModel) -> dict[str, Float32Array]:
    """All of a model's weights as float32, in memory.

    Raises:
        LanguageModelError: a tensor holds numbers that are not finite.
    """
    return {name: tensor.values() for name, tensor in model.tensors.items()}


def logits(model: LanguageModel, weights: Weights, tokens: Sequence[int]) -> Float32Array:
    """What may follow each token, ``float32[len(tokens), vocabulary]``."""
    return Network(model.architecture, weights).logits(tokens)


def greedy_tokens(model: LanguageModel, weights: Weights, prompt: Sequence[int], count: int) -> list[int]:
    """The likeliest continuation of a prompt, token by token; ends early after an end-of-text token (which is in it)."""
    network = Network(model.architecture, weights)
    stops = set(model.stop_token_ids)
    chosen: list[int] = []
    ahead = list(prompt)
    while len(chosen) < count and not (chosen and chosen[-1] in stops):
        chosen.append(int(network.logits(ahead)[-1].argmax()))
        ahead = chosen[-1:]
    return chosen


class Network:
    """A network that remembers the text so far: each call of :meth:`logits` goes on where the last one ended.

    Args:
        multiply: how layers inside the blocks are computed; by itself all of each matrix takes part.
    """

    def __init__(self, sizes: Architecture, weights: Weights, multiply: Multiply | None = None) -> None:
        self.sizes = sizes
        self.weights = weights
        self.multiply = multiply or (lambda name, inputs: inputs @ weights[name].T)
        self.position = 0
        self.keys: list[Float32Array] = []
        self.values: list[Float32Array] = []

    def logits(self, tokens: Sequence[int]) -> Float32Array:
        """What may follow each of the next tokens, ``float32[len(tokens), vocabulary]``."""
        sizes, embedding = self.sizes, self.weights["model.embed_tokens.weight"]
        hidden = embedding[np.asarray(tokens)]
        if sizes.family.gemma:
            hidden = hidden * np.float32(sizes.hidden**0.5)
        for layer in range(sizes.layers):
            hidden = self._block(layer, hidden)
        self.position += len(tokens)
        out = (
            self._norm("model.norm", hidden) @ (embedding if sizes.tied else self.weights["lm_head.weight"]).T
        )
        return _softly_limited(out, sizes.logit_cap)

    def _block(self, layer: int, hidden: Float32Array) -> Float32Array:
        prefix = f"model.layers.{layer}"
        attended = self._attention(layer, self._norm(f"{prefix}.input_layernorm", hidden))
        if self.sizes.family.post_norms:
            hidden = hidden + self._norm(f"{prefix}.post_attention_layernorm", attended)
            fed = self._feed_forward(prefix, self._norm(f"{prefix}.pre_feedforward_layernorm", hidden))
            return hidden + self._norm(f"{prefix}.post_feedforward_layernorm", fed)
        hidden = hidden + attended
        return hidden + self._feed_forward(prefix, self._norm(f"{prefix}.post_attention_layernorm", hidden))

    def _attention(self, layer: int, inputs: Float32Array) -> Float32Array:
        sizes, prefix = self.sizes, f"model.layers.{layer}.self_attn"
        count = len(inputs)
        queries, keys, values = (
            self._linear(f"{prefix}.{letter}_proj", inputs).reshape(count, -1, sizes.head_size)
            for letter in "qkv"
        )
        if sizes.family.query_key_norms:
            queries = self._norm(f"{prefix}.q_norm", queries)
            keys = self._norm(f"{prefix}.k_norm", keys)
        turn = rotation(sizes, layer, np.arange(self.position, self.position + count))
        keys, values = self._remember(layer, _turned(keys, turn), values)
        scores = self._scores(layer, _turned(queries, turn), keys)
        mixed = np.einsum("ghqk,kgd->qghd", scores, values, optimize=True)
        return self._linear(f"{prefix}.o_proj", mixed.reshape(count, -1))

    def _scores(self, layer: int, queries: Float32Array, keys: Float32Array) -> Float32Array:
        """How much each query looks at each key: ``[key heads, heads a key head, queries, keys]``, summing to 1."""
        sizes = self.sizes
        grouped = queries.reshape(len(queries), sizes.key_value_heads, -1, sizes.head_size)
        scores = np.einsum("qghd,kgd->ghqk", grouped, keys, optimize=True) * np.float32(sizes.query_scale)
        scores = _softly_limited(scores, sizes.attention_cap)
        back = np.arange(self.position, self.position + len(queries))[:, None] - np.arange(len(keys))
        seen = back >= 0
        if sizes.sliding_window_tokens is not None and not sizes.is_global(layer):
            seen &= back < sizes.sliding_window_tokens
        scores = np.where(seen, scores, np.float32(-np.inf))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=-1, keepdims=True), np.float32)

    def _remember(
        self, layer: int, keys: Float32Array, values: Float32Array
    ) -> tuple[Float32Array, Float32Array]:
        """All keys and values of a layer so far, ``[tokens, key heads, head size]``."""
        if len(self.keys) <= layer:
            self.keys.append(keys)
            self.values.append(values)
        else:
            self.keys[layer] = np.concatenate([self.keys[layer], keys])
            self.values[layer] = np.concatenate([self.values[layer], values])
        return self.keys[layer], self.values[layer]

    def _feed_forward(self, prefix: str, inputs: Float32Array) -> Float32Array:
        gate = self._linear(f"{prefix}.mlp.gate_proj", inputs)
        gate = _gelu(gate) if self.sizes.family.gemma else gate / (1 + np.exp(-gate))
        return self._linear(f"{prefix}.mlp.down_proj", gate * self._linear(f"{prefix}.mlp.up_proj", inputs))

    def _linear(self, name: str, inputs: Float32Array) -> Float32Array:
        outputs = self.multiply(f"{name}.weight", inputs)
        bias = self.weights.get(f"{name}.bias")
        return outputs if bias is None else outputs + bias

    def _norm(self, name: str, values: Float32Array) -> Float32Array:
        size = np.sqrt(
            np.mean(np.square(values), axis=-1, keepdims=True) + np.float32(self.sizes.norm_epsilon)
        )
        weight = self.weights[f"{name}.weight"]
        return np.asarray(values / size * (weight + 1 if self.sizes.family.gemma else weight), np.float32)


def rotation(
    sizes: Architecture, layer: int, positions: NDArray[np.int_]
) -> tuple[Float32Array, Float32Array]:
    """Cosines and sines that a head's halves are turned by at each position, ``[positions, 1, head size / 2]``."""
    base = sizes.rope_base if sizes.is_global(layer) else sizes.rope_local_base
    frequency = base ** -(np.arange(0, sizes.head_size, 2) / sizes.head_size) / rope_factors(sizes)
    angles = positions[:, None, None] * frequency
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def rope_factors(sizes: Architecture) -> NDArray[np.float64]:
    """What each of the head's frequencies is divided by: 1, but for Llama 3.1, where slow ones are slowed further."""
    half = sizes.head_size // 2
    scaling = sizes.rope_scaling
    if scaling is None:
        return np.ones(half)
    wavelength = 2 * np.pi * sizes.rope_base ** (np.arange(half) / half)
    low, high = scaling.low_frequency_factor, scaling.high_frequency_factor
    smooth = np.clip((scaling.original_context_tokens / wavelength - low) / (high - low), 0, 1)
    return np.asarray(1 / ((1 - smooth) / scaling.factor + smooth))


def _turned(heads: Float32Array, turn: tuple[Float32Array, Float32Array]) -> Float32Array:
    """Heads ``[tokens, heads, head size]``, turned by their positions."""
    cosine, sine = turn
    first, second = np.split(heads, 2, axis=-1)
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


def _softly_limited(values: Float32Array, cap: float | None) -> Float32Array:
    return values if cap is None else np.float32(cap) * np.tanh(values / np.float32(cap))


def _gelu(values: Float32Array) -> Float32Array:
    """Gaussian error linear unit, by the hyperbolic tangent as Gemma was trained with."""
    return np.asarray(
        np.float32(0.5)
        * values
        * (1 + np.tanh(np.float32((2 / np.pi) ** 0.5) * (values + np.float32(0.044715) * values**3)))
    )
