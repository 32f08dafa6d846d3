"""Build C for other platforms with Zig's clang, from PyPI: the same bytes on every server that has the same Zig."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from deploy_targets.errors import TargetError
from deploy_targets.needs import Need
from pipelines.toolchain import ToolchainError, build_shared_library

ZIG = Need("python", "ziglang", "pip install ziglang")

_FLAGS = ("-O3", "-std=c99", "-ffp-contract=off", "-fno-sanitize=all", "-fno-stack-protector", "-g0")


def build_with_zig(sources: Mapping[str, str], platform: str, flags: Sequence[str]) -> bytes:
    """Compile and link C sources; the linked file. Cached by content.

    Args:
        sources: relative file name -> text; every ``.c`` is compiled.
        platform: Zig's name of it, ``wasm32-freestanding`` or ``aarch64-linux-gnu.2.17``.
        flags: beside optimisation and exact arithmetic, which are always asked for.

    Raises:
        TargetError: Zig is not installed, or it refused the sources.
    """
    missing = ZIG.missing()
    if missing:
        raise TargetError(missing)
    compiler = (sys.executable, "-m", "ziglang", "cc", "-target", platform)
    try:
        return build_shared_library(sources, (*_FLAGS, *flags), compiler=compiler).read_bytes()
    except ToolchainError as error:
        raise TargetError(str(error)) from error
