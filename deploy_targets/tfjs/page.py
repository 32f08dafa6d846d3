"""The demo page: what people see, TensorFlow.js, examples, and the worker that keeps it all for offline use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from deploy_targets.base import Component
from deploy_targets.browser_packages import needed_package, package_version
from deploy_targets.bundle import DeployBundle

MAX_EXAMPLES = 8
MAX_EXAMPLE_FLOATS = 200_000

TFJS, TFJS_WASM = "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"
_RUNTIME = (
    (TFJS, "tf.es2017.min.js"),
    (TFJS_WASM, "tf-backend-wasm.es2017.min.js"),
    (TFJS_WASM, "tfjs-backend-wasm.wasm"),
    (TFJS_WASM, "tfjs-backend-wasm-simd.wasm"),
)
"""Smaller than core, layers, converter and three backends each for itself: those repeat what they share."""

_BUNDLED = ("core", "converter", "layers", "data", "backend-cpu", "backend-webgl", "backend-wasm")
_DEMO = Path(__file__).parent / "templates" / "demo"
_SHARED = Path(__file__).parents[1] / "wasm" / "templates" / "demo"
_FROM_SHARED = ("live.js", "recording.js", "view.js", "style.css")
"""Pages of all packages look alike and read sensors and files alike; they differ in what computes."""


def page_files(bundle: DeployBundle, package: Mapping[str, bytes]) -> dict[str, bytes]:
    """``demo/``: the page for a package one folder up.

    Args:
        package: the package's own files; the worker keeps them too.

    Raises:
        TargetError: TensorFlow.js is not installed on this server.
    """
    files = {file.name: file.read_bytes() for file in sorted(_DEMO.iterdir())}
    files |= {name: (_SHARED / name).read_bytes() for name in _FROM_SHARED}
    files |= {f"tf/{name}": (needed_package(owner) / "dist" / name).read_bytes() for owner, name in _RUNTIME}
    files |= _examples(bundle)
    files["index.html"] = files["index.html"].replace(b"$title", escape(bundle.project).encode())
    files["app.webmanifest"] = _web_manifest(bundle)
    worker = files.pop("worker.js").decode()
    kept = {**files, **{f"../{name}": content for name, content in package.items() if _is_asked_for(name)}}
    addresses = json.dumps(["./", *sorted(kept)], indent=2)
    files["worker.js"] = (
        worker.replace("$files", addresses)
        .replace("$version", _digest({**kept, "": worker.encode()}))
        .encode()
    )
    return {f"demo/{name}": content for name, content in files.items()}


def components() -> tuple[Component, ...]:
    """TensorFlow.js and its parts, as its one file holds them."""
    names = (TFJS, *(f"{TFJS}-{part}" for part in _BUNDLED))
    return tuple(_component(name) for name in names)


def _component(name: str) -> Component:
    manifest = json.loads((needed_package(name) / "package.json").read_text())
    version = package_version(name)
    purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
    return Component(name, version, str(manifest["license"]), purl)


def _is_asked_for(name: str) -> bool:
    """Whether the page fetches this file of the package; it has no use for the layers model."""
    return name.endswith((".js", ".wasm")) or name.startswith("model/graph/")


def _examples(bundle: DeployBundle) -> dict[str, bytes]:
    """Windows of the test recordings, as little-endian float32, one of each class first."""
    test = bundle.self_test
    count = min(len(test.windows), MAX_EXAMPLES, max(1, MAX_EXAMPLE_FLOATS // test.windows[0].size))
    labels = [int(label) for label in test.labels]
    first = [labels.index(label) for label in sorted(set(labels))]
    chosen = [*first, *(place for place in range(len(labels)) if place not in first)][:count]
    document = {"labels": [bundle.labels[labels[place]] for place in chosen]}
    return {
        "examples.json": (json.dumps(document) + "\n").encode(),
        "examples.f32": test.windows[chosen].astype("<f4").tobytes(),
    }


def _web_manifest(bundle: DeployBundle) -> bytes:
    document = {
        "name": bundle.project,
        "start_url": "./",
        "display": "standalone",
        "background_color": "#12161c",
        "icons": [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
