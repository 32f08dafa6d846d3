"""Package a pipeline as firmware for an 8-bit AVR chip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from deploy_targets.avr import programs
from deploy_targets.avr.chips import CHIPS
from deploy_targets.avr.fitting import fitted
from deploy_targets.avr.readme import readme_text
from deploy_targets.base import DeployBundle, DeployTarget, Need, Progress
from deploy_targets.c_library.options import LibraryOptions, library_name, library_of
from deploy_targets.c_library.plain_text import one_line
from pipelines.compile.library import Library


class AvrTarget(DeployTarget):
    """A zip with a Makefile for avr-gcc, which also is an Arduino library; refused where the model does not fit."""

    id: ClassVar[str] = "avr"
    title: ClassVar[str] = "AVR (Arduino Uno, Mega)"
    pitch: ClassVar[str] = (
        "Firmware for 8-bit ATmegas, where the model is small enough; weights stay in flash."
    )
    icon: ClassVar[str] = "cpu-2"
    board_use: ClassVar[Literal["chosen", "none"]] = "none"
    needs: ClassVar[tuple[Need, ...]] = (Need("program", "avr-gcc", "install Debian's gcc-avr and avr-libc"),)

    class Options(LibraryOptions):
        """Which chip, and how the library is called."""

        mcu: Literal["atmega328p", "atmega2560", "atmega1284p"] = Field(
            "atmega2560",
            title="Chip",
            description="atmega328p: Arduino Uno and Nano, 2 kB of RAM. atmega2560: Arduino Mega, 8 kB. "
            "atmega1284p: 16 kB. All run at 16 MHz.",
        )

    def folder_in_zip(self, bundle: DeployBundle, options: Any) -> str:
        """The Arduino IDE takes a zip with exactly one folder at its top."""
        return library_name(bundle, options)

    def facts(self, bundle: DeployBundle, options: Any) -> Mapping[str, Any]:
        library = library_of(bundle, options)
        fit = fitted(library, bundle, CHIPS[options.mcu])
        return {
            "library": library.name,
            "workspace_bytes": library.workspace_bytes,
            "continuous_bytes": library.continuous_bytes,
            **fit.as_json(),
        }

    def build(self, bundle: DeployBundle, options: Any, progress: Progress) -> dict[str, bytes]:
        """The library's files, the two programs and the Makefile.

        Raises:
            CompileError: the model cannot become C.
            TargetError: it does not fit the chip, with the numbers, or avr-gcc refuses it.
        """
        progress(0.0, "Composing the library")
        library = library_of(bundle, options)
        chip = CHIPS[options.mcu]
        progress(0.2, f"Building for the {chip.mcu} and running the self-test")
        fit = fitted(library, bundle, chip)
        progress(0.9, "Writing the files")
        files = {
            **fit.files,
            "Makefile": programs.makefile(library, chip),
            "library.properties": _properties(library, bundle),
            "examples/analogue/analogue.ino": programs.sketch(library, chip),
            "README.md": readme_text(library, bundle, fit),
        }
        return {name: text.encode("utf-8") for name, text in files.items()}


def _properties(library: Library, bundle: DeployBundle) -> str:
    """What the Arduino IDE wants to know (library specification, revision 2.2)."""
    values = {
        "name": library.name,
        "version": "1.0.0",
        "author": "Thimble",
        "maintainer": "Thimble",
        "sentence": f"{one_line(bundle.project)}: raw sensor samples in, probabilities out.",
        "paragraph": f"Classes: {one_line(', '.join(bundle.labels))}. For 8-bit AVR boards; made by Thimble.",
        "category": "Data Processing",
        "url": "",
        "architectures": "avr",
        "includes": f"{library.name}_continuous.h",
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())
