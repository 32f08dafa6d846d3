"""The C of a feature block as a shared library: built once, cached, called for many windows at a time.

A call through ctypes releases the GIL, so that threads extract features side by side.
"""

from __future__ import annotations

import ctypes
import functools
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.toolchain import DEFAULT_FLAGS, build_shared_library

NATIVE_FOLDER = Path(__file__).parent / "native"

_DRIVER = """\
#include <stddef.h>

#include "{function}.h"

void {function}_batch(const {config_type} *config, const float *windows, size_t count, size_t window_floats,
                      size_t feature_floats, float *features, float *scratch);

void {function}_batch(const {config_type} *config, const float *windows, size_t count, size_t window_floats,
                      size_t feature_floats, float *features, float *scratch)
{{
    size_t i;
    for (i = 0; i < count; i++) {{
        {function}(config, windows + i * window_floats, features + i * feature_floats, scratch);
    }}
}}
"""


def read_sources(units: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and sources (file name -> text) of the named units of ``native/``; some have a header alone."""
    headers = {f"{unit}.h": (NATIVE_FOLDER / f"{unit}.h").read_text(encoding="utf-8") for unit in units}
    files = [NATIVE_FOLDER / f"{unit}.c" for unit in units]
    sources = {file.name: file.read_text(encoding="utf-8") for file in files if file.exists()}
    return headers, sources


@functools.cache
def machine_flags() -> tuple[str, ...]:
    """Compiler flags for vectors as wide as this machine has; results do not depend on them.

    Named features rather than ``-march=native``, so that a cache that two machines share holds for both.
    """
    cpuinfo = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not cpuinfo.exists():
        return ()
    lines = (line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("flags"))
    features = set(next(lines, "").split())
    return ("-mavx2",) if "avx2" in features else ()


@functools.cache
def batch_function(function: str, config_type: str, units: tuple[str, ...]) -> Callable[..., None]:
    """The block's C function, looped over many windows.

    Called as ``(config, windows, count, window_floats, feature_floats, features, scratch)``; the pointers are
    addresses (``array.ctypes.data``).

    Args:
        function: its C name; it is declared in the header of the same name.
        config_type: its config struct.
        units: the units of ``native/`` that it is built from.

    Raises:
        ToolchainError: there is no C compiler, or it refuses the sources.
    """
    headers, sources = read_sources(units)
    driver = _DRIVER.format(function=function, config_type=config_type)
    flags = [*DEFAULT_FLAGS, *machine_flags()]
    path = build_shared_library({**headers, **sources, "batch.c": driver}, flags)
    batch: Any = getattr(ctypes.CDLL(str(path)), f"{function}_batch")
    address, size = ctypes.c_void_p, ctypes.c_size_t
    batch.argtypes = [address, address, size, size, size, address, address]
    batch.restype = None
    return batch  # type: ignore[no-any-return]
