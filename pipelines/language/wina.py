"""How many of a model's activations can be left out: WINA beside magnitude alone. See :func:`evaluate_sparsity`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.language.errors import Progress
from pipelines.language.model_folder import LanguageModel

SPARSITIES = (0.0, 0.25, 0.4, 0.5, 0.65)


def evaluate_sparsity(
    model: LanguageModel,
    tokens: Sequence[int],
    sparsities: Sequence[float] = SPARSITIES,
    progress: Progress = lambda done, all_steps: None,
) -> dict[str, Any]:
    """Perplexity on a text against sparsity.

    Returns:
        JSON: ``{"tokens": n, "dense_perplexity": p, "rows": [{"sparsity", "wina_perplexity", "magnitude_perplexity"}]}``.
    """
    raise NotImplementedError
