"""Write a compiled model into a folder: each file whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from pipelines.report.model_report import ModelReport
from pipelines.report.model_table import totals

# A header of ours called like one of these would be included in its place.
_STANDARD_HEADERS = frozenset(
    [
        "assert",
        "complex",
        "ctype",
        "errno",
        "fenv",
        "float",
        "inttypes",
        "iso646",
        "limits",
        "locale",
        "math",
        "setjmp",
        "signal",
        "stdarg",
        "stdbool",
        "stddef",
        "stdint",
        "stdio",
        "stdlib",
        "string",
        "tgmath",
        "time",
        "wchar",
        "wctype",
    ]
)
_NAME_LENGTH = 63


def name_from(path: Path) -> str:
    """A C identifier that is like the name of a file."""
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    if not name or name[0].isdigit() or name in _STANDARD_HEADERS:
        name = f"model_{name}".rstrip("_")
    return name[:_NAME_LENGTH]


def prepare_folder(folder: Path) -> None:
    """Make a folder, and make sure that it can be written to.

    Raises:
        OSError: it cannot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=folder).close()


def write_model(report: ModelReport, folder: Path) -> None:
    """Write the C files and a README. The ``.c`` file comes last: when it is there, all that it includes is too."""
    files = {"README.md": _readme(report), **report.model.files}
    for name in sorted(files, key=lambda each: each.endswith(".c")):
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=f".{name}.", delete=False) as temporary:
            temporary.write(files[name])
        os.chmod(temporary.name, 0o644)
        os.replace(temporary.name, folder / name)


def _readme(report: ModelReport) -> str:
    name = report.model.name
    flags = " ".join(report.board.toolchain.gcc)
    return f"""# {name}

A neural network as plain C99, made by Thimble. `{name}.h` says how to call it. Compile `{name}.c` only:

    arm-none-eabi-gcc -std=c99 -O3 -ffp-contract=off {flags} -c {name}.c

Without `-ffp-contract=off`, or with `-ffast-math`, floating-point results differ from machine to machine.

```
{totals(report)}
```
"""
