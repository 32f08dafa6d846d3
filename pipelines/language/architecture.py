"""What kind of network a ``config.json`` describes, and which tensors that network has.

All of these are decoders of the Llama kind (attention and a gated feed-forward layer with root-mean-square norms and
rotary positions). What sets them apart is written down once, in :data:`FAMILIES`.

Sources: the configuration and modelling files of Hugging Face's ``transformers`` (names and defaults of the fields).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.language.errors import LanguageModelError


@dataclass(frozen=True, slots=True)
class Family:
    """What sets one architecture apart.

    Args:
        id: the name that GGUF and ``config.json``'s ``model_type`` agree on.
        gemma: norms multiply by 1 + weight, embeddings are scaled by the root of their size, GELU gates.
        query_key_norms: queries and keys are normalised for each head.
        post_norms: attention and feed-forward are normalised before they are added, too.
        biases: queries, keys and values have biases.
        defaults: what an absent field of ``config.json`` means.
    """

    id: str
    gemma: bool
    query_key_norms: bool
    post_norms: bool
    biases: bool
    defaults: Mapping[str, Any]


_GEMMA_DEFAULTS = {"head_dim": 256, "tie_word_embeddings": True}
FAMILIES = {
    "LlamaForCausalLM": Family("llama", False, False, False, False, {}),
    "Qwen2ForCausalLM": Family("qwen2", False, False, False, True, {}),
    "Qwen3ForCausalLM": Family("qwen3", False, True, False, False, {"head_dim": 128}),
    "GemmaForCausalLM": Family("gemma", True, False, False, False, _GEMMA_DEFAULTS),
    "Gemma2ForCausalLM": Family(
        "gemma2", True, False, True, False,
        {**_GEMMA_DEFAULTS, "query_pre_attn_scalar": 256, "sliding_window": 4096,
         "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0},
    ),
    "Gemma3ForCausalLM": Family(
        "gemma3", True, True, True, False,
        {**_GEMMA_DEFAULTS, "query_pre_attn_scalar": 256, "sliding_window": 4096, "sliding_window_pattern": 6,
         "rope_theta": 1_000_000.0, "rope_local_base_freq": 10_000.0},
    ),
}  # fmt: skip
"""By the name in ``config.json``'s ``architectures``. SmolLM and SmolLM2 call themselves Llama."""


@dataclass(frozen=True, slots=True)
class Llama3Scaling:
    """How Llama 3.1 stretches rotary positions beyond the context that it was first trained with."""

    factor: float
    low_frequency_factor: float
    high_frequency_factor: float
    original_context_tokens: int


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of one network.

    Args:
        family: what kind of network it is.
        vocabulary, hidden, feed_forward: sizes of the vocabulary, of the residual stream, of the feed-forward layer.
        layers, heads, key_value_heads, head_size: of attention.
        context_tokens: the longest text that it was trained for.
        norm_epsilon: of the root-mean-square norms.
        rope_base, rope_scaling: of rotary positions; ``rope_local_base`` that of layers with a sliding window.
        tied: the output layer is the embedding.
        biases: queries, keys and values have biases; ``output_bias``: attention's output, too.
        query_scale: what queries times keys are multiplied by.
        sliding_window_tokens: how far local layers look back; None where all layers are global.
        global_every: each how many-th layer is global.
        attention_cap, logit_cap: soft limits of scores and of logits; None for none.
    """

    family: Family
    vocabulary: int
    hidden: int
    feed_forward: int
    layers: int
    heads: int
    key_value_heads: int
    head_size: int
    context_tokens: int
    norm_epsilon: float
    rope_base: float
    rope_scaling: Llama3Scaling | None
    rope_local_base: float
    tied: bool
    biases: bool
    output_bias: bool
    query_scale: float
    sliding_window_tokens: int | None
    global_every: int
    attention_cap: float | None
    logit_cap: float | None

    def is_global(self, layer: int) -> bool:
        """Whether a layer looks at the whole text."""
        return self.sliding_window_tokens is None or (layer + 1) % self.global_every == 0

    def tensor_shapes(self) -> dict[str, tuple[int, ...]]:
        """Every tensor of the network by its name in the publisher's files, in the order of the network."""
        shapes: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (self.vocabulary, self.hidden)}
        for layer in range(self.layers):
            shapes |= {f"model.layers.{layer}.{name}": shape for name, shape in self._layer_shapes().items()}
        shapes["model.norm.weight"] = (self.hidden,)
        if not self.tied:
            shapes["lm_head.weight"] = (self.vocabulary, self.hidden)
        return shapes

    def _layer_shapes(self) -> dict[str, tuple[int, ...]]:
        queries, keys = self.heads * self.head_size, self.key_value_heads * self.head_size
        outputs = {"q": queries, "k": keys, "v": keys}
        shapes: dict[str, tuple[int, ...]] = {"input_layernorm.weight": (self.hidden,)}
        for letter, size in outputs.items():
            shapes[f"self_attn.{letter}_proj.weight"] = (size, self.hidden)
            if self.biases:
                shapes[f"self_attn.{letter}_proj.bias"] = (size,)
        shapes["self_attn.o_proj.weight"] = (self.hidden, queries)
        if self.output_bias:
            shapes["self_attn.o_proj.bias"] = (self.hidden,)
        if self.family.query_key_norms:
            shapes["self_attn.q_norm.weight"] = shapes["self_attn.k_norm.weight"] = (self.head_size,)
        shapes["post_attention_layernorm.weight"] = (self.hidden,)
        if self.family.post_norms:
            shapes["pre_feedforward_layernorm.weight"] = (self.hidden,)
        shapes["mlp.gate_proj.weight"] = shapes["mlp.up_proj.weight"] = (self.feed_forward, self.hidden)
        shapes["mlp.down_proj.weight"] = (self.hidden, self.feed_forward)
        if self.family.post_norms:
            shapes["post_feedforward_layernorm.weight"] = (self.hidden,)
        return shapes


def architecture_of(config: Mapping[str, Any]) -> Architecture:
    """The network that a ``config.json`` describes.

    Raises:
        LanguageModelError: an architecture, or a setting of it, that is not supported; a field that is missing or
            malformed.
    """
    family = _family(config)
    fields = _Fields(config, family)
    hidden, heads = fields.whole("hidden_size"), fields.whole("num_attention_heads")
    head_size = fields.whole("head_dim", hidden // heads)
    key_value_heads = fields.whole("num_key_value_heads", heads)
    if heads % key_value_heads:
        raise LanguageModelError(
            "num_key_value_heads", f"{heads} heads cannot share {key_value_heads} heads of keys and values"
        )
    if head_size % 2:
        raise LanguageModelError("head_dim", f"must be even for rotary positions, not {head_size}")
    _refuse_what_no_runtime_here_does(fields)
    attention_bias = fields.flag("attention_bias", False)
    if attention_bias and family.id != "qwen3":
        raise LanguageModelError("attention_bias", f"is not supported for {family.id}")
    rope_base, rope_scaling = _rope(fields)
    windowed = family.id in {"gemma2", "gemma3"}
    return Architecture(
        family=family,
        vocabulary=fields.whole("vocab_size"),
        hidden=hidden,
        feed_forward=fields.whole("intermediate_size"),
        layers=fields.whole("num_hidden_layers"),
        heads=heads,
        key_value_heads=key_value_heads,
        head_size=head_size,
        context_tokens=fields.whole("max_position_embeddings"),
        norm_epsilon=fields.real("rms_norm_eps", 1e-6),
        rope_base=rope_base,
        rope_scaling=rope_scaling,
        rope_local_base=_local_rope_base(fields, rope_base),
        tied=fields.flag("tie_word_embeddings", False),
        biases=family.biases or attention_bias,
        output_bias=attention_bias,
        query_scale=fields.real("query_pre_attn_scalar", head_size) ** -0.5,
        sliding_window_tokens=fields.whole("sliding_window") if windowed else None,
        global_every=_global_every(fields) if windowed else 1,
        attention_cap=fields.real("attn_logit_softcapping", None) if family.id == "gemma2" else None,
        logit_cap=fields.real("final_logit_softcapping", None) if family.id == "gemma2" else None,
    )


class _Fields:
    """A ``config.json`` whose fields are checked as they are read; an absent or null field has its default."""

    def __init__(self, config: Mapping[str, Any], family: Family) -> None:
        self.config = config
        self.family = family

    def get(self, name: str, default: Any = None) -> Any:
        value = self.config.get(name)
        # a soft limit that is null is switched off, not left at its default
        if value is None and not (name.endswith("softcapping") and name in self.config):
            return self.family.defaults.get(name, default)
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        value = self.get(name, default)
        if value is None:
            raise LanguageModelError("config.json", f"has no {name}")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 31:
            raise LanguageModelError(name, f"must be a whole number above 0, not {value!r}")
        return value

    def real(self, name: str, default: float | None) -> Any:
        value = self.get(name, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e12:
            raise LanguageModelError(name, f"must be a number above 0, not {value!r}")
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.get(name, default)
        if not isinstance(value, bool):
            raise LanguageModelError(name, f"must be true or false, not {value!r}")
        return value


def _family(config: Mapping[str, Any]) -> Family:
    named = config.get("architectures")
    supported = ", ".join(FAMILIES)
    if not isinstance(named, list) or not named or not isinstance(named[0], str):
        raise LanguageModelError(
            "architectures", f"config.json must name the architecture: one of {supported}"
        )
    if named[0] not in FAMILIES:
        raise LanguageModelError("architectures", f"{named[0]} is not supported; there are {supported}")
    return FAMILIES[named[0]]


def _refuse_what_no_runtime_here_does(fields: _Fields) -> None:
    activation = fields.get("hidden_activation") or fields.get("hidden_act")
    expected = ["gelu", "gelu_pytorch_tanh"] if fields.family.gemma else ["silu"]
    if activation is not None and activation not in expected:
        raise LanguageModelError("hidden_act", f"{activation!r} is not supported for {fields.family.id}")
    if fields.config.get("quantization_config"):
        raise LanguageModelError(
            "quantization_config", "these weights are quantised already; give the original (BF16, F16 or F32)"
        )
    for name in ("mlp_bias", "use_sliding_window"):
        if fields.flag(name, False):
            raise LanguageModelError(name, "is not supported")


def _rope(fields: _Fields) -> tuple[float, Llama3Scaling | None]:
    """Base and scaling of rotary positions; transformers 5 keeps both in ``rope_parameters``."""
    parameters = fields.get("rope_parameters")
    if isinstance(parameters, Mapping) and isinstance(parameters.get("full_attention"), Mapping):
        parameters = parameters["full_attention"]
    scaling = parameters or fields.get("rope_scaling") or {}
    if not isinstance(scaling, Mapping):
        raise LanguageModelError("rope_scaling", f"must be an object, not {scaling!r}")
    inner = _Fields(scaling, fields.family)
    base = inner.real("rope_theta", fields.real("rope_theta", 10_000.0))
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "default":
        return base, None
    if kind != "llama3" or fields.family.id != "llama":
        raise LanguageModelError("rope_scaling", f"{kind!r} is not supported for {fields.family.id}")
    names = ("factor", "low_freq_factor", "high_freq_factor")
    factors = [inner.real(name, None) for name in names]
    if None in factors:
        raise LanguageModelError("rope_scaling", f"needs {', '.join(names)}")
    original = inner.whole("original_max_position_embeddings")
    return base, Llama3Scaling(factors[0], factors[1], factors[2], original)


def _local_rope_base(fields: _Fields, base: float) -> float:
    parameters = fields.get("rope_parameters")
    if isinstance(parameters, Mapping) and isinstance(parameters.get("sliding_attention"), Mapping):
        return float(_Fields(parameters["sliding_attention"], fields.family).real("rope_theta", base))
    return float(fields.real("rope_local_base_freq", base))


def _global_every(fields: _Fields) -> int:
    """Gemma 2 alternates; Gemma 3 has five local layers before each global one, unless ``layer_types`` says otherwise."""
    if fields.family.id == "gemma2":
        return 2
    kinds = fields.get("layer_types")
    pattern = fields.whole("sliding_window_pattern")
    if isinstance(kinds, list):
        expected = [
            "full_attention" if (n + 1) % pattern == 0 else "sliding_attention" for n in range(len(kinds))
        ]
        if kinds != expected:
            raise LanguageModelError(
                "layer_types", "only five local layers before each global one are supported"
            )
    return pattern
