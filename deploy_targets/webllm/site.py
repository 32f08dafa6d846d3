"""The web page around a model: its own files, the engines, and ``chat.json``, which tells the page of both."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from deploy_targets.base import Files
from deploy_targets.browser_packages import needed_package
from deploy_targets.bundle import file_sha256

_SITE = Path(__file__).parent / "templates" / "site"
ENGINE_CACHE = "thimble-engines"
MODEL_CACHE = "webllm/model"
CONFIG_CACHE = "webllm/config"
LIBRARY_CACHE = "webllm/wasm"
GGUF_CACHE = "thimble-models"
_CACHES = (ENGINE_CACHE, MODEL_CACHE, CONFIG_CACHE, LIBRARY_CACHE, GGUF_CACHE)
_FILLED = frozenset({"index.html", "service-worker.js"})
_CONFIG_FILE = "mlc-chat-config.json"


@dataclass(frozen=True, slots=True)
class Engine:
    """Files of an npm package that the page carries: path in the zip -> path in the package."""

    package: str
    files: Mapping[str, str]

    def contents(self) -> dict[str, bytes]:
        """
        Raises:
            TargetError: the package is not installed.
        """
        folder = needed_package(self.package)
        return {name: _without_source_map((folder / path).read_bytes()) for name, path in self.files.items()}


WEB_LLM = Engine(
    "@mlc-ai/web-llm",
    {"engines/web-llm/index.js": "lib/index.js", "engines/web-llm/LICENSE": "LICENSE"},
)
WLLAMA = Engine(
    "@wllama/wllama",
    {
        "engines/wllama/index.js": "esm/index.js",
        "engines/wllama/wllama.wasm": "esm/wasm/wllama.wasm",
        "engines/wllama/LICENCE": "LICENCE",
    },
)
WLLAMA_COMPAT = Engine(
    "@wllama/wllama-compat",
    {
        "engines/wllama/compat/wllama.js": "wasm/wllama.js",
        "engines/wllama/compat/wllama.wasm": "wasm/wllama.wasm",
    },
)


def _without_source_map(content: bytes) -> bytes:
    """The maps stay behind: browsers' tools would ask the server for them in vain."""
    head, mark, tail = content.rpartition(b"\n//# sourceMappingURL=")
    return head + b"\n" if mark and tail.count(b"\n") <= 1 else content


def listed(files: Files, names: Iterable[str], cache: str) -> list[dict[str, Any]]:
    """Files as ``chat.json`` lists them: what the page fetches, checks and keeps."""
    return [
        {
            "path": name,
            "bytes": len(content) if isinstance(content, bytes) else content.stat().st_size,
            "sha256": hashlib.sha256(content).hexdigest()
            if isinstance(content, bytes)
            else file_sha256(content),
            "cache": CONFIG_CACHE if name.endswith(f"/{_CONFIG_FILE}") else cache,
        }
        for name, content in ((name, files[name]) for name in sorted(names))
    ]


def page_files(title: str, config: Mapping[str, Any]) -> dict[str, bytes]:
    """The page itself; ``config`` becomes ``chat.json``, with the build's name added."""
    templates = {
        path.relative_to(_SITE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(_SITE.rglob("*"))
        if path.is_file()
    }
    build = hashlib.sha256(_json([config, title, templates])).hexdigest()[:16]
    files = {"chat.json": _json({"build": build, **config}), "manifest.webmanifest": _manifest(title)}
    shell = sorted({*templates, *files} - {"service-worker.js"})
    values = {
        "title": html.escape(one_line(title)),
        "build": build,
        "shell_files": json.dumps(shell),
        "model_caches": json.dumps(_CACHES),
    }
    for name, text in templates.items():
        filled = Template(text).substitute(values) if name in _FILLED else text
        files[name] = filled.encode()
    return files


def _manifest(title: str) -> bytes:
    return _json(
        {
            "name": one_line(title),
            "short_name": one_line(title)[:30],
            "start_url": "./",
            "display": "standalone",
            "background_color": "#f7f9f9",
            "theme_color": "#0d5c6b",
            "icons": [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}],
        }
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def one_line(text: str) -> str:
    """A text without what is no printed character."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "Language model"


def llama_cpp_version() -> str:
    """The version of llama.cpp that the installed wllama was built from, ``b1234-0a1b2c3``.

    Raises:
        TargetError: wllama is not installed.
    """
    source = (needed_package(WLLAMA.package) / "src" / "workers-code" / "generated.ts").read_text(
        encoding="utf-8"
    )
    found = re.search(r"LIBLLAMA_VERSION = '([^']+)'", source)
    return found[1] if found else "unknown"
