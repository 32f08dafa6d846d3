"""The README of the AVR firmware, written for one model and one chip."""

from __future__ import annotations

from pathlib import Path

from deploy_targets.avr.fitting import Fitted
from deploy_targets.base import DeployBundle
from deploy_targets.c_library.readme import filled, readme_values
from deploy_targets.markdown import plain, table
from pipelines.compile.library import Library

_TEMPLATE = Path(__file__).parent / "templates" / "README.md"


def readme_text(library: Library, bundle: DeployBundle, fit: Fitted) -> str:
    """How to build, flash and wire it, what it gets right and what it takes."""
    chip = fit.chip
    values = {
        **readme_values(library, bundle, None),
        "chip": chip.title,
        "mcu": chip.mcu,
        "classes": _classes(bundle),
        "accuracy": f"{bundle.evaluation['accuracy']:.2%}",
        "windows": f"{bundle.evaluation['windows']:,}",
        "takes": _takes(bundle, fit),
        "constants": _IN_FLASH if fit.constants_in_flash else _IN_RAM,
        "compiler": fit.compiler,
        "ram": "variables and stack" if fit.run else "variables; the stack comes on top and was not measured",
        "run": _RUN if fit.run else f"Cycles were not measured: {fit.not_run}.",
        "pace": _pace(bundle, fit),
    }
    return filled(_TEMPLATE, values)


_IN_FLASH = (
    "Weights and tables stay in flash (GNU C's `__flash`, therefore `-std=gnu99`, and no C++); only labels and the layers' "
    "shapes are copied to RAM."
)
_IN_RAM = (
    "A layer of this model cannot read its constants from flash on an AVR, so that all weights and tables are copied to "
    "RAM when the chip starts."
)
_RUN = (
    "Cycles and stack are those of the self-test in simavr, whose AVR takes the data sheet's cycles for each "
    "instruction; the self-test counts the same on the board."
)


def _classes(bundle: DeployBundle) -> str:
    rows = [
        (
            plain(one["label"]),
            *(f"{one[what]:.1%}" for what in ("precision", "recall", "f1")),
            f"{one['support']:,}",
        )
        for one in bundle.evaluation["per_class"]
    ]
    return table(("class", "precision", "recall", "F1", "windows"), rows)


def _takes(bundle: DeployBundle, fit: Fitted) -> str:
    chip, run = fit.chip, fit.run
    rows = [
        ("flash", f"{fit.firmware.flash_bytes:,} of {chip.flash_bytes:,} bytes"),
        ("RAM", f"{fit.ram_bytes:,} of {chip.ram_bytes:,} bytes"),
    ]
    if run:
        rows += [
            ("of it stack", f"{run.stack_bytes:,} bytes"),
            ("each further window", _cycles(run.stride_cycles, chip.clock_hz)),
            ("the longest push", _cycles(run.longest_cycles, chip.clock_hz)),
        ]
    return table(("what", "how much"), rows)


def _cycles(cycles: int, clock_hz: int) -> str:
    return f"{cycles:,} cycles, {1000 * cycles / clock_hz:,.1f} ms at {clock_hz / 1e6:g} MHz"


def _pace(bundle: DeployBundle, fit: Fitted) -> str:
    """Whether the chip keeps up with the signal."""
    if fit.run is None:
        return ""
    window = bundle.spec.input
    busy = fit.run.stride_cycles / fit.chip.clock_hz * window.sample_rate_hz / window.stride_length
    if busy >= 1:
        return (
            f"**Too slow for this chip**: a window every {window.stride_ms:g} ms takes {busy:.1f} times the time that "
            "there is, and readings are lost. Lengthen the stride, or use a smaller network or fewer features."
        )
    return f"With a window every {window.stride_ms:g} ms the chip is busy {busy:.1%} of the time."
