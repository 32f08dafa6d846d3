"""How many of a model's activations can be left out: WINA beside magnitude alone.

A layer computes ``y = W x``. Where an input ``x_j`` is left out, column j of W is neither read nor multiplied, which is
what makes decoding faster. *Magnitude* keeps the K inputs with the largest ``|x_j|`` (J. Liu et al., "Training-Free
Activation Sparsity in Large Language Models" (TEAL), 2024); *WINA* those with the largest ``|x_j| * ||W_:,j||_2``,
which also knows how much a column of W can do with it (S. Chen et al., "WINA: Weight Informed Neuron Activation for
Accelerating Large Language Model Inference", arXiv 2505.19427, section 3). Neither needs training.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.language.errors import LanguageModelError, Progress
from pipelines.language.forward import Multiply, Network, Weights, weights_of
from pipelines.language.model_folder import LanguageModel
from pipelines.language.number_formats import Float32Array

SPARSITIES = (0.0, 0.25, 0.4, 0.5, 0.65)


def evaluate_sparsity(
    model: LanguageModel,
    tokens: Sequence[int],
    sparsities: Sequence[float] = SPARSITIES,
    progress: Progress = lambda done, all_steps: None,
    weights: Weights | None = None,
) -> dict[str, Any]:
    """Perplexity on a text against sparsity, the same share in every matrix of every block.

    The embedding and the output layer stay whole, as in both papers.

    Args:
        tokens: the text; it is cut into windows of at most the model's context (and of 1,024 tokens).
        sparsities: shares of inputs that are left out, 0 to below 1.
        progress: told how many passes over the text are done, and of how many.
        weights: what is evaluated, such as dequantised weights; None for the model's own.

    Returns:
        JSON: ``{"tokens": n, "dense_perplexity": p, "rows": [{"sparsity", "wina_perplexity",
        "magnitude_perplexity"}]}``.

    Raises:
        LanguageModelError: fewer than two tokens, a token that the model does not know, or a sparsity out of range.
    """
    sizes = model.architecture
    if len(tokens) < 2:
        raise LanguageModelError("text", "must have at least two tokens")
    if not all(0 <= token < sizes.vocabulary for token in tokens):
        raise LanguageModelError("text", f"has a token outside the vocabulary of {sizes.vocabulary:,}")
    for sparsity in sparsities:
        if not 0 <= sparsity < 1:
            raise LanguageModelError("sparsities", f"must be from 0 to below 1, not {sparsity}")
    weights = weights_of(model) if weights is None else weights
    column_norms = {
        name: np.sqrt(np.einsum("oi,oi->i", weight, weight))
        for name, weight in weights.items()
        if weight.ndim == 2
    }
    passes = 1 + 2 * len(sparsities)
    done = 0

    def measured(multiply: Multiply | None) -> float:
        nonlocal done
        found = perplexity(model, weights, tokens, multiply)
        done += 1
        progress(done, passes)
        return found

    dense = measured(None)
    rows = [
        {
            "sparsity": sparsity,
            "wina_perplexity": measured(sparse_multiply(weights, sparsity, column_norms)),
            "magnitude_perplexity": measured(sparse_multiply(weights, sparsity, None)),
        }
        for sparsity in sparsities
    ]
    return {"tokens": len(tokens), "dense_perplexity": dense, "rows": rows}


def perplexity(
    model: LanguageModel, weights: Weights, tokens: Sequence[int], multiply: Multiply | None = None
) -> float:
    """e to the mean surprise (in nats) at each token but the first of each window."""
    window = min(1024, model.architecture.context_tokens)
    surprise, predicted = 0.0, 0
    for start in range(0, len(tokens) - 1, window):
        part = tokens[start : start + window]
        if len(part) < 2:
            break
        scores = Network(model.architecture, weights, multiply).logits(part[:-1]).astype(np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        logarithm = np.log(np.exp(scores).sum(axis=1))
        surprise += float((logarithm - scores[np.arange(len(part) - 1), np.asarray(part[1:])]).sum())
        predicted += len(part) - 1
    return float(np.exp(surprise / predicted))


def sparse_multiply(
    weights: Weights, sparsity: float, column_norms: dict[str, Float32Array] | None
) -> Multiply:
    """Layers that use, for each token, only the inputs with the highest score.

    Args:
        column_norms: what magnitudes are multiplied by; None for magnitude alone.
    """

    def multiply(name: str, inputs: Float32Array) -> Float32Array:
        left_out = int(sparsity * inputs.shape[1])
        if left_out:
            score = np.abs(inputs)
            if column_norms is not None:
                score *= column_norms[name]
            smallest = np.argpartition(score, left_out - 1, axis=1)[:, :left_out]
            inputs = inputs.copy()
            np.put_along_axis(inputs, smallest, 0, axis=1)
        return inputs @ weights[name].T

    return multiply
