"""The npm package: the models, the features as WebAssembly, an ES module around them and its types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy_targets.bundle import DeployBundle
from deploy_targets.interface import is_sound, model_interface

TFJS_VERSION = ">=4.0.0 <5"

_TEMPLATES = Path(__file__).parent / "templates" / "package"
_RESAMPLER = Path(__file__).parents[1] / "wasm" / "templates" / "package" / "resample.js"
"""One resampler for all packages that listen."""


def package_files(
    bundle: DeployBundle, name: str, version: str, weights: str, has_layers_model: bool
) -> dict[str, str]:
    """The package's texts; models and ``features.wasm`` go beside them."""
    sound = {"worklet.js": _text("worklet.js"), "resample.js": _RESAMPLER.read_text()}
    return {
        **{script: _text(script) for script in ("index.js", "features.js", "stream.js")},
        **(sound if is_sound(bundle) else {}),
        "index.d.ts": _text("index.d.ts").replace("$label_type", _label_type(bundle)),
        "metadata.js": _metadata(bundle, weights, has_layers_model),
        "package.json": _json(_manifest(bundle, name, version)),
    }


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text()


def _label_type(bundle: DeployBundle) -> str:
    """The labels as a union of TypeScript's texts."""
    return " | ".join(json.dumps(label) for label in bundle.labels)


def _metadata(bundle: DeployBundle, weights: str, has_layers_model: bool) -> str:
    known = model_interface(bundle)
    del known["variant"]
    document = {
        **{_camel(key): value for key, value in known.items()},
        "featureShape": list(bundle.spec.model_input_shape(bundle.spec.learning[0])),
        "weights": weights,
        "hasLayersModel": has_layers_model,
    }
    return f"export const metadata = Object.freeze({json.dumps(document, indent=2)});\n"


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _manifest(bundle: DeployBundle, name: str, version: str) -> Mapping[str, Any]:
    worklet = {"./worklet.js": "./worklet.js"} if is_sound(bundle) else {}
    return {
        "name": name,
        "version": version,
        "description": "A model for TensorFlow.js, from raw sensor samples to decisions. Made by Thimble.",
        "type": "module",
        "exports": {
            ".": {"types": "./index.d.ts", "default": "./index.js"},
            "./model/*": "./model/*",
            "./features.wasm": "./features.wasm",
            **worklet,
        },
        "types": "./index.d.ts",
        "files": [
            *("*.js", "*.d.ts", "*.wasm", "model", "thimble.json", "MODEL_CARD.md", "DATASHEET.md"),
        ],
        "sideEffects": list(worklet) or False,
        "license": "SEE LICENSE IN LICENSE",
        "peerDependencies": {"@tensorflow/tfjs": TFJS_VERSION},
        # Core, converter and one backend do as well.
        "peerDependenciesMeta": {"@tensorflow/tfjs": {"optional": True}},
    }


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
