"""The self-test of a C library: real windows and the answers that the measured code gave."""

from __future__ import annotations

from pathlib import Path
from string import Template

from deploy_targets.base import SelfTest
from pipelines.compile.c_text import c_number
from pipelines.compile.library import Library
from pipelines.signals import FloatArray

MAX_WINDOWS = 8
MAX_FLOATS = 100_000
"""At most so many samples, beyond the first window: the file is to stay readable and to fit a board."""

TOLERANCE = {"int8": 0.0, "float32": 1e-5}
"""int8 must be equal bit for bit; a compiler that contracts a * b + c moves float32 by less than this."""

_TEMPLATES = Path(__file__).parent / "templates"


def selftest_files(library: Library, self_test: SelfTest, tolerance: float | None = None) -> dict[str, str]:
    """``{name}_selftest.h`` and ``{name}_selftest.c``.

    Args:
        library, self_test: whose windows and answers.
        tolerance: how far a probability may be off; None: as far as our own C's.
    """
    return {
        f"{library.name}_selftest.h": _filled("selftest.h", library),
        f"{library.name}_selftest.c": selftest_source(library, self_test, tolerance),
    }


def selftest_main(library: Library) -> str:
    """A main function that runs the self-test and prints, for machines with a standard output."""
    return _filled("selftest_main.c", library)


def _filled(template: str, library: Library, **values: str) -> str:
    names = {"name": library.name, "NAME": library.name.upper()}
    return Template((_TEMPLATES / template).read_text()).substitute(names, **values)


def selftest_source(library: Library, self_test: SelfTest, tolerance: float | None = None) -> str:
    """``{name}_selftest.c``."""
    count = min(len(self_test.windows), MAX_WINDOWS, max(1, MAX_FLOATS // library.window_floats))
    values = {
        "count": str(count),
        "tolerance": c_number(TOLERANCE[library.variant] if tolerance is None else tolerance),
        "windows": _rows(self_test.windows[:count].reshape(count, -1)),
        "expected": _rows(self_test.probabilities[:count]),
    }
    return _filled("selftest.c", library, **values)


def _rows(values: FloatArray) -> str:
    """Initialisers of a two-dimensional array."""
    return "".join(f"    {{\n{_lines(row.tolist())}    }},\n" for row in values)


def _lines(row: list[float]) -> str:
    texts = [c_number(float(value)) for value in row]
    lines = [", ".join(texts[start : start + 8]) for start in range(0, len(texts), 8)]
    return "".join(f"        {line},\n" for line in lines)
