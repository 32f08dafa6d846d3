"""The compiled model library (``model_lib``) of WebLLM: its name, where it comes from, and whether it fits.

A library is WebAssembly with the network's WebGPU programs and TVM's runtime in it. It is compiled for one network, one
kind of weights and one context, and speaks with one version of the JavaScript side, ``@mlc-ai/web-runtime``. What can
be read from the file is checked: the runtime's functions that the JavaScript side calls, and what the library says of
the network that it was compiled for. Beside it lies its stamp, ``NAME.wasm.json``, with the runtime's version.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy_targets.browser_packages import needed_package, package_version
from deploy_targets.errors import TargetError
from deploy_targets.webllm.wasm_file import WasmFile, read_wasm
from pipelines.language.mlc_parameters import MODEL_TYPES
from pipelines.language.model_folder import LanguageModel

FOLDER_VARIABLE = "THIMBLE_MODEL_LIB_DIR"
PREFILL_TOKENS = 1024
"""How many tokens of a prompt a library reads at once; WebLLM's own libraries are compiled with it."""
MAX_BYTES = 64 << 20
_FIELD = "options.model_library"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The library that a page needs.

    Args:
        name: of the file.
        model_type, quantization, context_tokens: what it is compiled for.
        runtime_version: of ``@mlc-ai/web-runtime``.
    """

    name: str
    model_type: str
    quantization: str
    context_tokens: int
    runtime_version: str

    def as_json(self) -> dict[str, Any]:
        return {
            "library": self.name,
            "model_type": self.model_type,
            "quantization": self.quantization,
            "context_window_size": self.context_tokens,
            "runtime_version": self.runtime_version,
        }


@dataclass(frozen=True, slots=True)
class ModelLibrary:
    """A library that was checked."""

    wanted: Wanted
    content: bytes

    def stamp(self) -> dict[str, Any]:
        """What ``NAME.wasm.json`` says."""
        return {
            "present": True,
            **self.wanted.as_json(),
            "bytes": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def wanted_library(model: LanguageModel, quantization: str, context_tokens: int) -> Wanted:
    """Which library a model needs: named by architecture, quantization and context."""
    sizes = model.architecture
    prefill = min(PREFILL_TOKENS, context_tokens)
    name = (
        f"{sizes.family.id}-{sizes.hidden}x{sizes.layers}-{quantization}"
        f"-ctx{_thousands(context_tokens)}_cs{_thousands(prefill)}-webgpu.wasm"
    )
    version = package_version("@mlc-ai/web-runtime")
    return Wanted(name, MODEL_TYPES[sizes.family.id], quantization, context_tokens, version)


def missing_stamp(wanted: Wanted) -> dict[str, Any]:
    """What ``NAME.wasm.json`` says where there is no library."""
    return {"present": False, **wanted.as_json()}


def library_of_folder(wanted: Wanted) -> ModelLibrary | None:
    """The library in the server's folder of them; None where there is no folder or no such file.

    Raises:
        TargetError: it is there, but it does not fit.
    """
    folder = os.environ.get(FOLDER_VARIABLE, "")
    path = Path(folder) / wanted.name
    if not folder or not path.is_file():
        return None
    if path.stat().st_size > MAX_BYTES:
        raise TargetError(f"{wanted.name} is larger than {MAX_BYTES >> 20} MB", field=_FIELD)
    content = path.read_bytes()
    stamp = path.with_name(f"{path.name}.json")
    if stamp.exists():
        _check_stamp(wanted, content, stamp)
    return checked_library(wanted, content)


def _check_stamp(wanted: Wanted, content: bytes, path: Path) -> None:
    try:
        stamp = json.loads(path.read_bytes())
        version, sha256 = stamp["runtime_version"], stamp["sha256"]
    except (ValueError, KeyError, TypeError):
        raise TargetError(f"{path.name} must be JSON with runtime_version and sha256", field=_FIELD) from None
    if version != wanted.runtime_version:
        raise TargetError(
            f"{wanted.name} was compiled for TVM runtime {version}; the page's WebLLM "
            f"{package_version('@mlc-ai/web-llm')} speaks {wanted.runtime_version}: compile it again for that runtime",
            field=_FIELD,
        )
    if sha256 != hashlib.sha256(content).hexdigest():
        raise TargetError(f"{wanted.name} is not the file that {path.name} describes", field=_FIELD)


def checked_library(
    wanted: Wanted, content: bytes, tensors: Mapping[str, tuple[int, ...]] | None = None
) -> ModelLibrary:
    """A library, after all that the file itself tells was compared with what the page needs.

    Args:
        tensors: the shapes of the page's weights by name, as in ``tensor-cache.json``; None where they are not known yet.

    Raises:
        TargetError: it does not fit, in words.
    """
    wasm = read_wasm(content, wanted.name)
    _check_runtime(wanted, wasm)
    says = compiled_for(content)
    if says is None:
        raise TargetError(
            f"{wanted.name} does not say which network it was compiled for: it is no library of MLC-LLM's kind",
            field=_FIELD,
        )
    needs = {
        "model_type": wanted.model_type,
        "quantization": wanted.quantization,
        "context_window_size": wanted.context_tokens,
    }
    for key, value in needs.items():
        if key in says and says[key] != value:
            raise TargetError(f"{wanted.name} was compiled for {key} {says[key]}, not {value}", field=_FIELD)
    if tensors is not None:
        _check_tensors(wanted, says, tensors)
    return ModelLibrary(wanted, content)


def _check_runtime(wanted: Wanted, wasm: WasmFile) -> None:
    """The functions of the runtime that the JavaScript side asks for when it starts."""
    functions, exports = runtime_needs()
    lacks = sorted(name for name in exports if name not in wasm.exports)
    lacks += sorted(name for name in functions if not wasm.has_text(name))
    if lacks:
        shown = ", ".join(lacks[:4]) + (f" and {len(lacks) - 4} more" if len(lacks) > 4 else "")
        raise TargetError(
            f"{wanted.name} was not compiled for TVM runtime {wanted.runtime_version}, which WebLLM "
            f"{package_version('@mlc-ai/web-llm')} speaks: it lacks {shown}",
            field=_FIELD,
        )


def runtime_needs() -> tuple[frozenset[str], frozenset[str]]:
    """Names of the runtime's functions, and of the exports, that the pinned WebLLM uses in every case."""
    source = (needed_package("@mlc-ai/web-llm") / "lib" / "index.js").read_text(encoding="utf-8")
    start = source.index("class RuntimeContext {")
    constructor = source[start : source.index("dispose() {", start)]
    functions = frozenset(re.findall(r'getGlobalFunc\("([^"]+)"\)', constructor))
    exports = frozenset(re.findall(r"\bexports\.(TVM(?:FFI|Wasm)[A-Za-z]+)", source))
    if not functions or not exports:
        raise TargetError("the installed @mlc-ai/web-llm is built in a way that is not known here")
    return functions, exports


def compiled_for(content: bytes) -> dict[str, Any] | None:
    """What a library says of the network that it was compiled for; None where it says nothing."""
    for text in _objects(content):
        try:
            found, _ = json.JSONDecoder().raw_decode(text)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("params"), list):
            return found
    return None


def _objects(content: bytes) -> Iterator[str]:
    for match in re.finditer(rb'\{"(?:model_type|quantization)": ?"', content):
        end = content.find(b"\0", match.start())
        yield content[match.start() : end if end >= 0 else len(content)].decode("utf-8", errors="replace")


def _check_tensors(wanted: Wanted, says: Mapping[str, Any], tensors: Mapping[str, tuple[int, ...]]) -> None:
    for entry in says["params"]:
        name, shape = entry.get("name"), tuple(entry.get("shape") or ())
        if name not in tensors:
            raise TargetError(
                f"{wanted.name} wants the tensor {name}, which this model has not", field=_FIELD
            )
        if shape != tensors[name]:
            raise TargetError(
                f"{wanted.name} wants {name} in the shape {list(shape)}, but this model has it in {list(tensors[name])}",
                field=_FIELD,
            )


def _thousands(tokens: int) -> str:
    return f"{tokens >> 10}k" if tokens % 1024 == 0 else str(tokens)
