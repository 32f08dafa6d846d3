"""Package a pipeline as a C library: sources, build files, an example and a self-test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, ClassVar, Literal

from pydantic import Field

from deploy_targets.base import DeployBundle, DeployTarget, Progress
from deploy_targets.c.readme import readme_text
from deploy_targets.c_library.options import LibraryOptions, library_of
from deploy_targets.c_library.selftest import selftest_files, selftest_main
from pipelines.compile.library import Library

_TEMPLATES = Path(__file__).parent / "templates"


class CLibraryTarget(DeployTarget):
    """A zip with C99 that also is C++17: raw samples in, probabilities out, for any chip and compiler."""

    id: ClassVar[str] = "c"
    title: ClassVar[str] = "C library"
    pitch: ClassVar[str] = (
        "Plain C for any chip: features and model, no malloc, no dependencies, with a self-test."
    )
    icon: ClassVar[str] = "file-code"
    variants: ClassVar[tuple[str, ...]] = ("int8", "float32")

    class Options(LibraryOptions):
        """How the library is called and built."""

        optimise: Literal["pipeline", "speed", "size"] = Field(
            "pipeline",
            title="Build for",
            description="What the Makefile and CMake ask of the compiler: speed (-O3) or size (-Os); or what the "
            "pipeline prefers. The results are the same.",
        )
        include_examples: bool = Field(
            True, title="Example", description="Add a program that classifies a recording from a CSV file."
        )

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        return {"library": library.name, "workspace_bytes": library.workspace_bytes}

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The library's files; see the README among them.

        Raises:
            CompileError: the model cannot become C.
            ProfileError: the sizes on the board cannot be measured.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        progress(0.2, "Measuring on the board")
        profile = bundle.measured_profile()
        progress(0.8, "Writing the files")
        files = {f"src/{name}": text for name, text in library.files.items()}
        selftest = selftest_files(library, bundle.self_test)
        files.update({f"selftest/{name}": text for name, text in selftest.items()})
        files["selftest/main.c"] = selftest_main(library)
        files.update(_build_files(library, options, bundle.spec.compile.optimize))
        if options.include_examples:
            files["examples/main.c"] = _filled("example.c", library)
        files["README.md"] = readme_text(library, bundle, profile, options.include_examples)
        return {name: text.encode("utf-8") for name, text in files.items()}


def _build_files(library: Library, options: Any, preferred: str) -> dict[str, str]:
    chosen = preferred if options.optimise == "pipeline" else options.optimise
    level = "-Os" if chosen == "size" else "-O3"
    sources = sorted(name for name in library.files if name.endswith(".c"))
    names = {"level": level}
    make_sources = " ".join(f"src/{name}" for name in sources)
    cmake_sources = "\n".join(f"  src/{name}" for name in sources)
    example_make = "examples/main.c" if options.include_examples else ""
    example_cmake = (
        "\n" + _filled("example_cmake.txt", library, **names).rstrip() + "\n"
        if options.include_examples
        else ""
    )
    return {
        "Makefile": _filled("Makefile.txt", library, sources=make_sources, example=example_make, **names),
        "CMakeLists.txt": _filled(
            "CMakeLists.txt", library, sources=cmake_sources, example=example_cmake, **names
        ),
    }


def _filled(template: str, library: Library, **values: str) -> str:
    text = Template((_TEMPLATES / template).read_text())
    return text.substitute(name=library.name, NAME=library.name.upper(), **values)
