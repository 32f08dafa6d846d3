"""``make bench``: measure what Thimble promises, print it, write ``build/bench.json``.

``python -m tests.bench [NAME ...]`` runs only the benchmarks whose module is named (``features``
for ``bench_features.py``) and keeps the other figures of ``build/bench.json``. A benchmark is a module
``bench_NAME.py`` beside this one with a function ``figures() -> Iterable[Figure]``; it raises
:class:`unittest.SkipTest` where what it needs is absent.
"""

from __future__ import annotations

import importlib
import json
import sys
import unittest
from pathlib import Path

from tests.bench.figure import Figure

REPORT = Path("build/bench.json")


def names() -> list[str]:
    return sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py"))


def run(name: str) -> list[Figure]:
    """The figures of one benchmark, printed as they come."""
    print(f"-- {name}", flush=True)
    measured: list[Figure] = []
    try:
        for figure in importlib.import_module(f"tests.bench.bench_{name}").figures():
            print(figure.as_line(), flush=True)
            measured.append(figure)
    except unittest.SkipTest as reason:
        print(f"   left out: {reason}", flush=True)
    return measured


def main() -> int:
    chosen = sys.argv[1:] or names()
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    report = json.loads(REPORT.read_text()) if sys.argv[1:] and REPORT.exists() else {}
    missed = []
    for name in chosen:
        for figure in run(name):
            report[figure.name] = figure.as_json()
            if figure.met is False:
                missed.append(figure.name)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    print(f"\n{len(report)} figures in {REPORT}; missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
