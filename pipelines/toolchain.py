"""Find the C compiler of this machine and build shared libraries with it, cached by content.

The feature blocks and the compiled models are C; the server calls them as shared libraries. A library
is built once for each distinct (compiler, flags, sources) and kept in a cache folder, so that calling
`build_shared_library` again with the same arguments costs one hash.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

DEFAULT_FLAGS: tuple[str, ...] = ("-O3", "-std=c99", "-ffp-contract=off", "-fPIC", "-shared")
COMPILE_TIMEOUT_S = 300


class ToolchainError(RuntimeError):
    """The machine has no C compiler, or the compiler refused the sources. The message says what to do."""


@functools.cache
def _find_compiler() -> tuple[str, ...]:
    for name in ("cc", "gcc", "clang"):
        path = shutil.which(name)
        if path is not None:
            return (path,)
    if importlib.util.find_spec("ziglang") is not None:
        return (sys.executable, "-m", "ziglang", "cc")
    raise ToolchainError(
        "no C compiler found: install gcc or clang (Debian: apt install gcc), or the PyPI package ziglang"
    )


def host_compiler() -> list[str]:
    """The command, as an argument list, of a C compiler that builds for this machine.

    `cc`, `gcc` or `clang` from PATH, else the Zig compiler of the `ziglang` wheel.
    Raises `ToolchainError` where there is none.
    """
    return list(_find_compiler())


@functools.cache
def compiler_version(command: tuple[str, ...]) -> str:
    """The text of `<command> --version`; part of the cache key, because a new compiler is a new library."""
    result = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return result.stdout


def cache_folder() -> Path:
    """Where built libraries are kept: `$THIMBLE_CACHE_DIR`, else `~/.cache/thimble`. Created when missing."""
    configured = os.environ.get("THIMBLE_CACHE_DIR")
    folder = Path(configured) if configured else Path.home() / ".cache" / "thimble"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def build_shared_library(
    sources: Mapping[str, str | bytes], flags: Sequence[str] = DEFAULT_FLAGS, *, compiler: Sequence[str] = ()
) -> Path:
    """Compile `sources` into one shared library and return its path.

    `sources` maps relative file names to their content. Every `.c` file is compiled; the others
    (headers) are only there to be included. `flags` replace the default flags; results are equal on
    server, browser and device only with `-ffp-contract=off` and without `-ffast-math`.
    `compiler` overrides `host_compiler()`.

    The library is cached by the hash of compiler, flags and sources, and moved into place in one
    step, so that concurrent callers never see half a file. Raises `ToolchainError` with the
    compiler's own messages when it refuses the sources.
    """
    command = list(compiler) or host_compiler()
    contents = {name: _as_bytes(text) for name, text in sorted(sources.items())}
    for name in contents:
        _check_relative(name)
    units = [name for name in contents if name.endswith(".c")]
    if not units:
        raise ToolchainError("no .c file among the sources: there is nothing to compile")

    library = cache_folder() / "libraries" / f"{_digest(command, flags, contents)}.so"
    if library.exists():
        return library
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent, prefix="build-") as temporary:
        folder = Path(temporary)
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        built = folder / "built.so"
        run_compiler([*command, *flags, "-I", ".", "-o", built.name, *units], folder)
        os.replace(built, library)
    return library


def run_compiler(command: Sequence[str], folder: Path) -> None:
    """Run one compiler command in `folder`; `ToolchainError` with what it printed when it fails."""
    try:
        result = subprocess.run(
            list(command), cwd=folder, capture_output=True, text=True, timeout=COMPILE_TIMEOUT_S, check=False
        )
    except FileNotFoundError as error:
        raise ToolchainError(f"compiler not found: {command[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise ToolchainError(
            f"the compiler did not finish within {COMPILE_TIMEOUT_S} s: {command}"
        ) from error
    if result.returncode != 0:
        raise ToolchainError(f"{' '.join(command)} failed:\n{result.stderr or result.stdout}")


def _as_bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _check_relative(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name.startswith("-"):
        raise ToolchainError(f"source name {name!r} must be a relative path without '..'")


def _digest(command: Sequence[str], flags: Sequence[str], contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for part in (*command, compiler_version(tuple(command)), "", *flags):
        digest.update(part.encode() + b"\0")
    for name, content in contents.items():
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
