"""C sources -> a WebAssembly module that imports nothing, for the targets that run in a browser.

The plain flavour needs what every browser has had since 2021 (Chrome 75, Firefox 79, Safari 15; Node 12.5): bulk
memory, sign extension and conversions that saturate as an Arm core's do. The other needs SIMD (Chrome 91,
Firefox 89, Safari 16.4, Node 16.4). The compiler makes vectors only of what it need not reorder, so that both flavours
give the device's results bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy_targets.zig import ZIG, build_with_zig

__all__ = ["ZIG", "build_wasm"]

STACK_BYTES = 65_536
_RUNTIME = Path(__file__).parent / "wasm" / "runtime"


def build_wasm(sources: Mapping[str, str], exports: Sequence[str], *, simd: bool) -> bytes:
    """One module with the memory ``memory`` and the named functions and variables. Cached by content.

    The stack lies below all data, so that an overflow traps. A variable is exported as the global that holds its
    address. The module has no names, paths or times in it: equal sources give equal bytes.

    Args:
        sources: file name -> text; every ``.c`` is compiled. ``string.h`` is there, the rest of the C library is not.
        exports: what the page is to call or to find; everything else may be left out.
        simd: use 128-bit vectors.

    Raises:
        TargetError: Zig is not installed, or it refused the sources.
    """
    runtime = {f"runtime/{file.name}": file.read_text() for file in sorted(_RUNTIME.iterdir())}
    flags = [
        f"-mcpu=lime1{'+simd128' if simd else ''}",
        "-isystem",
        "runtime",
        "-nostdlib",
        "-Wl,--no-entry",
        "-Wl,--strip-all",
        f"-Wl,-z,stack-size={STACK_BYTES}",
        *(f"-Wl,--export={name}" for name in exports),
    ]
    return build_with_zig({**runtime, **sources}, "wasm32-freestanding", flags)
