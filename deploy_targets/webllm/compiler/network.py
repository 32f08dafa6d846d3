"""The network of a Llama, Qwen 2, Qwen 3 or Gemma in TVM's words, with MLC's names of its parameters.

What WebLLM calls: ``embed``, ``prefill``, ``decode``, ``create_tir_paged_kv_cache``. Attention with its cache of keys
and values, and rotary positions, are TVM's own kernels.
"""

# TVM has no types, and is not there where this is checked.
# mypy: ignore-errors

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tvm
from tvm import relax, te, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import op
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache, RopeMode, TIRPagedKVCache

GROUP = 32
CODES_A_WORD = 8


class Matrix(nn.Module):
    """A linear layer ``y = x W^T + b``; its weights ``[out, in]`` as they are, or four bits each in groups of 32."""

    def __init__(
        self, config: Mapping[str, Any], inputs: int, outputs: int, bias: bool = False, dtype: str = ""
    ) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.dtype = config["dtype"]
        self.result = dtype or self.dtype
        self.quantized = config["quantization"].startswith("q4")
        if self.quantized:
            self.q_weight = nn.Parameter((outputs, -(-inputs // CODES_A_WORD)), "uint32")
            self.q_scale = nn.Parameter((outputs, -(-inputs // GROUP)), self.dtype)
        else:
            self.weight = nn.Parameter((outputs, inputs), self.dtype)
        self.bias = nn.Parameter((outputs,), self.dtype) if bias else None

    def forward(self, x: nn.Tensor) -> nn.Tensor:
        y = (
            op.tensor_expr_op(
                self._multiply_quantized, "multiply_quantized", [x, self.q_weight, self.q_scale]
            )
            if self.quantized
            else op.tensor_expr_op(self._multiply, "multiply", [x, self.weight])
        )
        return y if self.bias is None else op.add(y, self.bias)

    def rows(self, indices: nn.Tensor) -> nn.Tensor:
        """Those rows of the weights, ``[count, in]``."""
        if not self.quantized:
            return op.take(self.weight, indices, axis=0)
        return op.tensor_expr_op(
            self._rows_quantized, "rows_quantized", [indices, self.q_weight, self.q_scale]
        )

    def _multiply(self, x: te.Tensor, weight: te.Tensor) -> te.Tensor:
        k = te.reduce_axis((0, self.inputs), name="k")
        return te.compute(
            (x.shape[0], x.shape[1], self.outputs),
            lambda b, i, j: te.sum(x[b, i, k].astype(self.result) * weight[j, k].astype(self.result), axis=k),
            name="NT_matmul",
        )

    def _multiply_quantized(self, x: te.Tensor, words: te.Tensor, scales: te.Tensor) -> te.Tensor:
        weight = te.compute(
            (self.outputs, self.inputs), lambda j, k: self._value(words, scales, j, k), name="dequantize"
        )
        return self._multiply(x, weight)

    def _rows_quantized(self, indices: te.Tensor, words: te.Tensor, scales: te.Tensor) -> te.Tensor:
        return te.compute(
            (indices.shape[0], self.inputs),
            lambda i, k: self._value(words, scales, indices[i], k),
            name="rows",
        )

    def _value(self, words: te.Tensor, scales: te.Tensor, j: Any, k: Any) -> Any:
        """Code 0 to 14, the lowest four bits first, stands for -7 to 7 times the group's scale."""
        shift = (k % CODES_A_WORD * 4).astype("uint32")
        code = tirx.bitwise_and(
            tirx.shift_right(words[j, k // CODES_A_WORD], shift), tirx.const(15, "uint32")
        )
        return (code.astype(self.dtype) - tirx.const(7, self.dtype)) * scales[j, k // GROUP]


class Norm(nn.Module):
    """Root-mean-square norm."""

    def __init__(self, config: Mapping[str, Any], size: int) -> None:
        self.weight = nn.Parameter((size,), config["dtype"])
        self.epsilon = config["norm_epsilon"]

    def forward(self, x: nn.Tensor) -> nn.Tensor:
        return op.rms_norm(x, self.weight, [-1], self.epsilon)


class Attention(nn.Module):
    """Grouped-query attention; what MLC calls the joined projection depends on the family."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.heads, self.shared, self.size = config["heads"], config["key_value_heads"], config["head_size"]
        self.scale = config["query_scale"]
        joined = Matrix(
            config, config["hidden"], (self.heads + 2 * self.shared) * self.size, config["biases"]
        )
        self.joined_name = "c_attn" if config["family"].startswith("qwen") else "qkv_proj"
        setattr(self, self.joined_name, joined)
        self.o_proj = Matrix(config, self.heads * self.size, config["hidden"], config["output_bias"])
        self.norms = config["query_key_norms"]
        if self.norms:
            self.q_norm, self.k_norm = Norm(config, self.size), Norm(config, self.size)

    def forward(self, x: nn.Tensor, cache: PagedKVCache, layer: int) -> nn.Tensor:
        b, s, _ = x.shape
        joined = getattr(self, self.joined_name)(x)
        joined = op.reshape(joined, (b, s, self.heads + 2 * self.shared, self.size))
        if self.norms:
            q, k, v = op.split(joined, [self.heads, self.heads + self.shared], axis=2)
            joined = op.concat([self.q_norm(q), self.k_norm(k), v], dim=2)
        # The kernels take 1/sqrt(head size) as said here, and no other factor of their own.
        y = cache.attention_with_fused_qkv(layer, joined, self.heads, sm_scale=self.scale)
        return self.o_proj(op.reshape(y, (b, s, self.heads * self.size)))


class FeedForward(nn.Module):
    """Gated feed-forward layer."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.gate_up_proj = Matrix(config, config["hidden"], 2 * config["feed_forward"])
        self.down_proj = Matrix(config, config["feed_forward"], config["hidden"])
        self.gemma = config["gemma"]

    def forward(self, x: nn.Tensor) -> nn.Tensor:
        gate, up = op.split(self.gate_up_proj(x), 2, axis=-1)
        return self.down_proj((op.gelu(gate, approximate="tanh") if self.gemma else op.silu(gate)) * up)


class Layer(nn.Module):
    """Attention and feed-forward, each added to what came in."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.self_attn = Attention(config)
        self.mlp = FeedForward(config)
        self.input_layernorm = Norm(config, config["hidden"])
        self.post_attention_layernorm = Norm(config, config["hidden"])

    def forward(self, x: nn.Tensor, cache: PagedKVCache, layer: int) -> nn.Tensor:
        x = self.self_attn(self.input_layernorm(x), cache, layer) + x
        return self.mlp(self.post_attention_layernorm(x)) + x


class Body(nn.Module):
    """Everything but the output layer."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        # The embedding is the output layer, too, where they are tied: in 32 bits then.
        self.embed_tokens = Matrix(config, config["hidden"], config["vocabulary"], dtype="float32")
        self.layers = nn.ModuleList([Layer(config) for _ in range(config["layers"])])
        self.norm = Norm(config, config["hidden"])


class Network(nn.Module):
    """The whole network; shapes are those of one conversation at a time."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        self.model = Body(config)
        if not config["tied"]:
            self.lm_head = Matrix(config, config["hidden"], config["vocabulary"], dtype="float32")

    def embed(self, input_ids: nn.Tensor) -> nn.Tensor:
        """``int32[count]`` -> ``[count, hidden]``."""
        found = self.model.embed_tokens.rows(input_ids)
        return found * self.config["hidden"] ** 0.5 if self.config["gemma"] else found

    def prefill(self, input_embed: nn.Tensor, paged_kv_cache: PagedKVCache) -> tuple[nn.Tensor, PagedKVCache]:
        """``[1, count, hidden]`` -> logits of the last one, ``float32[1, 1, vocabulary]``."""
        x = self._body(input_embed, paged_kv_cache)
        hidden = self.config["hidden"]
        last = op.tensor_expr_op(
            lambda x: te.compute((1, 1, hidden), lambda b, _, k: x[b, x.shape[1] - 1, k], name="last"),
            "last",
            [x],
        )
        return self._logits(last), paged_kv_cache

    def decode(self, input_embed: nn.Tensor, paged_kv_cache: PagedKVCache) -> tuple[nn.Tensor, PagedKVCache]:
        """``[1, 1, hidden]`` -> logits, ``float32[1, 1, vocabulary]``."""
        return self._logits(self._body(input_embed, paged_kv_cache)), paged_kv_cache

    def softmax_with_temperature(self, logits: nn.Tensor, temperature: nn.Tensor) -> nn.Tensor:
        """``[count, 1, vocabulary]``, ``[count]`` -> probabilities."""
        return op.softmax(logits / op.reshape(temperature, (temperature.shape[0], 1, 1)), axis=-1)

    def argsort_probs(self, probs: nn.Tensor) -> tuple[nn.Tensor, nn.Tensor]:
        """``[count, vocabulary]`` -> the same, and nothing: drawing a token needs no order, see ``sampling.py``."""
        nothing = op.tensor_expr_op(
            lambda p: te.compute((p.shape[0], 1), lambda b, j: tirx.const(0, "int32"), name="nothing"),
            "nothing",
            [probs],
        )
        same = op.tensor_expr_op(
            lambda p: te.compute(p.shape, lambda b, j: p[b, j], name="same"), "same", [probs]
        )
        return same, nothing

    def create_tir_paged_kv_cache(
        self,
        max_batch_size: tirx.Var,
        max_total_seq_len: tirx.Var,
        prefill_chunk_size: tirx.Var,
        page_size: tirx.Var,
        support_sliding_window: tirx.Var,
    ) -> PagedKVCache:
        config = self.config
        return TIRPagedKVCache(
            attn_kind="mha",
            max_batch_size=max_batch_size,
            max_total_seq_len=max_total_seq_len,
            prefill_chunk_size=prefill_chunk_size,
            page_size=page_size,
            support_sliding_window=support_sliding_window,
            layer_partition=relax.ShapeExpr([0, config["layers"]]),
            num_hidden_layers=config["layers"],
            num_attention_heads=config["heads"],
            num_key_value_heads=config["key_value_heads"],
            qk_head_dim=config["head_size"],
            v_head_dim=config["head_size"],
            mla_original_qk_head_dim=0,
            mla_original_v_head_dim=0,
            rope_mode=RopeMode.NORMAL,
            rope_scale=1,
            rope_theta=config["rope_base"],
            rope_scaling=config["rope_scaling"],
            rope_ext_factors=relax.prim_value(0),
            rotary_dim=config["head_size"],
            enable_disaggregation=False,
            dtype=config["dtype"],
            target=tvm.target.Target.current(),
        )

    def _body(self, x: nn.Tensor, cache: PagedKVCache) -> nn.Tensor:
        for number, layer in enumerate(self.model.layers):
            x = layer(x, cache, number)
        return self.model.norm(x)

    def _logits(self, x: nn.Tensor) -> nn.Tensor:
        logits = self.model.embed_tokens(x) if self.config["tied"] else self.lm_head(x)
        return logits if logits.dtype == "float32" else logits.astype("float32")

    def specification(self) -> dict[str, Any]:
        """The functions with their arguments, as TVM wants them."""
        hidden, vocabulary, dtype = (self.config[name] for name in ("hidden", "vocabulary", "dtype"))
        with_weights = {"param_mode": "packed", "effect_mode": "none"}
        without = {"param_mode": "none", "effect_mode": "none"}
        cache = nn.spec.Object(object_type=PagedKVCache)
        sizes = (
            "max_batch_size",
            "max_total_seq_len",
            "prefill_chunk_size",
            "page_size",
            "support_sliding_window",
        )
        return {
            "embed": {"input_ids": nn.spec.Tensor(["seq_len"], "int32"), "$": with_weights},
            "prefill": {
                "input_embed": nn.spec.Tensor([1, "seq_len", hidden], dtype),
                "paged_kv_cache": cache,
                "$": with_weights,
            },
            "decode": {
                "input_embed": nn.spec.Tensor([1, 1, hidden], dtype),
                "paged_kv_cache": cache,
                "$": with_weights,
            },
            "softmax_with_temperature": {
                "logits": nn.spec.Tensor(["batch_size", 1, vocabulary], "float32"),
                "temperature": nn.spec.Tensor(["batch_size"], "float32"),
                "$": without,
            },
            "argsort_probs": {"probs": nn.spec.Tensor(["batch_size", vocabulary], "float32"), "$": without},
            "create_tir_paged_kv_cache": {**{size: int for size in sizes}, "$": without},
        }
