from __future__ import annotations

import numpy as np
import pytest

from pipelines.language.errors import LanguageModelError
from pipelines.language.forward import weights_of
from pipelines.language.model_folder import LanguageModel
from pipelines.language.wina import evaluate_sparsity, perplexity, sparse_multiply
from tests import language


@pytest.fixture(scope="module")
def kept_back(llama: LanguageModel) -> list[int]:
    """Conversations that the small Llama was not trained with."""
    return [
        token for text in language.texts(held_out=True) for token in llama.tokenizer.encode(text, start=False)
    ]


def test_perplexity_is_what_its_definition_says(llama: LanguageModel) -> None:
    weights = weights_of(llama)
    uniform = {**weights, "lm_head.weight": np.zeros_like(weights["lm_head.weight"])}
    assert perplexity(llama, uniform, [1, 2, 3, 4]) == pytest.approx(384)
    story = llama.tokenizer.encode(language.STORY)
    assert perplexity(llama, weights, story) < perplexity(llama, weights, story[::-1]) / 100


def test_perplexity_grows_with_sparsity_on_text_that_was_kept_back(
    llama: LanguageModel, kept_back: list[int]
) -> None:
    told: list[tuple[int, int]] = []
    found = evaluate_sparsity(
        llama, kept_back, (0.0, 0.25, 0.65, 0.9), lambda done, of: told.append((done, of))
    )
    assert found["tokens"] == len(kept_back)
    assert found["dense_perplexity"] < 2
    for rule in ("wina_perplexity", "magnitude_perplexity"):
        by_sparsity = [row[rule] for row in found["rows"]]
        assert by_sparsity[0] == pytest.approx(found["dense_perplexity"])
        assert by_sparsity[1] == pytest.approx(by_sparsity[0], rel=0.1)
        assert by_sparsity[0] < by_sparsity[2] < by_sparsity[3]
    assert told[-1] == (9, 9)


def test_each_rule_keeps_the_inputs_with_the_highest_score() -> None:
    weights = {"layer": np.array([[1, 10, 1, 1], [0, 0, 1, 1]], np.float32)}
    norms = {"layer": np.linalg.norm(weights["layer"], axis=0).astype(np.float32)}
    inputs = np.array([[5, 1, -4, 2]], np.float32)
    magnitude = sparse_multiply(weights, 0.5, None)("layer", inputs)
    wina = sparse_multiply(weights, 0.5, norms)("layer", inputs)
    assert magnitude.tolist() == [[5 - 4, -4]]
    assert wina.tolist() == [[10 - 4, -4]]
    assert inputs.tolist() == [[5, 1, -4, 2]]


def test_wina_errs_less_where_columns_differ() -> None:
    random = np.random.default_rng(4)
    weight = (random.normal(0, 1, (256, 256)) * random.lognormal(0, 1, 256)).astype(np.float32)
    weights = {"layer": weight}
    norms = {"layer": np.linalg.norm(weight, axis=0)}
    inputs = random.normal(0, 1, (200, 256)).astype(np.float32)
    dense = inputs @ weight.T
    for sparsity in (0.25, 0.5, 0.65):
        wina = sparse_multiply(weights, sparsity, norms)("layer", inputs)
        magnitude = sparse_multiply(weights, sparsity, None)("layer", inputs)
        assert np.square(wina - dense).mean() < 0.7 * np.square(magnitude - dense).mean()


@pytest.mark.parametrize(
    ("tokens", "sparsities", "field"),
    [
        ([1], (0.5,), "text"),
        ([1, 999], (0.5,), "text"),
        ([1, 2], (1.0,), "sparsities"),
        ([1, 2], (-0.1,), "sparsities"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(
    llama: LanguageModel, tokens: list[int], sparsities: tuple[float, ...], field: str
) -> None:
    with pytest.raises(LanguageModelError) as caught:
        evaluate_sparsity(llama, tokens, sparsities)
    assert caught.value.field == field
