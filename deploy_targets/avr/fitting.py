"""Whether a library fits a chip, and what it takes there: from linked programs and, where simavr is, from running them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_targets.avr import programs
from deploy_targets.avr.chips import Chip
from deploy_targets.avr.measure import (
    Run,
    Sizes,
    build,
    compiler_version,
    has_simulator,
    reads_flash,
    run_selftest,
)
from deploy_targets.base import DeployBundle, TargetError
from pipelines.compile.library import Library

_LEAST_STACK_BYTES = 128
"""What the programs need at least where the stack was not measured."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A library, built and measured for a chip.

    Args:
        files: sources of the library and its two programs.
        constants_in_flash: else they are copied to RAM when the chip starts.
        firmware: what the firmware takes.
        run: what the self-test told in simavr; None where it was not run, and ``not_run`` says why.
        compiler: GCC and its version.
    """

    chip: Chip
    files: Mapping[str, str]
    constants_in_flash: bool
    firmware: Sizes
    run: Run | None
    not_run: str
    compiler: str

    @property
    def ram_bytes(self) -> int:
        """Variables, and the stack where it was measured."""
        return self.firmware.static_bytes + (self.run.stack_bytes if self.run else 0)

    def as_json(self) -> dict[str, Any]:
        """For ``thimble.json``: what was measured, and nothing else."""
        found: dict[str, Any] = {
            "mcu": self.chip.mcu,
            "flash_bytes": self.firmware.flash_bytes,
            "variables_bytes": self.firmware.static_bytes,
            "constants_in": "flash" if self.constants_in_flash else "ram",
            "toolchain": f"{self.compiler} -Os",
        }
        if self.run:
            found["stack_bytes"] = self.run.stack_bytes
            found["cycles_a_window"] = self.run.stride_cycles
            found["cycles_of_the_longest_push"] = self.run.longest_cycles
        return found


def fitted(library: Library, bundle: DeployBundle, chip: Chip) -> Fitted:
    """Build a library for a chip and measure it.

    Raises:
        TargetError: it does not fit, with the numbers; the compiler refuses it; or the self-test fails in simavr.
    """
    _check_structs(library, chip)
    window = bundle.spec.input
    files = {**programs.library_files(library, constants_in_flash=True), **programs.fixed_files()}
    in_flash = reads_flash(files, chip)
    if not in_flash:
        files |= programs.library_files(library, constants_in_flash=False)

    files["avr/firmware.c"] = programs.firmware(library, window, chip, None)
    firmware, _ = build(files, "avr/firmware.c", chip)
    _check_fit(library, chip, firmware, None, in_flash)

    left_bytes = chip.flash_bytes - firmware.flash_bytes
    files["avr/selftest.c"] = programs.selftest(library, bundle.self_test, left_bytes)
    run, not_run = _run(files, chip)
    if run is not None:
        if not run.passed:
            raise TargetError(f"the self-test fails in simavr: {run.text.strip()[-400:]}", field="mcu")
        longest_s = run.longest_cycles / chip.clock_hz
        files["avr/firmware.c"] = programs.firmware(library, window, chip, longest_s)
        firmware, _ = build(files, "avr/firmware.c", chip)
        _check_fit(library, chip, firmware, run, in_flash)
    return Fitted(chip, files, in_flash, firmware, run, not_run, compiler_version())


def _run(files: Mapping[str, str], chip: Chip) -> tuple[Run | None, str]:
    """The self-test's run, or why there is none."""
    if not has_simulator():
        return None, "Debian's simavr is not installed"
    sizes, elf = build(files, "avr/selftest.c", chip)
    if sizes.flash_bytes > chip.flash_bytes or sizes.static_bytes + _LEAST_STACK_BYTES > chip.ram_bytes:
        return None, "the self-test with one window is larger than the chip"
    run = run_selftest(elf, chip)
    return run, "" if run else "the self-test did not end in time in simavr"


def _check_structs(library: Library, chip: Chip) -> None:
    """What is known before anything is compiled; a compiler for 16-bit addresses has no words for more."""
    needed_bytes = library.workspace_bytes + library.continuous_bytes + library.decision_bytes
    if needed_bytes > chip.ram_bytes:
        raise TargetError(
            f"the model does not fit an {chip.title}: workspace ({library.workspace_bytes:,}), signal "
            f"({library.continuous_bytes:,}) and decision ({library.decision_bytes:,}) take {needed_bytes:,} bytes of "
            f"RAM, of {chip.ram_bytes:,}; choose a larger chip, a shorter window or fewer features",
            field="mcu",
        )


def _check_fit(library: Library, chip: Chip, sizes: Sizes, run: Run | None, in_flash: bool) -> None:
    if sizes.flash_bytes > chip.flash_bytes:
        raise TargetError(
            f"the model does not fit an {chip.title}: its firmware takes {sizes.flash_bytes:,} bytes of flash, of "
            f"{chip.flash_bytes:,}; choose a larger chip or a smaller network",
            field="mcu",
        )
    stack_bytes = run.stack_bytes if run else _LEAST_STACK_BYTES
    if sizes.static_bytes + stack_bytes <= chip.ram_bytes:
        return
    stack = f"{stack_bytes:,} of stack" if run else f"at least {stack_bytes:,} of stack"
    constants = "" if in_flash else ", the weights, which a layer of this model cannot read from flash"
    raise TargetError(
        f"the model does not fit an {chip.title}: it takes {sizes.static_bytes:,} bytes of RAM for variables "
        f"(workspace {library.workspace_bytes:,}, signal {library.continuous_bytes:,}{constants}) and {stack}, of "
        f"{chip.ram_bytes:,}; choose a larger chip, a shorter window or fewer features",
        field="mcu",
    )
