"""Training the small Llama of :mod:`tests.language`, with TensorFlow: a second forward pass, written apart from the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.language.number_formats import round_to_bfloat16

STEPS = 400
BATCH = 6
WINDOW_TOKENS = 96
HIGHEST_RATE = 4e-3


def train(
    config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], texts: Sequence[list[int]]
) -> dict:
    """Weights, each rounded to bfloat16, of a Llama that was trained on tokenised texts."""
    import tensorflow as tf

    random = np.random.default_rng(7)
    weights = {
        name: tf.Variable(
            np.ones(shape, np.float32)
            if len(shape) == 1
            else random.normal(0, shape[1] ** -0.5, shape).astype(np.float32),
            name=name.replace(".", "_"),
        )
        for name, shape in shapes.items()
    }
    trained = list(weights.values())
    means = [tf.Variable(tf.zeros_like(weight)) for weight in trained]
    squares = [tf.Variable(tf.zeros_like(weight)) for weight in trained]

    @tf.function
    def step(tokens: Any, number: Any) -> Any:
        with tf.GradientTape() as tape:
            scores = forward(config, weights, tokens[:, :-1])
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tokens[:, 1:], logits=scores)
            )
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, trained), 1.0)
        rate = HIGHEST_RATE * tf.minimum(number / 30, 0.5 + 0.5 * tf.cos(np.pi * number / STEPS))
        for weight, gradient, mean, square in zip(trained, gradients, means, squares, strict=True):
            # Adam; gradients of the embedding come as slices
            gradient = tf.convert_to_tensor(gradient)
            mean.assign(0.9 * mean + 0.1 * gradient)
            square.assign(0.98 * square + 0.02 * tf.square(gradient))
            corrected = mean / (1 - 0.9**number) / (tf.sqrt(square / (1 - 0.98**number)) + 1e-8)
            weight.assign_sub(rate * corrected)
        return loss

    for number in range(1, STEPS + 1):
        step(tf.constant(_batch(random, texts)), tf.constant(float(number)))
    return {name: round_to_bfloat16(weight.numpy()) for name, weight in weights.items()}


def forward(config: Mapping[str, Any], weights: Mapping[str, Any], tokens: Any) -> Any:
    """Logits ``[batch, tokens, vocabulary]`` of a Llama, in TensorFlow."""
    import tensorflow as tf

    heads, shared = config["num_attention_heads"], config["num_key_value_heads"]
    size = config["hidden_size"] // heads
    count = tf.shape(tokens)[1]
    angles = tf.range(count, dtype=tf.float32)[:, None] * tf.constant(
        config["rope_theta"] ** -(np.arange(0, size, 2) / size), tf.float32
    )
    mask = tf.linalg.band_part(tf.ones((count, count)), -1, 0)

    def norm(values: Any, name: str) -> Any:
        scale = tf.math.rsqrt(tf.reduce_mean(values**2, -1, keepdims=True) + config["rms_norm_eps"])
        return values * scale * weights[name]

    def linear(values: Any, name: str) -> Any:
        return tf.einsum("bti,oi->bto", values, weights[name])

    def split(values: Any, parts: int) -> Any:
        return tf.transpose(tf.reshape(values, (tf.shape(values)[0], count, parts, size)), (0, 2, 1, 3))

    def turn(values: Any) -> Any:
        first, second = values[..., : size // 2], values[..., size // 2 :]
        return values * tf.concat([tf.cos(angles)] * 2, -1) + tf.concat([-second, first], -1) * tf.concat(
            [tf.sin(angles)] * 2, -1
        )

    hidden = tf.gather(weights["model.embed_tokens.weight"], tokens)
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}"
        inputs = norm(hidden, f"{prefix}.input_layernorm.weight")
        queries = turn(split(linear(inputs, f"{prefix}.self_attn.q_proj.weight"), heads))
        keys = turn(split(linear(inputs, f"{prefix}.self_attn.k_proj.weight"), shared))
        values = split(linear(inputs, f"{prefix}.self_attn.v_proj.weight"), shared)
        keys, values = (tf.repeat(each, heads // shared, axis=1) for each in (keys, values))
        scores = tf.matmul(queries, keys, transpose_b=True) * size**-0.5 + (1 - mask) * -1e9
        mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), values), (0, 2, 1, 3))
        mixed = tf.reshape(mixed, (tf.shape(mixed)[0], count, heads * size))
        hidden += linear(mixed, f"{prefix}.self_attn.o_proj.weight")
        inputs = norm(hidden, f"{prefix}.post_attention_layernorm.weight")
        gate = tf.nn.silu(linear(inputs, f"{prefix}.mlp.gate_proj.weight"))
        hidden += linear(
            gate * linear(inputs, f"{prefix}.mlp.up_proj.weight"), f"{prefix}.mlp.down_proj.weight"
        )
    return linear(norm(hidden, "model.norm.weight"), "lm_head.weight")


def _batch(random: np.random.Generator, texts: Sequence[list[int]]) -> np.ndarray:
    """Windows of whole texts one after another, each beginning with the start of one."""
    rows = []
    for _ in range(BATCH):
        row: list[int] = []
        while len(row) <= WINDOW_TOKENS:
            row += texts[random.integers(len(texts))]
        rows.append(row[: WINDOW_TOKENS + 1])
    return np.array(rows, np.int32)
