"""Sources that bring their own compiler settings, for build systems in which a library cannot ask for flags."""

from __future__ import annotations

from collections.abc import Mapping

_TOP = """\
/*
 * This file's own settings, whatever the flags of the build: without contracted floating-point operations the results
 * equal those that were measured, bit for bit{speed}.
 */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize({settings})
/* GCC 12 takes the ends of unrolled loops, which never run for most layers, for endless ones. */
#pragma GCC diagnostic ignored "-Waggressive-loop-optimizations"
#endif

"""


def with_own_settings(files: Mapping[str, str], optimize: str) -> dict[str, str]:
    """The files, each ``.c`` with the settings at its top.

    Args:
        optimize: what the pipeline prefers; where that is not ``size``, GCC is asked for the speed that was measured.
            ``size`` leaves it to the build.
    """
    is_fast = optimize != "size"
    top = _TOP.format(
        speed="; and at -O3, as it was measured" if is_fast else "",
        settings='"O3", "fp-contract=off"' if is_fast else '"fp-contract=off"',
    )
    return {name: top + text if name.endswith(".c") else text for name, text in files.items()}
