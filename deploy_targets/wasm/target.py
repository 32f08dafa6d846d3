"""Package a pipeline as a WebAssembly module with an ES module around it, types and a demo page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.interface import is_sound, model_interface
from deploy_targets.selftest_windows import selftest_windows
from deploy_targets.wasm.demo import demo_files
from deploy_targets.wasm.module import pipeline_modules
from deploy_targets.wasm.readme import readme_text
from deploy_targets.wasm_build import ZIG
from pipelines.compile.c_names import identifier_from

_TEMPLATES = Path(__file__).parent / "templates"
_PACKAGE_NAME = re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*\Z")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}\Z")


def _package_name(value: str) -> str:
    if value and not _PACKAGE_NAME.match(value):
        raise ValueError(
            "a package's name has lower-case letters, digits, dots, hyphens and underscores, and may begin with "
            "@scope/"
        )
    return value


def _version(value: str) -> str:
    if not _VERSION.match(value):
        raise ValueError("a version is three numbers with dots between, such as 1.0.0")
    return value


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
    docs: ClassVar[str] = "docs/targets/wasm.md"

    class Options(BaseModel):
        """How the package is called, and whether a page comes with it."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        package: Annotated[str, AfterValidator(_package_name)] = Field(
            "",
            title="Package name",
            description="The name in package.json, such as wrist-motions or @me/wrist-motions. Empty: made from the "
            "project's name.",
            max_length=100,
        )
        version: Annotated[str, AfterValidator(_version)] = Field(
            "1.0.0", title="Version", description="The version in package.json.", max_length=32
        )
        include_demo: bool = Field(
            True,
            title="Demo page",
            description="Add a page that shows live results from a microphone, a phone's motion sensors or a file.",
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        return {"package": _name(bundle, options)}

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
            "README.md": readme_text(bundle, _name(bundle, options), modules, options.include_demo),
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


def _name(bundle: DeployBundle, options: Any) -> str:
    return str(options.package or identifier_from(bundle.project).replace("_", "-"))


def _package_file(name: str) -> str:
    return (_TEMPLATES / "package" / name).read_text()


def _label_type(bundle: DeployBundle) -> str:
    return " | ".join(json.dumps(label) for label in bundle.labels)


def _package_json(bundle: DeployBundle, options: Any) -> str:
    worklet = {"./worklet.js": "./worklet.js"} if is_sound(bundle) else {}
    document = {
        "name": _name(bundle, options),
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
