"""Package the network as ONNX, with how far it agrees with the code that was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.model_files import classify_script, interface_document, readme_values, selftest_file
from pipelines.compile.c_names import identifier_from
from pipelines.export.tflite_metadata import labels_text

_TEMPLATES = Path(__file__).parent / "templates"
_CURE = "install Thimble's own requirements again (make setup)"


class OnnxTarget(DeployTarget):
    """A zip with the ``.onnx`` file, what its input is made of, and a script that tries it."""

    id: ClassVar[str] = "onnx"
    title: ClassVar[str] = "ONNX"
    pitch: ClassVar[str] = (
        "The network as ONNX, float32 or QDQ int8, for ONNX Runtime and vendors' compilers."
    )
    icon: ClassVar[str] = "topology-star-3"
    group: ClassVar = "computer"
    variants: ClassVar[tuple[str, ...]] = ("float32", "int8")
    board_use: ClassVar = "none"
    runtime: ClassVar[str] = "ONNX Runtime, or what else reads ONNX"
    needs: ClassVar[tuple[Need, ...]] = (
        Need("python", "onnx", _CURE),
        Need("python", "onnxruntime", _CURE),
    )

    class Options(BaseModel):
        """How an int8 network rounds."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        rounding: Literal["exact", "plain"] = Field(
            "exact",
            title="Rounding (int8)",
            description="exact: as TensorFlow Lite, so that the answers are those that were measured. plain: bare "
            "quantise and dequantise operators, which vendors' compilers and fast integer kernels recognise; some "
            "answers are some steps off. float32 has nothing to choose.",
        )

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The model, ``interface.json``, labels, a self-test and the script that runs it.

        Raises:
            UnsupportedOpError: a layer has no counterpart; it is named.
            CompileError: the network cannot become ONNX.
        """
        # Late: every web server knows the targets, and needs ONNX for none of its pages.
        from deploy_targets.onnx.agreement import agreement_of
        from pipelines.export.onnx import onnx_model

        name = identifier_from(bundle.project)
        progress(0.0, "Writing the ONNX model")
        model = onnx_model(bundle.tflite, _properties(bundle), exact=options.rounding == "exact")
        progress(0.3, "Comparing it with the measured code")
        agreement = agreement_of(bundle, model)
        progress(0.9, "Writing the files")
        values = {
            "name": name,
            **readme_values(bundle),
            "agreement": agreement.words,
            "form": _form(bundle.variant, options.rounding),
        }
        return {
            f"{name}.onnx": model,
            "labels.txt": labels_text(bundle.labels),
            "interface.json": interface_document(bundle),
            "selftest.npz": selftest_file(bundle),
            "classify.py": classify_script(
                f"{name}.onnx", "onnxruntime", (_TEMPLATES / "runtime.py.txt").read_text()
            ),
            "README.md": _filled("README.md", values).encode(),
        }


def _properties(bundle: DeployBundle) -> dict[str, str]:
    """What the file says of itself, as text."""
    hashes = bundle.identity()
    return {
        "labels": json.dumps(list(bundle.labels), ensure_ascii=False),
        "pipeline_sha256": hashes["pipeline_sha256"],
        "tflite_sha256": hashes["model_sha256"],
        "scaler_mean": json.dumps([float(value) for value in bundle.scaler.mean.ravel()]),
        "scaler_scale": json.dumps([float(value) for value in bundle.scaler.scale.ravel()]),
        "pipeline": bundle.spec.model_dump_json(),
    }


def _form(variant: str, rounding: str) -> str:
    if variant == "float32":
        return "Plain operators on float32 numbers."
    between = "every operator stands between `DequantizeLinear` and `QuantizeLinear` (QDQ)"
    if rounding == "plain":
        return f"int8: {between}, nothing else, as vendors' compilers and fast integer kernels expect it."
    return (
        f"int8: {between}, and before each `QuantizeLinear` a few operators round as TensorFlow Lite does. Where a "
        "vendor's compiler stumbles over these, build it again with *plain* rounding."
    )


def _filled(template: str, values: Mapping[str, str]) -> str:
    return Template((_TEMPLATES / template).read_text()).substitute(values)
