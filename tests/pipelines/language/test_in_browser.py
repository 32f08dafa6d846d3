from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from pipelines.language.forward import greedy_tokens, logits
from pipelines.language.gguf_file import Kind, convert_to_gguf
from pipelines.language.mlc import Quantization, convert_to_mlc
from pipelines.language.model_folder import LanguageModel
from tests import gguf_reader, language
from tests.pipelines.language import browser, mlc_reader

pytestmark = pytest.mark.skipif(bool(browser.what_is_missing()), reason=browser.what_is_missing())

PROMPT = "what is the capital of Italy?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the page is beside."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def page(served: Path) -> Iterator[Page]:
    with browser.page_beside(served) as page:
        yield page


@pytest.mark.parametrize("quantization", ["q4f16_1", "q4f32_1", "q0f16", "q0f32"])
def test_web_runtimes_own_loader_reads_what_an_independent_reader_reads(
    llama: LanguageModel, served: Path, page: Page, quantization: Quantization
) -> None:
    convert_to_mlc(llama, quantization, served / quantization)
    found = page.evaluate("folder => readTensors(folder)", f"{quantization}/")
    expected = mlc_reader.read(served / quantization)
    assert found["cached"]
    assert found["metadata"]["ParamSize"] == len(expected) == len(found["tensors"])
    for name, values in expected.items():
        tensor = found["tensors"][name]
        assert tensor["shape"] == list(values.shape), name
        assert tensor["dtype"] == str(values.dtype), name
        assert tensor["bytes"] == values.tobytes().hex(), name


def said_by_llama_cpp(page: Page, files: list[Path], prompts: list[str], count: int) -> list[dict[str, Any]]:
    """What wllama says to each prompt, greedily, with the logarithms of the probabilities."""
    addresses = [f"{file.parent.name}/{file.name}" for file in files]
    return page.evaluate(
        "([files, prompts, count]) => complete(files, prompts, count)", [addresses, prompts, count]
    )


def test_llama_cpp_says_what_the_forward_pass_says_of_every_architecture(
    network: LanguageModel, served: Path, page: Page
) -> None:
    files = convert_to_gguf(network, "f16", served / f"{network.folder.name}-f16")
    (said,) = said_by_llama_cpp(page, files, [PROMPT], 12)
    prompt = network.tokenizer.encode(PROMPT)
    assert said["prompt_tokens"] == len(prompt)
    chosen = [choice["id"] for choice in said["logprobs"]["content"]]
    told = [choice["logprob"] for choice in said["logprobs"]["content"]]
    scores = logits(network, gguf_reader.weights(network, files), prompt + chosen)[len(prompt) - 1 : -1]
    logarithms = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    # llama.cpp rounds the inputs of float16 layers to float16
    np.testing.assert_allclose(told, logarithms[np.arange(12), chosen], atol=0.02)
    np.testing.assert_allclose(told, logarithms.max(axis=1), atol=0.02)
    # were it sure of everything, that would say little
    assert np.mean(told) < -0.5


@pytest.mark.parametrize("kind", ["q8_0", "q4_0"])
def test_llama_cpp_answers_from_quantised_files_what_the_forward_pass_answers(
    llama: LanguageModel, served: Path, page: Page, kind: Kind
) -> None:
    files = convert_to_gguf(llama, kind, served / kind, split_bytes=100_000)
    assert len(files) > 1
    weights = gguf_reader.weights(llama, files)
    questions = [question.capitalize() for question in language.questions()][::4]
    prompts = [language.conversation(question).removeprefix(language.SPECIAL[0]) for question in questions]
    for prompt, said in zip(prompts, said_by_llama_cpp(page, files, prompts, 30), strict=True):
        told = greedy_tokens(llama, weights, llama.tokenizer.encode(prompt), 30)
        assert [choice["id"] for choice in said["logprobs"]["content"]] == told
        assert said["text"] == llama.tokenizer.decode(told)
