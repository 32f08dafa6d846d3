"""The README of a chat page, written for one model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from deploy_targets.base import Files
from deploy_targets.markdown import plain, table
from deploy_targets.webllm.licence import Licence
from deploy_targets.webllm.model_library import FOLDER_VARIABLE
from pipelines.language.model_folder import LanguageModel

_TEMPLATE = Path(__file__).parent / "templates" / "README.md"


def readme_text(
    model: LanguageModel,
    context_tokens: int,
    title: str,
    licence: Licence,
    engines: Mapping[str, Any],
    files: Files,
    sparsity: Mapping[str, Any] | None,
) -> str:
    """How to serve, open and call the page, what it holds and what it needs.

    Args:
        engines: as in ``chat.json``.
        files: all files of the page so far; for their sizes.
        sparsity: of :func:`pipelines.language.wina.evaluate_sparsity`; None where it was not evaluated.
    """
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        title=plain(title),
        name=plain(title),
        architecture=model.architecture.family.id,
        parameters=f"{model.parameters:,}",
        context_tokens=f"{context_tokens:,}",
        engine_rows="\n".join(_row(name, engine) for name, engine in engines.items()),
        folder_bytes=in_words(sum(_size(content) for content in files.values())),
        engines="\n".join(_paragraph(name, engine) for name, engine in engines.items()),
        library=_library(engines["webllm"]) if "webllm" in engines else "",
        sparsity=_sparsity(sparsity) if sparsity else "",
        licence=plain(licence.words),
    )


def in_words(size_bytes: int) -> str:
    """1234567 -> ``1.2 MB``."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size_bytes >= unit:
            return f"{size_bytes / unit:.1f} {name}"
    return f"{size_bytes} bytes"


def _size(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _weights(engine: Mapping[str, Any]) -> str:
    return in_words(sum(file["bytes"] for file in engine["model_files"]))


def _row(name: str, engine: Mapping[str, Any]) -> str:
    if name == "webllm":
        return f"| weights for the graphics card | {engine['quantization']}, {_weights(engine)} |"
    return f"| weights for the processor | {engine['kind']}, {_weights(engine)} |"


def _paragraph(name: str, engine: Mapping[str, Any]) -> str:
    if name == "webllm":
        state = (
            "The compiled library is in the page."
            if engine["library"]
            else "**The compiled library is missing**, so the page will not offer it yet: see below."
        )
        return (
            f"- **On the graphics card**, with [WebLLM](https://github.com/mlc-ai/web-llm) {engine['web_llm_version']}: "
            f"needs WebGPU{' with 16-bit numbers (shader-f16)' if engine['needs_f16'] else ''}, about "
            f"{in_words(engine['memory_bytes'])} of memory, and the model compiled for it. {state}"
        )
    older = (
        "; a second build serves browsers without 64-bit WebAssembly"
        if "compat" in engine["engine_files"]
        else ""
    )
    return (
        "- **On the processor**, with [wllama](https://github.com/ngxson/wllama), which is llama.cpp "
        f"{engine['llama_cpp_version']} as WebAssembly: needs no graphics card and about "
        f"{in_words(engine['memory_bytes'])} of memory{older}. The files `model/gguf/*.gguf` are also what llama.cpp's "
        "own programs read."
    )


def _library(engine: Mapping[str, Any]) -> str:
    name, version = engine["library_name"], engine["runtime_version"]
    found = (
        f"It is in `model/lib/{name}`; its stamp, `model/lib/{name}.json`, has its SHA-256 and the version of the runtime "
        f"that it was checked against, {version}. The page compares both and takes no other.\n"
        if engine["library"]
        else f"""It is missing here: no `model/lib/{name}`. The page says so, and runs on the processor if it can.
To add it, build this page again with the option that compiles it, or compile the model with MLC-LLM for the target `webgpu`, with the quantization {engine["quantization"]}, for TVM
runtime {version}; put the file into Thimble's folder of libraries (`{FOLDER_VARIABLE}`) under the name `{name}`, and
build this page again. Or put it into `model/lib/` of this folder, and write into `model/lib/{name}.json`: `"present": true`,
its `"bytes"` and its `"sha256"`.
"""
    )
    return f"""
## The compiled model library

WebLLM runs a network that was compiled into WebAssembly and WebGPU programs: for one architecture, one kind of weights,
one context, and one version of TVM's runtime. {found}"""


def _sparsity(result: Mapping[str, Any]) -> str:
    rows = [
        [f"{row['sparsity']:.0%}", f"{row['wina_perplexity']:.2f}", f"{row['magnitude_perplexity']:.2f}"]
        for row in result["rows"]
    ]
    figures = table(["left out", "perplexity, WINA", "perplexity, magnitude alone"], rows)
    return f"""
## How much of the model is needed

Perplexity on {result["tokens"]:,} tokens of the text that was given, when a share of each layer's inputs is left out; lower
is better, and {result["dense_perplexity"]:.2f} is that of the whole model. WINA (weight-informed neuron activation) leaves out those
with the smallest |x| times the norm of their column of weights; the other column those with the smallest |x|. The page
itself computes all of the model.

{figures}
"""
