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

_TEMPLATE = Path(__file__).parent / "templates" / "selftest.c"


def selftest_source(library: Library, self_test: SelfTest) -> str:
    """``{name}_selftest.c``."""
    count = min(len(self_test.windows), MAX_WINDOWS, max(1, MAX_FLOATS // library.window_floats))
    values = {
        "name": library.name,
        "NAME": library.name.upper(),
        "count": str(count),
        "tolerance": c_number(TOLERANCE[library.variant]),
        "windows": _rows(self_test.windows[:count].reshape(count, -1)),
        "expected": _rows(self_test.probabilities[:count]),
    }
    return Template(_TEMPLATE.read_text()).substitute(values)


def _rows(values: FloatArray) -> str:
    """Initialisers of a two-dimensional array."""
    return "".join(f"    {{\n{_lines(row.tolist())}    }},\n" for row in values)


def _lines(row: list[float]) -> str:
    texts = [c_number(float(value)) for value in row]
    lines = [", ".join(texts[start : start + 8]) for start in range(0, len(texts), 8)]
    return "".join(f"        {line},\n" for line in lines)
