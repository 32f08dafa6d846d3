"""Compile the model library here, with ``apache-tvm`` from PyPI and Emscripten.

TVM's wheel has its compiler, its kernels for attention, and the sources of its runtime, but neither the runtime as
WebAssembly nor all headers of these sources. So the runtime is compiled once, with headers of our own (``compiler/runtime``),
and kept; after that, a network takes a minute or two.

TVM may live in a Python of its own: ``THIMBLE_TVM_PYTHON`` names it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy_targets.errors import TargetError
from deploy_targets.webllm.model_library import PREFILL_TOKENS, ModelLibrary, Wanted, checked_library
from pipelines.language.model_folder import LanguageModel
from pipelines.toolchain import cache_folder

PYTHON_VARIABLE = "THIMBLE_TVM_PYTHON"
FAMILIES = frozenset({"llama", "qwen2", "qwen3", "gemma"})
_COMPILER = Path(__file__).parent / "compiler"
_RUNTIME = _COMPILER / "runtime"
_PARTS = ("tvmjs_support", "webgpu_runtime", "wasm_runtime")
_REMOTE_CALLS = "src/runtime/rpc/"
_FIELD = "options.model_library"
_RUNTIME_SECONDS = 3600
_NETWORK_SECONDS = 3600

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What compiles.

    Args:
        python: a Python that has TVM.
        tvm, tvm_ffi: the folders of the two packages.
        version: TVM's.
        emcc: Emscripten's compiler.
    """

    python: str
    tvm: Path
    tvm_ffi: Path
    version: str
    emcc: str


def build_library(model: LanguageModel, wanted: Wanted, work: Path, say: Say) -> ModelLibrary:
    """Compile the library for a model.

    Args:
        work: a folder for files in between.
        say: told what is being done.

    Raises:
        TargetError: a tool is missing (each is named), the family is not supported, or compiling failed.
    """
    tools = toolchain(wanted)
    family = model.architecture.family.id
    if family not in FAMILIES:
        raise TargetError(
            f"a library for {family} cannot be compiled here, only for {', '.join(sorted(FAMILIES))}; compile it with "
            "MLC-LLM, and give it as a file",
            field=_FIELD,
        )
    if family == "gemma" and "f16" in wanted.quantization:
        raise TargetError(
            f"TVM {tools.version} cannot compile a gemma in 16-bit numbers for WebGPU; choose q4f32_1 or q0f32",
            field=_FIELD,
        )
    say("Compiling TVM's runtime, once on this server; it takes some minutes")
    home = _runtime(tools)
    say("Compiling the network for WebGPU")
    description = work / "network.json"
    description.write_text(json.dumps(_description(model, wanted)), encoding="utf-8")
    out = work / wanted.name
    command = [tools.python, str(_COMPILER / "compile_model.py"), str(description), str(out)]
    _run(
        command,
        {**os.environ, "TVM_HOME": str(home)},
        work,
        _NETWORK_SECONDS,
        "the network could not be compiled",
    )
    return checked_library(wanted, out.read_bytes())


def toolchain(wanted: Wanted) -> Toolchain:
    """The tools of this server.

    Raises:
        TargetError: one is missing or of another version; all that is missing is named.
    """
    missing: list[str] = []
    python = os.environ.get(PYTHON_VARIABLE) or sys.executable
    found = _packages(python)
    release = wanted.runtime_version.partition("-")[0]
    if found is None:
        missing.append(
            f"the Python package apache-tvm {release} (pip install 'apache-tvm=={release}.*', into Thimble's Python or one "
            f"of its own that {PYTHON_VARIABLE} names)"
        )
    elif not found["version"].startswith(release):
        missing.append(
            f"apache-tvm {release} in place of {found['version']}, as WebLLM's runtime is {wanted.runtime_version}"
        )
    emcc = shutil.which("emcc")
    if emcc is None:
        missing.append("Emscripten's emcc on the PATH (apt install emscripten)")
    if missing or found is None or emcc is None:
        raise TargetError(
            f"{wanted.name} cannot be compiled on this server; missing: {'; '.join(missing)}", field=_FIELD
        )
    return Toolchain(python, Path(found["tvm"]), Path(found["tvm_ffi"]), found["version"], emcc)


def _packages(python: str) -> dict[str, str] | None:
    if python == sys.executable and importlib.util.find_spec("tvm") is None:
        return None
    program = (
        "import importlib.metadata, importlib.util, json, pathlib;"
        "place = lambda name: str(pathlib.Path(importlib.util.find_spec(name).origin).parent);"
        "print(json.dumps({'tvm': place('tvm'), 'tvm_ffi': place('tvm_ffi'),"
        "'version': importlib.metadata.version('apache-tvm')}))"
    )
    try:
        result = subprocess.run(
            [python, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )
        found: dict[str, str] = json.loads(result.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return found


def _runtime(tools: Toolchain) -> Path:
    """A folder as ``TVM_HOME`` wants it, with the runtime compiled; made once for each version of the tools."""
    emcc_version = subprocess.run(
        [tools.emcc, "--version"], capture_output=True, text=True, timeout=120, check=False
    ).stdout.partition("\n")[0]
    ours = [
        [path.relative_to(_RUNTIME).as_posix(), path.read_text()] for path in sorted(_RUNTIME.rglob("*.*"))
    ]
    key = hashlib.sha256(json.dumps([tools.version, emcc_version, ours]).encode()).hexdigest()[:20]
    home = cache_folder() / "tvm-runtime" / key
    if (home / "web" / "dist" / "wasm").is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="building-") as folder:
        tree = Path(folder) / "tree"
        _lay_out(tools, tree)
        out = Path(folder) / "home" / "web" / "dist" / "wasm"
        out.mkdir(parents=True)
        for part in _PARTS:
            _run(
                [
                    tools.emcc,
                    *_flags(tree),
                    "-c",
                    "-o",
                    str(out / f"{part}.o"),
                    str(tree / "web" / "emcc" / f"{part}.cc"),
                ],
                dict(os.environ),
                tree,
                _RUNTIME_SECONDS,
                f"TVM's runtime ({part}) could not be compiled",
            )
            # TVM's linking asks for names that end in .bc; the linker takes what they are from their content
            (out / f"{part}.o").rename(out / f"{part}.bc")
        try:
            (Path(folder) / "home").rename(home)
        except OSError:
            if not home.is_dir():
                raise
    return home


def _lay_out(tools: Toolchain, tree: Path) -> None:
    """The sources as they lie in TVM's own tree, with what the wheel lacks added."""
    for name in ("src", "include", "web"):
        shutil.copytree(tools.tvm / name, tree / name)
    shutil.copytree(tools.tvm_ffi / "src", tree / "3rdparty" / "tvm-ffi" / "src")
    shutil.copytree(tools.tvm_ffi / "include", tree / "3rdparty" / "tvm-ffi" / "include")
    shutil.copytree(_RUNTIME, tree, dirs_exist_ok=True)
    main = tree / "web" / "emcc" / "wasm_runtime.cc"
    lines = main.read_text(encoding="utf-8").splitlines(keepends=True)
    main.write_text("".join(line for line in lines if _REMOTE_CALLS not in line), encoding="utf-8")


def _flags(tree: Path) -> list[str]:
    folders = (".", "include", "3rdparty/tvm-ffi/include")
    return [*(f"-I{tree / folder}" for folder in folders), "-O2", "-std=c++20", "-Wno-ignored-attributes"]


def _description(model: LanguageModel, wanted: Wanted) -> dict[str, Any]:
    """The network, for ``compiler/compile_model.py``."""
    sizes = model.architecture
    scaling: dict[str, Any] = {}
    if sizes.rope_scaling is not None:
        scaling = {
            "rope_type": "llama3",
            "factor": sizes.rope_scaling.factor,
            "low_freq_factor": sizes.rope_scaling.low_frequency_factor,
            "high_freq_factor": sizes.rope_scaling.high_frequency_factor,
            "original_max_position_embeddings": sizes.rope_scaling.original_context_tokens,
        }
    return {
        "family": sizes.family.id,
        "gemma": sizes.family.gemma,
        "query_key_norms": sizes.family.query_key_norms,
        "biases": sizes.biases,
        "output_bias": sizes.output_bias,
        "vocabulary": sizes.vocabulary,
        "hidden": sizes.hidden,
        "feed_forward": sizes.feed_forward,
        "layers": sizes.layers,
        "heads": sizes.heads,
        "key_value_heads": sizes.key_value_heads,
        "head_size": sizes.head_size,
        "norm_epsilon": sizes.norm_epsilon,
        "rope_base": sizes.rope_base,
        "rope_scaling": scaling,
        "tied": sizes.tied,
        "query_scale": sizes.query_scale,
        "model_type": wanted.model_type,
        "quantization": wanted.quantization,
        "dtype": "float16" if "f16" in wanted.quantization else "float32",
        "context_tokens": wanted.context_tokens,
        "prefill_tokens": min(PREFILL_TOKENS, wanted.context_tokens),
    }


def _run(command: list[str], environment: dict[str, str], folder: Path, seconds: int, failure: str) -> None:
    try:
        result = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise TargetError(f"{failure}: it took longer than {seconds // 60} minutes", field=_FIELD) from None
    if result.returncode:
        said = (result.stderr or result.stdout).strip()[-2000:]
        raise TargetError(f"{failure}: {said}", field=_FIELD)
