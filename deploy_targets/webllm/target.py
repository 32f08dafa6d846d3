"""Package a language model as a web page that runs it in the browser, offline."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Literal

from deploy_targets.base import Component, DeployTarget, LanguageModelBundle, Progress, TargetError
from deploy_targets.browser_packages import package_version
from deploy_targets.needs import Need
from deploy_targets.webllm import site
from deploy_targets.webllm.build_library import build_library
from deploy_targets.webllm.download import download
from deploy_targets.webllm.licence import Licence, licence_of
from deploy_targets.webllm.model_library import (
    MAX_BYTES,
    PREFILL_TOKENS,
    ModelLibrary,
    Wanted,
    checked_library,
    library_of_folder,
    missing_stamp,
    wanted_library,
)
from deploy_targets.webllm.options import WebLlmOptions
from deploy_targets.webllm.readme import readme_text
from pipelines.language.gguf_file import convert_to_gguf
from pipelines.language.mlc import convert_to_mlc
from pipelines.language.mlc_config import chat_config
from pipelines.language.model_folder import LanguageModel, open_model
from pipelines.language.wina import evaluate_sparsity

GGUF_FILE_BYTES = 32 << 20
"""As MLC's shards: small enough for hosts that limit files, and to go on after a download broke off."""
EVALUATION_TOKENS = 512
_LONGEST_ANSWER_TOKENS = 1024
_RUNTIME_BYTES = 200_000_000
"""What an engine takes beside the weights and the cache of keys and values; read off wllama in Chromium."""
_TEXTS_ALONE = "{% for message in messages %}{{ message['content'] }}{% if not loop.last %}{{ '\\n' }}{% endif %}{% endfor %}"
"""For a model without a template of conversations: llama.cpp would take another model's. WebLLM does the same as this."""
_CURE = "run 'make browser-packages'"


@dataclass(frozen=True, slots=True)
class _Made:
    """What the parts of a page are, while it is put together."""

    model: LanguageModel
    options: WebLlmOptions
    context_tokens: int
    files: dict[str, bytes | Path]


class WebLlmTarget(DeployTarget):
    """A static site with the weights, two engines and a chat page."""

    id: ClassVar[str] = "webllm"
    title: ClassVar[str] = "Chat page"
    pitch: ClassVar[str] = (
        "A language model in a web page: it runs in the visitor's browser, offline, and nothing leaves the device."
    )
    icon: ClassVar[str] = "message-chatbot"
    group: ClassVar[Literal["browser"]] = "browser"
    takes: ClassVar[Literal["language-model"]] = "language-model"
    variants: ClassVar[tuple[str, ...]] = ()
    board_use: ClassVar[Literal["none"]] = "none"
    needs: ClassVar[tuple[Need, ...]] = (
        Need("npm", "@mlc-ai/web-llm", _CURE),
        Need("npm", "@mlc-ai/web-runtime", _CURE),
        Need("npm", "@wllama/wllama", _CURE),
        Need("npm", "@wllama/wllama-compat", _CURE),
    )

    class Options(WebLlmOptions):
        """How the model is packed and how the page behaves."""

    def build(self, bundle: LanguageModelBundle, options: Any, progress: Progress) -> dict[str, bytes | Path]:
        """The site's files; large ones lie in a temporary folder.

        Raises:
            LanguageModelError: the model cannot be used.
            TargetError: the compiled library does not fit, or cannot be had.
        """
        progress(0.0, "Reading the model")
        model = open_model(bundle.folder)
        made = _Made(model, options, _context_tokens(model, options), {})
        work = Path(tempfile.mkdtemp(prefix="thimble-webllm-"))
        engines: dict[str, Any] = {}
        if options.engines != "wllama":
            engines["webllm"] = _webllm(made, work, _share(progress, 0.02, 0.45))
        if options.engines != "webllm":
            engines["wllama"] = _wllama(made, work, _share(progress, 0.45, 0.85))
        table = _sparsity(made, _share(progress, 0.85, 0.97)) if options.evaluate_sparsity else None
        progress(0.97, "Writing the page")
        licence = licence_of(bundle.folder)
        made.files.update(licence.files)
        title = site.one_line(options.title or bundle.name)
        made.files.update(site.page_files(title, _config(made, title, licence, engines)))
        made.files["README.md"] = readme_text(
            model, made.context_tokens, title, licence, engines, made.files, table
        ).encode()
        return made.files

    def components(self, bundle: Any, options: Any) -> tuple[Component, ...]:
        found = []
        if options.engines != "wllama":
            # web-llm's one file has the runtime, the tokenizers and the grammar engine in it
            found += [_npm("@mlc-ai/web-llm", "Apache-2.0"), _npm("@mlc-ai/web-runtime", "Apache-2.0")]
        if options.engines != "webllm":
            found.append(_npm("@wllama/wllama", "MIT"))
            if options.older_browsers:
                found.append(_npm("@wllama/wllama-compat", "MIT"))
            version = site.llama_cpp_version()
            found.append(Component("llama.cpp", version, "MIT", f"pkg:github/ggml-org/llama.cpp@{version}"))
        return tuple(found)

    def facts(self, bundle: LanguageModelBundle, options: Any) -> Mapping[str, Any]:
        model = open_model(bundle.folder)
        context = _context_tokens(model, options)
        facts: dict[str, Any] = {
            "architecture": model.architecture.family.id,
            "parameters": model.parameters,
            "context_tokens": context,
            "licence": licence_of(bundle.folder).name,
        }
        if options.engines != "wllama":
            facts["model_library"] = wanted_library(model, options.quantization, context).as_json()
        return facts


def _context_tokens(model: LanguageModel, options: WebLlmOptions) -> int:
    """What was asked for, and no more than the model can."""
    config = chat_config(model, options.quantization, options.context_tokens, PREFILL_TOKENS)
    return int(config["context_window_size"])


def _webllm(made: _Made, work: Path, progress: Progress) -> dict[str, Any]:
    """Weights in MLC's format, the engine and the compiled library."""
    options = made.options
    wanted = wanted_library(made.model, options.quantization, made.context_tokens)
    library = None
    if options.model_library == "folder":
        library = library_of_folder(wanted)
    elif options.model_library == "url":
        progress(0.0, "Fetching the compiled library")
        content = download(options.model_library_url, options.model_library_sha256, MAX_BYTES)
        library = checked_library(wanted, content)
    progress(0.0, "Converting the weights for WebLLM")
    folder = work / "mlc"
    convert_to_mlc(
        made.model,
        options.quantization,
        folder,
        _bytes(progress, "Converting the weights for WebLLM"),
        context_window_tokens=made.context_tokens,
        prefill_chunk_tokens=min(PREFILL_TOKENS, made.context_tokens),
    )
    if options.model_library == "build":
        library = build_library(made.model, wanted, work, lambda words: progress(0.95, words))
    names = _taken(made, folder, "model/resolve/main")
    tensors = _tensors(folder / "tensor-cache.json")
    if library is not None:
        checked_library(wanted, library.content, {name: shape for name, (shape, _) in tensors.items()})
    elif options.engines == "webllm":
        raise TargetError(
            f"there is no compiled library {wanted.name} for TVM runtime {wanted.runtime_version} here, and a page with "
            "WebLLM alone would not run without it: give one, or add wllama",
            field="options.model_library",
        )
    _add_library(made, wanted, library)
    engine = site.WEB_LLM.contents()
    made.files.update(engine)
    return {
        "model_id": wanted.name.removesuffix("-webgpu.wasm"),
        "quantization": options.quantization,
        "needs_f16": options.quantization.endswith(("f16", "f16_1")),
        "largest_tensor_bytes": max(size for _, size in tensors.values()),
        "memory_bytes": sum(size for _, size in tensors.values()) + _working_bytes(made),
        "runtime_version": wanted.runtime_version,
        "web_llm_version": package_version("@mlc-ai/web-llm"),
        "library_name": wanted.name,
        "library": library.stamp() if library else None,
        "engine_files": site.listed(
            engine, [name for name in engine if name.endswith(".js")], site.ENGINE_CACHE
        ),
        "model_files": site.listed(made.files, names, site.MODEL_CACHE),
    }


def _add_library(made: _Made, wanted: Wanted, library: ModelLibrary | None) -> None:
    stamp = library.stamp() if library else missing_stamp(wanted)
    made.files[f"model/lib/{wanted.name}.json"] = (json.dumps(stamp, indent=2) + "\n").encode()
    if library:
        made.files[f"model/lib/{wanted.name}"] = library.content


def _wllama(made: _Made, work: Path, progress: Progress) -> dict[str, Any]:
    """Weights as GGUF and the engine."""
    folder = work / "gguf"
    words = "Converting the weights for wllama"
    progress(0.0, words)
    convert_to_gguf(made.model, made.options.gguf, folder, _bytes(progress, words), GGUF_FILE_BYTES)
    names = _taken(made, folder, "model/gguf")
    standard = site.WLLAMA.contents()
    compat = site.WLLAMA_COMPAT.contents() if made.options.older_browsers else {}
    made.files.update({**standard, **compat})
    model_files = site.listed(made.files, names, site.GGUF_CACHE)
    script = "engines/wllama/index.js"
    engine_files = {
        "standard": site.listed(standard, [script, "engines/wllama/wllama.wasm"], site.ENGINE_CACHE)
    }
    if compat:
        engine_files["compat"] = site.listed({**standard, **compat}, [script, *compat], site.ENGINE_CACHE)
    return {
        "kind": made.options.gguf,
        "memory_bytes": sum(file["bytes"] for file in model_files) + _working_bytes(made),
        "llama_cpp_version": site.llama_cpp_version(),
        "chat_template": "" if made.model.tokenizer.chat_template else _TEXTS_ALONE,
        "engine_files": engine_files,
        "model_files": model_files,
    }


def _config(made: _Made, title: str, licence: Licence, engines: Mapping[str, Any]) -> dict[str, Any]:
    """``chat.json``."""
    return {
        "title": title,
        "system_prompt": made.options.system_prompt,
        "temperature": made.options.temperature,
        "max_tokens": min(_LONGEST_ANSWER_TOKENS, made.context_tokens // 2),
        "context_tokens": made.context_tokens,
        "has_chat_template": made.model.tokenizer.chat_template is not None,
        "licence_words": licence.words,
        "engines": engines,
    }


def _sparsity(made: _Made, progress: Progress) -> dict[str, Any]:
    words = "Evaluating sparsity"
    tokens = made.model.tokenizer.encode(made.options.evaluation_text)[:EVALUATION_TOKENS]
    return evaluate_sparsity(made.model, tokens, progress=_bytes(progress, words))


def _taken(made: _Made, folder: Path, place: str) -> list[str]:
    """Put a folder's files into the zip; their names there."""
    names = {f"{place}/{path.name}": path for path in sorted(folder.iterdir())}
    made.files.update(names)
    return list(names)


def _tensors(path: Path) -> dict[str, tuple[tuple[int, ...], int]]:
    """Shape and bytes on the graphics card of each tensor of a ``tensor-cache.json``."""
    widths = {"uint32": 4, "float32": 4, "float16": 2}
    records = [record for shard in json.loads(path.read_bytes())["records"] for record in shard["records"]]
    return {
        record["name"]: (tuple(record["shape"]), prod(record["shape"]) * widths[record["dtype"]])
        for record in records
    }


def _working_bytes(made: _Made) -> int:
    """Keys and values of a full context in 16 bits, and what the engine itself takes."""
    sizes = made.model.architecture
    cache = 2 * 2 * sizes.layers * sizes.key_value_heads * sizes.head_size * made.context_tokens
    return cache + _RUNTIME_BYTES


def _npm(name: str, licence: str) -> Component:
    version = package_version(name)
    return Component(name, version, licence, f"pkg:npm/{name.replace('@', '%40')}@{version}")


def _share(progress: Progress, start: float, end: float) -> Progress:
    return lambda share, words: progress(start + (end - start) * share, words)


def _bytes(progress: Progress, words: str) -> Any:
    return lambda done, whole: progress(done / whole if whole else 1.0, words)
