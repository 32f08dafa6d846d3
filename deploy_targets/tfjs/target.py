"""Package a pipeline for TensorFlow.js: models, features as WebAssembly, an npm package and a demo page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from deploy_targets.base import Component, DeployBundle, DeployTarget, Need, Progress
from deploy_targets.npm import PackageName, PackageVersion, package_name
from deploy_targets.tfjs.features import features_module
from deploy_targets.tfjs.package import package_files
from deploy_targets.tfjs.page import TFJS, TFJS_WASM, components, page_files
from deploy_targets.tfjs.readme import readme_text
from deploy_targets.wasm_build import ZIG
from pipelines.export.tfjs import LayersModelError, TfjsModel, WeightsAs, graph_model, layers_model

_CURE = "run 'make browser-packages' on this server"


class TfjsTarget(DeployTarget):
    """A zip that is an npm package around a TF.js graph model and, where its layers allow, a layers model."""

    id: ClassVar[str] = "tfjs"
    title: ClassVar[str] = "TensorFlow.js"
    pitch: ClassVar[str] = (
        "The network for TensorFlow.js, to run on WebGL, WebAssembly or plain JavaScript and to train on in a page."
    )
    icon: ClassVar[str] = "brand-tensorflow"
    group: ClassVar[Literal["board", "browser", "computer"]] = "browser"
    variants: ClassVar[tuple[str, ...]] = ("float32",)
    board_use: ClassVar[Literal["chosen", "none"]] = "none"
    runtime: ClassVar[str] = "TensorFlow.js"
    needs: ClassVar[tuple[Need, ...]] = (
        ZIG,
        Need("python", "tensorflow", "install Thimble's Python packages with 'make setup'"),
        Need("npm", TFJS, _CURE),
        Need("npm", TFJS_WASM, _CURE),
    )

    class Options(BaseModel):
        """How the weights are stored, what the package is called, and what comes with it."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        weights: WeightsAs = Field(
            "float32",
            title="Weights",
            description="float32: as trained. float16: half the download. uint8: a quarter of it; the answers differ a "
            "little. All compute as float32.",
        )
        package: PackageName = ""
        version: PackageVersion = "1.0.0"
        include_layers_model: bool = Field(
            True,
            title="Layers model",
            description="Add the network layer by layer too, so that a page can go on training it.",
        )
        include_demo: bool = Field(
            True,
            title="Demo page",
            description="Add a page with live results from a microphone, a phone's motion sensors or a file. It brings "
            "TensorFlow.js along and opens without a network.",
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        return {"package": package_name(options.package, bundle)}

    def components(self, bundle: DeployBundle, options: Any) -> tuple[Component, ...]:
        return components() if options.include_demo else ()

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """An npm package and its page; see the README among the files.

        Raises:
            ValueError: the network has an operator that not every backend of TF.js has.
            CompileError: the pipeline cannot become C.
            TargetError: Zig or TensorFlow.js is not installed, or the run has no Keras model.
        """
        progress(0.0, "Writing the models")
        saved = bundle.artifact("model.keras")
        files = graph_model(saved, options.weights).files("model/graph")
        layers, why_no_layers = _layers_model(bundle, options)
        if layers is not None:
            files |= layers.files("model/layers")
        progress(0.6, "Compiling the features to WebAssembly")
        files["features.wasm"] = features_module(bundle)
        progress(0.8, "Writing the package and the page")
        name = package_name(options.package, bundle)
        texts = package_files(bundle, name, options.version, options.weights, layers is not None)
        files |= {path: text.encode() for path, text in texts.items()}
        if options.include_demo:
            files |= page_files(bundle, files)
        readme = readme_text(bundle, name, options.weights, options.include_demo, why_no_layers)
        return {**files, "README.md": readme.encode()}


def _layers_model(bundle: DeployBundle, options: Any) -> tuple[TfjsModel | None, str]:
    """The layers model, or why there is none."""
    if not options.include_layers_model:
        return None, "it was not asked for"
    try:
        return layers_model(bundle.artifact("model.keras"), options.weights), ""
    except LayersModelError as error:
        return None, str(error)
