"""Package a pipeline for TensorFlow Lite Micro: our C around its interpreter, our memory plan in the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, ClassVar

from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.c_library.options import LibraryOptions, library_name
from deploy_targets.c_library.selftest import selftest_files, selftest_main
from deploy_targets.model_files import ends_of, readme_values
from deploy_targets.tflm.operators import resolver_methods
from pipelines.compile.c_text import c_number
from pipelines.compile.library import Library, build_library
from pipelines.compile.model import CompiledModel, TensorInfo
from pipelines.compile.reader import read_model
from pipelines.export.micro_arena import least_arena_bytes
from pipelines.export.micro_plan import MicroPlan, planned_model

_TEMPLATES = Path(__file__).parent / "templates"
TFLM_COMMIT = "90b983c2b3f1480642e040bbd2ddb37b998f3424"
"""Of https://github.com/tensorflow/tflite-micro, 20 August 2026."""
TOLERANCE = {"int8": 0.02, "float32": 1e-4}
"""In probability. TFLM's reference kernels give what was measured; a chip vendor's round otherwise."""


@dataclass(frozen=True, slots=True)
class _Network:
    """The network as TFLM is to run it: its file with the plan, its arena, the operators it needs."""

    model_file: bytes
    plan: MicroPlan
    arena_bytes: int
    methods: list[str]


class TflmTarget(DeployTarget):
    """A zip with a C++17 project: raw samples in, decisions out, the network run by TensorFlow Lite Micro."""

    id: ClassVar[str] = "tflm"
    title: ClassVar[str] = "TensorFlow Lite Micro"
    pitch: ClassVar[str] = (
        "A C++ project around TFLM: our features, its interpreter and kernels, an exact arena with our memory plan."
    )
    icon: ClassVar[str] = "brand-tensorflow"
    group: ClassVar = "board"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")
    board_use: ClassVar = "none"
    runtime: ClassVar[str] = "TensorFlow Lite Micro"
    needs: ClassVar[tuple[Need, ...]] = (
        Need("python", "tflite_micro", "install Thimble's own requirements again (make setup)"),
    )

    class Options(LibraryOptions):
        """How the library is called."""

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        network = _network(bundle)
        return {
            "library": library_name(bundle, options),
            "tflm": {
                "commit": TFLM_COMMIT,
                "arena_bytes": network.arena_bytes,
                "planned_bytes": network.plan.arena_bytes,
                "least_possible_planned_bytes": network.plan.lower_bound_bytes,
                "operators": [method.removeprefix("Add") for method in network.methods],
            },
        }

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The project's files; see the README among them.

        Raises:
            TargetError: TFLM has no operator for a layer.
            CompileError: the network cannot be planned, or TFLM does not run it.
        """
        name = library_name(bundle, options)
        progress(0.0, "Planning the memory and measuring the arena")
        network = _network(bundle)
        progress(0.6, "Writing the project")
        library = _library(bundle, name, network)
        files = {f"src/{file}": text for file, text in library.files.items()}
        selftest = selftest_files(library, bundle.self_test, TOLERANCE[bundle.variant])
        files.update({f"selftest/{file}": text for file, text in selftest.items()})
        values = {"name": name, "NAME": name.upper(), "commit": TFLM_COMMIT}
        files["selftest/main.c"] = selftest_main(library)
        files["examples/main.cc"] = _filled("main.cc", values)
        files["CMakeLists.txt"] = _filled("CMakeLists.txt", {**values, "sources": _sources(library)})
        files["README.md"] = _filled(
            "README.md", {**readme_values(bundle), **values, **_numbers(network, library)}
        )
        contents = {path: text.encode() for path, text in files.items()}
        return {**contents, f"{name}.tflite": network.model_file}


def _network(bundle: DeployBundle) -> _Network:
    model_file, plan = planned_model(bundle.tflite)
    methods = resolver_methods(operator.kind for operator in read_model(bundle.tflite).operators)
    return _Network(model_file, plan, least_arena_bytes(model_file), methods)


def _library(bundle: DeployBundle, name: str, network: _Network) -> Library:
    """The C library with TFLM in place of the compiled network."""
    source, target = ends_of(bundle)
    files = _network_files(f"{name}_model", network, source, target)
    model = CompiledModel(
        name=f"{name}_model",
        files=files,
        # The network's memory is TFLM's, not the workspace's.
        arena_bytes=0,
        arena_lower_bound_bytes=0,
        weights_bytes=0,
        macs=0,
        input=source,
        output=target,
        input_offset_bytes=0,
        output_offset_bytes=0,
        state_bytes=0,
        layers=[],
    )
    return build_library(bundle.spec, bundle.scaler, model, bundle.labels, name)


def _network_files(model: str, network: _Network, source: TensorInfo, target: TensorInfo) -> dict[str, str]:
    """``{model}.h`` and ``.cc``, and the bytes of the file in ``{model}_data.h`` and ``.cc``."""
    values = {
        "model": model,
        "MODEL": model.upper(),
        "type": source.c_type,
        "input_size": str(source.elements),
        "output_size": str(target.elements),
        "quantization": _quantization(model.upper(), source, target),
        "arena_bytes": str(network.arena_bytes),
        "planned_bytes": f"{network.plan.arena_bytes:,}",
        "operator_count": str(len(network.methods)),
        "add_operators": " ||\n        ".join(f"resolver.{each}() != kTfLiteOk" for each in network.methods),
        "zero": str(target.zero_point) if target.is_quantized else "0.0f",
        "data_bytes": str(len(network.model_file)),
        "data": _bytes(network.model_file),
    }
    templates = {".h": "model.h", ".cc": "model.cc", "_data.h": "model_data.h", "_data.cc": "model_data.cc"}
    return {f"{model}{ending}": _filled(template, values) for ending, template in templates.items()}


def _quantization(macro: str, source: TensorInfo, target: TensorInfo) -> str:
    if not source.is_quantized:
        return ""
    lines = [
        f"#define {macro}_{what}_SCALE {c_number(info.scale)}\n#define {macro}_{what}_ZERO_POINT ({info.zero_point})\n"
        for what, info in (("INPUT", source), ("OUTPUT", target))
    ]
    return "\n" + "\n".join(lines)


def _bytes(content: bytes) -> str:
    lines = [content[start : start + 16] for start in range(0, len(content), 16)]
    return "".join(f"    {', '.join(f'0x{byte:02x}' for byte in line)},\n" for line in lines)


def _sources(library: Library) -> str:
    return "\n".join(f"  src/{file}" for file in sorted(library.files) if file.endswith((".c", ".cc")))


def _numbers(network: _Network, library: Library) -> dict[str, str]:
    return {
        "arena_bytes": f"{network.arena_bytes:,}",
        "planned_bytes": f"{network.plan.arena_bytes:,}",
        "kept_bytes": f"{network.arena_bytes - network.plan.arena_bytes:,}",
        "lower_bound_bytes": f"{network.plan.lower_bound_bytes:,}",
        "workspace_bytes": f"{library.workspace_bytes:,}",
        "model_bytes": f"{len(network.model_file):,}",
        "operators": ", ".join(method.removeprefix("Add") for method in network.methods),
    }


def _filled(template: str, values: Mapping[str, str]) -> str:
    return Template((_TEMPLATES / template).read_text()).substitute(values)
