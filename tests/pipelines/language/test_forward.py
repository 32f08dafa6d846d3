from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.language.architecture import architecture_of
from pipelines.language.forward import Network, greedy_tokens, logits, rope_factors, weights_of
from pipelines.language.model_folder import LanguageModel, open_model
from tests import language
from tests.pipelines.language import networks


def test_it_agrees_with_a_forward_pass_in_tensorflow(llama: LanguageModel) -> None:
    tokens, expected = language.reference_logits()
    np.testing.assert_allclose(logits(llama, weights_of(llama), tokens.tolist()), expected, atol=2e-4)


def test_a_text_in_parts_gives_what_it_gives_at_once(network: LanguageModel) -> None:
    weights = weights_of(network)
    tokens = np.random.default_rng(1).integers(0, 384, 40).tolist()
    at_once = logits(network, weights, tokens)
    remembering = Network(network.architecture, weights)
    parts = [remembering.logits(part) for part in (tokens[:7], tokens[7:8], tokens[8:])]
    np.testing.assert_allclose(np.concatenate(parts), at_once, rtol=1e-3, atol=2e-3)


def test_no_token_sees_those_after_it(network: LanguageModel) -> None:
    weights = weights_of(network)
    tokens = np.random.default_rng(2).integers(0, 384, 30).tolist()
    changed = [*tokens[:20], *np.random.default_rng(3).integers(0, 384, 10).tolist()]
    np.testing.assert_allclose(
        logits(network, weights, tokens)[:20], logits(network, weights, changed)[:20], rtol=1e-3, atol=2e-3
    )


def test_the_story_is_told_to_its_end_and_no_further(llama: LanguageModel) -> None:
    start = "Once upon a time"
    told = greedy_tokens(llama, weights_of(llama), llama.tokenizer.encode(start), 200)
    assert start + llama.tokenizer.decode(told) == language.STORY
    assert told[-1] in llama.stop_token_ids


def test_it_answers_every_question_it_has_learned(llama: LanguageModel) -> None:
    weights = weights_of(llama)
    for question, answer in language.questions().items():
        prompt = llama.tokenizer.encode(language.conversation(question.capitalize()), start=False)
        assert llama.tokenizer.decode(greedy_tokens(llama, weights, prompt, 30)) == answer


def test_local_layers_do_not_look_back_beyond_their_window(networks_folder: Path) -> None:
    model = open_model(networks_folder / "gemma2")
    assert [model.architecture.is_global(layer) for layer in range(3)] == [False, True, False]
    weights = weights_of(model)
    one_local_layer = networks.CONFIGS["gemma2"] | {"num_hidden_layers": 1}
    tokens = list(range(20))
    network = Network(architecture_of(one_local_layer), weights)
    other = Network(architecture_of(one_local_layer), weights)
    np.testing.assert_allclose(
        network.logits(tokens)[-1], other.logits([300, 301, *tokens[2:]])[-1], rtol=1e-4, atol=1e-4
    )


def test_llama_31_slows_slow_turns_and_leaves_fast_ones(networks_folder: Path) -> None:
    factors = rope_factors(open_model(networks_folder / "llama31").architecture)
    assert factors[0] == pytest.approx(1)
    assert factors[-1] == pytest.approx(8)
    assert (np.diff(factors) >= 0).all()
