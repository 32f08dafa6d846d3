"""The README of a TensorFlow.js package, written for one model."""

from __future__ import annotations

from pathlib import Path
from string import Template

from deploy_targets.bundle import DeployBundle
from deploy_targets.interface import is_sound, readme_values

_TEMPLATES = Path(__file__).parent / "templates"
_WEIGHTS = {
    "float32": "float32, as trained: every backend answers as Keras does, within 0.0001",
    "float16": "float16, half the size; they compute as float32",
    "uint8": "uint8, a quarter of the size; they compute as float32. Try it on recordings of your own: what this costs "
    "in accuracy was not counted",
}
_LAYERS_ROW = "| `model/layers/` | the same as a layers model: to go on training |\n"
_PAGE_ROW = "| `demo/` | a page with live results, and TensorFlow.js itself |\n"


def readme_text(bundle: DeployBundle, package: str, weights: str, has_page: bool, why_no_layers: str) -> str:
    """How to add, wire and call this package, and what the model gets right.

    Args:
        why_no_layers: why there is no layers model; empty where there is one.
    """
    sections = {
        "sound": _section("sound.md", package) if is_sound(bundle) else "",
        "page": _section("page.md", package) if has_page else "",
        "layers": _without_layers(why_no_layers) if why_no_layers else _section("layers.md", package),
    }
    rows = {
        "layers_row": "" if why_no_layers else _LAYERS_ROW,
        "page_row": _PAGE_ROW if has_page else "",
    }
    shape = bundle.spec.model_input_shape(bundle.spec.learning[0])
    values = {
        **readme_values(bundle),
        **sections,
        **rows,
        "package": package,
        "weights": _WEIGHTS[weights],
        "feature_shape": ", ".join(map(str, shape)),
        "classes": str(len(bundle.labels)),
    }
    return Template((_TEMPLATES / "README.md").read_text()).substitute(values)


def _section(name: str, package: str) -> str:
    return "\n" + (_TEMPLATES / "sections" / name).read_text().replace("$package", package)


def _without_layers(why: str) -> str:
    return f"\nThere is no layers model in this package: {why}.\n"
