"""Package a pipeline as a WebAssembly module with an ES module around it, types and a demo page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.interface import is_sound, model_interface
from deploy_targets.npm import PackageName, PackageVersion, package_name
from deploy_targets.selftest_windows import selftest_windows
from deploy_targets.wasm.demo import demo_files
from deploy_targets.wasm.module import pipeline_modules
from deploy_targets.wasm.readme import readme_text
from deploy_targets.wasm_build import ZIG

_TEMPLATES = Path(__file__).parent / "templates"


class WasmTarget(DeployTarget):
    """A zip that is an npm package: raw samples in, decisions out, in browsers, Node and audio worklets."""

    id: ClassVar[str] = "wasm"
    title: ClassVar[str] = "WebAssembly"
    pitch: ClassVar[str] = (
        "The whole pipeline in a web page or Node, from the firmware's own C: the same result bit for bit."
    )
    icon: ClassVar[str] = "brand-javascript"
    group: ClassVar[Literal["board", "browser", "computer"]] = "browser"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")
    board_use: ClassVar[Literal["chosen", "none"]] = "none"
    needs: ClassVar[tuple[Need, ...]] = (ZIG,)

    class Options(BaseModel):
        """How the package is called, and whether a page comes with it."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        package: PackageName = ""
        version: PackageVersion = "1.0.0"
        include_demo: bool = Field(
            True,
            title="Demo page",
            description="Add a page that shows live results from a microphone, a phone's motion sensors or a file.",
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        return {"package": package_name(options.package, bundle)}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """An npm package; see the README among the files.

        Raises:
            CompileError: the model cannot become C.
            TargetError: Zig is not installed.
        """
        progress(0.0, "Compiling to WebAssembly")
        modules = pipeline_modules(bundle)
        progress(0.8, "Writing the files")
        texts = {
            "package.json": _package_json(bundle, options),
            "metadata.js": metadata_module(bundle),
            **{name: _package_file(name) for name in ("core.js", "index.js")},
            **(
                {name: _package_file(name) for name in ("resample.js", "worklet.js")}
                if is_sound(bundle)
                else {}
            ),
            "index.d.ts": _package_file("index.d.ts").replace("$label_type", _label_type(bundle)),
            "selftest/run.mjs": (_TEMPLATES / "selftest.mjs").read_text(),
            "README.md": readme_text(
                bundle, package_name(options.package, bundle), modules, options.include_demo
            ),
            **(demo_files(bundle) if options.include_demo else {}),
        }
        encoded = {name: text.encode() for name, text in texts.items()}
        selftest = {f"selftest/{name}": content for name, content in selftest_windows(bundle).items()}
        return {**modules, **encoded, **selftest}


def metadata_module(bundle: DeployBundle) -> str:
    """``metadata.js``: what a caller must know of the model."""
    document = {_camel(key): value for key, value in model_interface(bundle).items()}
    return f"export const metadata = Object.freeze({json.dumps(document, indent=2)});\n"


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _package_file(name: str) -> str:
    return (_TEMPLATES / "package" / name).read_text()


def _label_type(bundle: DeployBundle) -> str:
    return " | ".join(json.dumps(label) for label in bundle.labels)


def _package_json(bundle: DeployBundle, options: Any) -> str:
    worklet = {"./worklet.js": "./worklet.js"} if is_sound(bundle) else {}
    document = {
        "name": package_name(options.package, bundle),
        "version": options.version,
        "description": "Raw sensor samples in, decisions out: a pipeline made by Thimble.",
        "type": "module",
        "exports": {
            ".": {"types": "./index.d.ts", "default": "./index.js"},
            "./*.wasm": "./*.wasm",
            **worklet,
        },
        "types": "./index.d.ts",
        "files": ["*.js", "*.d.ts", "*.wasm", "thimble.json", "MODEL_CARD.md", "DATASHEET.md"],
        "sideEffects": list(worklet) or False,
        "license": "SEE LICENSE IN LICENSE",
        "scripts": {"test": "node selftest/run.mjs"},
    }
    return json.dumps(document, indent=2) + "\n"
