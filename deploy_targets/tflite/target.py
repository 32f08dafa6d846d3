"""Package the network as TensorFlow Lite's own file, with metadata and labels in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from deploy_targets.base import DeployBundle, DeployTarget, Progress
from deploy_targets.model_files import classify_script, interface_document, readme_values, selftest_file
from pipelines.compile.c_names import identifier_from
from pipelines.export.tflite_metadata import Description, described_model, labels_text

_TEMPLATES = Path(__file__).parent / "templates"


class TfliteTarget(DeployTarget):
    """A zip with the ``.tflite`` file, what its input is made of, and a script that tries it."""

    id: ClassVar[str] = "tflite"
    title: ClassVar[str] = "TensorFlow Lite"
    pitch: ClassVar[str] = (
        "The network as a .tflite file with metadata and labels, for LiteRT, Android and other tools."
    )
    icon: ClassVar[str] = "file-database"
    group: ClassVar = "computer"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")
    board_use: ClassVar = "none"
    runtime: ClassVar[str] = "TensorFlow Lite, or what else reads its files"

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The model, ``interface.json``, labels, a self-test and the script that runs it.

        Raises:
            ModelFormatError: the network is damaged.
        """
        name = identifier_from(bundle.project)
        progress(0.0, "Describing the model in its own file")
        model = described_model(bundle.tflite, _description(bundle))
        progress(0.5, "Computing the self-test's features")
        return {
            f"{name}.tflite": model,
            "labels.txt": labels_text(bundle.labels),
            "interface.json": interface_document(bundle),
            "selftest.npz": selftest_file(bundle),
            "classify.py": classify_script(
                f"{name}.tflite",
                "one of ai-edge-litert, tflite-runtime or tensorflow",
                (_TEMPLATES / "runtime.py.txt").read_text(),
            ),
            "README.md": _filled("README.md", {"name": name, **readme_values(bundle)}).encode(),
        }


def _description(bundle: DeployBundle) -> Description:
    values = readme_values(bundle)
    spec = bundle.spec.model_dump_json(indent=1)
    return Description(
        name=bundle.project,
        text=f"Made by Thimble. Right for {values['accuracy']} of {values['windows']} test windows ({bundle.variant}).",
        input_text=f"Features ({values['feature_shape']}) of {values['window_ms']} ms of samples, normalised; not the "
        "samples themselves. pipeline.json says how they are made.",
        output_text="The probability of each class.",
        mean=bundle.scaler.mean,
        scale=bundle.scaler.scale,
        labels=bundle.labels,
        threshold=bundle.spec.postprocess.threshold,
        files={"pipeline.json": f"{spec}\n".encode()},
    )


def _filled(template: str, values: Mapping[str, str]) -> str:
    return Template((_TEMPLATES / template).read_text()).substitute(values)
