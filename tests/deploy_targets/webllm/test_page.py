"""The chat page in Chromium, from a plain static server: what it says, and what it does when things go wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pipelines.language.forward import greedy_tokens
from tests import gguf_reader, language
from tests.deploy_targets.webllm.conftest import LOADING_MS, Built, Visit, build, visit
from tests.deploy_targets.webllm.static_server import serving

QUESTIONS = [question.capitalize() for question in language.questions()][::6]


def greedy_answers(built: Built, questions: list[str]) -> list[str]:
    """What the NumPy forward pass of the quantised weights says."""
    weights = gguf_reader.weights(built.model, built.gguf)
    tokenizer = built.model.tokenizer
    answers = []
    for question in questions:
        prompt = tokenizer.encode(language.conversation(question), start=False)
        answers.append(tokenizer.decode(greedy_tokens(built.model, weights, prompt, 40)).strip())
    return answers


def set_temperature(visitor: Visit, value: str) -> None:
    page = visitor.page
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Temperature").fill(value)
    page.get_by_role("button", name="Save").click()


def test_the_fallback_answers_as_the_forward_pass_of_the_quantised_weights_does(
    built: Built, visitor: Visit
) -> None:
    visitor.open()
    visitor.start()
    set_temperature(visitor, "0")
    expected = greedy_answers(built, QUESTIONS)
    for question, answer in zip(QUESTIONS, expected, strict=True):
        assert visitor.ask(question) == answer
        visitor.page.get_by_role("button", name="New chat").click()
    assert visitor.errors == []
    # the same over the API, token by token
    prompt = language.conversation(QUESTIONS[0]).removeprefix(language.SPECIAL[0])
    said = visitor.page.evaluate(
        """async prompt => {
          const result = await engine.completions.create({ prompt, temperature: 0, max_tokens: 40, logprobs: 1 });
          return result.choices[0].logprobs.content.map(token => token.id);
        }""",
        prompt,
    )
    weights = gguf_reader.weights(built.model, built.gguf)
    told = greedy_tokens(
        built.model,
        weights,
        built.model.tokenizer.encode(language.conversation(QUESTIONS[0]), start=False),
        40,
    )
    assert said == told


def test_text_is_streamed_and_stops_when_asked(visitor: Visit) -> None:
    page = visitor.open()
    visitor.start()
    # without its end-of-text token, the model goes on as long as it may
    page.evaluate(
        """() => {
          const { completions } = engine.chat;
          const create = completions.create;
          completions.create = request => create({ ...request, ignore_eos: true, max_tokens: 100000 });
        }"""
    )
    page.get_by_label("Your message").fill("Tell me: what colour is the sky?")
    page.keyboard.press("Enter")
    answer = page.locator(".message.assistant")
    expect(answer).to_have_class("message assistant writing")
    expect(answer.locator(".text")).not_to_be_empty()
    page.get_by_role("button", name="Stop").click()
    expect(answer.locator(".foot")).to_contain_text("stopped")
    expect(answer.locator(".foot")).to_contain_text("tokens/s")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page.get_by_label("Your message")).to_be_focused()
    # and what is said next is an answer of its own
    assert (
        page.evaluate(
            """async () => {
          const stream = await engine.chat.completions.create({
            messages: [{ role: "user", content: "What does the cow say?" }], stream: true, max_tokens: 100000,
          });
          let pieces = 0, last;
          for await (const chunk of stream) {
            last = chunk;
            if (chunk.choices[0]?.delta?.content && ++pieces === 3) engine.interruptGenerate();
          }
          return last.choices[0].finish_reason;
        }"""
        )
        == "abort"
    )


def test_it_works_without_a_network_once_the_model_is_there(visitor: Visit) -> None:
    page = visitor.open()
    visitor.start()
    set_temperature(visitor, "0")
    online = visitor.ask("What does the dog say?")
    visitor.server.down = True
    page.reload()
    expect(page.locator("#start")).to_have_text("Start")
    visitor.start()
    assert visitor.ask("What does the dog say?") == online
    assert page.evaluate("crossOriginIsolated")


def test_a_damaged_file_is_refused_in_words_and_the_others_stay(built: Built, visitor: Visit) -> None:
    damaged = f"model/gguf/{built.gguf[1].name}"
    visitor.server.damaged.add(damaged)
    page = visitor.open()
    page.locator("#start").click()
    trouble = page.locator("#trouble")
    expect(trouble).to_contain_text(f"{damaged} is damaged: its SHA-256 is", timeout=LOADING_MS)
    expect(trouble).to_contain_text("It was refused and not kept.")
    kept = page.evaluate(
        "async name => (await (await caches.open('thimble-models')).keys()).some(one => one.url.endsWith(name))",
        damaged,
    )
    assert not kept
    visitor.server.damaged.clear()
    before = visitor.server.requests.copy()
    visitor.start()
    assert visitor.ask("What colour is the sky?")
    asked = visitor.server.requests - before
    assert asked[damaged] == 1
    assert all(
        before[name] == 0 or name == damaged for name in asked if name.startswith(("model/", "engines/"))
    )


def test_an_interrupted_download_fetches_only_what_is_missing(built: Built, visitor: Visit) -> None:
    wanted = {f"model/gguf/{path.name}" for path in built.gguf}
    held = max(wanted)
    visitor.server.held.add(held)
    page = visitor.open()
    page.locator("#start").click()
    expect(page.locator("#progress-words")).to_contain_text("1 file", timeout=LOADING_MS)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#start")).to_have_text("Go on and start")
    visitor.server.held.clear()
    visitor.server.release.set()
    page.reload()
    expect(page.locator("#start")).to_have_text("Go on and start")
    visitor.start()
    asked = {name: visitor.server.requests[name] for name in wanted}
    assert asked == {name: 2 if name == held else 1 for name in wanted}
    assert visitor.server.requests["engines/wllama/wllama.wasm"] == 1


COUNT_WHAT_ARRIVES = """
const fetched = window.fetch;
window.arrivedBytes = 0;
window.fetch = async (address, options) => {
  const response = await fetched(address, options);
  if (!String(address).endsWith("%s")) return response;
  const count = new TransformStream({
    transform(piece, next) {
      window.arrivedBytes += piece.length;
      next.enqueue(piece);
    },
  });
  return new Response(response.body.pipeThrough(count), response);
};
"""


def test_a_file_that_breaks_off_goes_on_where_it_ended(built: Built, visitor: Visit) -> None:
    broken = f"model/gguf/{built.gguf[0].name}"
    visitor.server.cut[broken] = 40_000
    visitor.server.held.add(broken)
    visitor.page.add_init_script(COUNT_WHAT_ARRIVES % broken)
    page = visitor.open()
    page.locator("#start").click()
    # What was sent when a connection breaks may be lost: it breaks only when the page has read some of it.
    page.wait_for_function("window.arrivedBytes > 0")
    visitor.server.held.clear()
    visitor.server.release.set()
    expect(page.get_by_label("Your message")).to_be_focused(timeout=LOADING_MS)
    wanted = visitor.server.ranges[broken][0]
    start = int(wanted.removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= 40_000


def test_without_a_graphics_card_it_says_so_before_anything_is_downloaded(visitor: Visit) -> None:
    page = visitor.open()
    graphics = page.locator(".engine", has_text="Graphics card")
    expect(graphics).to_contain_text("Cannot run here")
    expect(graphics).to_contain_text("offers no graphics card")
    expect(graphics.get_by_role("radio")).to_be_disabled()
    expect(page.locator(".engine", has_text="Processor").get_by_role("radio")).to_be_checked()
    expect(page.locator("#why")).to_contain_text("the graphics card cannot be used here")
    asked = [name for name in visitor.server.requests if name.startswith(("model/", "engines/"))]
    assert all(name.startswith("model/lib/") and name.endswith(".json") for name in asked)


def test_with_webgpu_it_says_precisely_that_the_library_is_missing(gpu_visitor: Visit) -> None:
    page = gpu_visitor.open()
    page.get_by_text("What was found on this device").click()
    checks = page.locator("#checks")
    for limit in ("maxBufferSize", "maxStorageBufferBindingSize", "maxComputeWorkgroupStorageSize"):
        expect(checks.locator("li.ok", has_text=limit)).to_be_visible()
    expect(page.locator(".engine", has_text="Graphics card")).to_contain_text(
        "model/lib/llama-128x2-q4f32_1-ctx512_cs512-webgpu.wasm and its stamp"
    )
    expect(page.locator(".engine", has_text="Processor").get_by_role("radio")).to_be_checked()


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        (
            {"runtime_version": "0.20.0"},
            "was compiled for TVM runtime 0.20.0; this page's WebLLM 0.2.85 speaks 0.27.0-dev0",
        ),
        ({"sha256": None}, "says nothing of sha256"),
    ],
)
def test_a_library_that_does_not_fit_is_refused_in_words(
    gpu_visitor: Visit, stamp: dict[str, str | None], words: str
) -> None:
    whole = {"present": True, "bytes": 1, "sha256": "0" * 64, "runtime_version": "0.27.0-dev0", **stamp}
    content = json.dumps({name: value for name, value in whole.items() if value is not None})
    gpu_visitor.page.route("**/model/lib/*.json", lambda route: route.fulfill(body=content))
    gpu_visitor.page.context.route("**/model/lib/*.json", lambda route: route.fulfill(body=content))
    page = gpu_visitor.open()
    expect(page.locator(".engine", has_text="Graphics card")).to_contain_text(words)


def test_the_preflight_names_all_that_a_device_can_lack(visitor: Visit) -> None:
    page = visitor.open()
    report = page.evaluate(
        """async () => {
          const { preflight } = await import("./app/preflight.js");
          const config = { engines: {
            webllm: { quantization: "q4f16_1", needs_f16: true, largest_tensor_bytes: 3e8, memory_bytes: 5e9 },
            wllama: { memory_bytes: 5e9, engine_files: { standard: [], compat: [] } },
          } };
          const facts = {
            secure: false, offline: true, isolated: false, threads: 8, memoryGigabytes: 4, storage: { freeBytes: 1e6 },
            gpu: { api: true, adapter: true, name: "A card", f16: false, limits: {
              maxBufferSize: 268435456, maxStorageBufferBindingSize: 134217728,
              maxComputeWorkgroupStorageSize: 16384, maxStorageBuffersPerShaderStage: 8 } },
            wasm: { simd: true, exceptions: true, memory64: false, suspending: false },
          };
          return preflight(config, facts, { words: "none" }, { webllm: 2e9, wllama: 2e9 });
        }"""
    )
    lacking = {
        name: [check["title"] for check in engine["lacking"]] for name, engine in report["engines"].items()
    }
    assert lacking == {
        "webllm": [
            "Secure page",
            "Space in the browser",
            "16-bit numbers (shader-f16)",
            "Largest buffer (maxBufferSize)",
            "Largest tensor (maxStorageBufferBindingSize)",
            "Shared memory (maxComputeWorkgroupStorageSize)",
            "Buffers at once (maxStorageBuffersPerShaderStage)",
            "Compiled model library",
            "Memory",
        ],
        "wllama": ["Secure page", "Space in the browser", "WebAssembly", "Memory"],
    }
    assert report["chosen"] is None


def test_a_model_without_a_template_of_conversations_goes_on_with_the_text(
    chromiums: dict[str, Browser], tmp_path: Path
) -> None:
    shutil.copytree(language.small_llama(), tmp_path / "model")
    settings = tmp_path / "model" / "tokenizer_config.json"
    content = json.loads(settings.read_text())
    del content["chat_template"]
    settings.write_text(json.dumps(content))
    base = build(tmp_path, tmp_path / "model", engines="wllama", older_browsers=False)
    with serving(base.folder) as server:
        visitor = visit(chromiums["plain"], server)
        visitor.open()
        visitor.start()
        expect(visitor.page.locator("#empty-words")).to_contain_text("it goes on where you end")
        set_temperature(visitor, "0")
        opening = "Once upon a time a small robot"
        weights = gguf_reader.weights(base.model, base.gguf)
        told = greedy_tokens(base.model, weights, base.model.tokenizer.encode(opening, start=True), 20)
        said = visitor.ask(opening)
        assert said.strip().startswith(base.model.tokenizer.decode(told).strip())
        visitor.page.context.close()
