"""WebLLM on a real compiled library, where one is given: ``THIMBLE_TEST_MODEL_LIB_DIR`` names a folder of them.

``python -m tests.deploy_targets.webllm.test_compiled_library FOLDER`` compiles the small Llama's there, where apache-tvm
and Emscripten are installed.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy_targets.webllm.build_library import build_library
from deploy_targets.webllm.model_library import FOLDER_VARIABLE, wanted_library
from pipelines.language.forward import greedy_tokens
from pipelines.language.model_folder import open_model
from tests import language
from tests.deploy_targets.webllm.conftest import Built, Visit, build, visit
from tests.deploy_targets.webllm.static_server import serving
from tests.pipelines.language import mlc_reader

QUANTIZATION = "q4f32_1"
FOLDER = os.environ.get("THIMBLE_TEST_MODEL_LIB_DIR", "")
NAME = "llama-128x2-q4f32_1-ctx512_cs512-webgpu.wasm"

pytestmark = pytest.mark.skipif(
    not (Path(FOLDER) / NAME).is_file() or not FOLDER,
    reason=f"THIMBLE_TEST_MODEL_LIB_DIR names no folder with {NAME}",
)


@pytest.fixture(scope="module")
def with_library(tmp_path_factory: pytest.TempPathFactory) -> Built:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, FOLDER)
        return build(tmp_path_factory.mktemp("webllm-library"), quantization=QUANTIZATION, engines="webllm")


@pytest.fixture
def web_llm(chromiums: dict[str, Browser], with_library: Built) -> Iterator[Visit]:
    with serving(with_library.folder) as server:
        made = visit(chromiums["gpu"], server)
        yield made
        made.page.context.close()
        assert made.foreign == []


@pytest.mark.timeout(600)
def test_web_llm_answers_as_the_forward_pass_of_the_quantised_weights_does(
    with_library: Built, web_llm: Visit
) -> None:
    page = web_llm.open()
    expect(page.locator("#engines").get_by_role("radio")).to_be_checked()
    web_llm.start()
    expect(page.locator("#engine-badge")).to_have_text("WebLLM on the graphics card")
    model = with_library.model
    parameters = mlc_reader.read(with_library.folder / "model" / "resolve" / "main")
    weights = mlc_reader.publisher_weights(parameters, model.architecture)
    for question in ("What colour is the sky?", "What is the capital of Japan?"):
        told = greedy_tokens(
            model, weights, model.tokenizer.encode(language.conversation(question), start=False), 30
        )
        said = page.evaluate(
            """async question => {
              const stream = await engine.chat.completions.create({
                messages: [{ role: "user", content: question }], temperature: 0, max_tokens: 30, stream: true,
              });
              let text = "";
              for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
              return text;
            }""",
            question,
        )
        assert said == model.tokenizer.decode(told)
    # without a network, all of it comes out of the browser's caches
    web_llm.server.down = True
    page.reload()
    web_llm.start()
    assert web_llm.ask("What does the cow say?")


@pytest.mark.timeout(300)
def test_nucleus_sampling_draws_only_from_the_likeliest(web_llm: Visit) -> None:
    page = web_llm.open()
    web_llm.start()
    answers = page.evaluate(
        """async () => {
          const ask = async top_p => (await engine.chat.completions.create({
            messages: [{ role: "user", content: "What colour is the sky?" }], temperature: 2, top_p, max_tokens: 20,
          })).choices[0].message.content;
          return [await ask(0.01), await ask(0.01), await ask(1)];
        }"""
    )
    assert answers[0] == answers[1] == "The sky is blue."
    assert answers[2] != answers[0]


def compile_into(folder: Path) -> None:
    """The small Llama's library and its stamp."""
    model = open_model(language.small_llama())
    wanted = wanted_library(model, QUANTIZATION, model.architecture.context_tokens)
    with tempfile.TemporaryDirectory() as work:
        library = build_library(model, wanted, Path(work), lambda words: print(words, flush=True))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / wanted.name).write_bytes(library.content)
    (folder / f"{wanted.name}.json").write_text(json.dumps(library.stamp(), indent=2) + "\n")


if __name__ == "__main__":
    compile_into(Path(sys.argv[1]))
