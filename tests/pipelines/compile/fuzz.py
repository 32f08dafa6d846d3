"""`make fuzz`: random graphs against the interpreters and damaged files against the reader, for as long as one likes.

    python -m tests.pipelines.compile.fuzz --minutes 60
    python -m tests.pipelines.compile.fuzz --examples 3000

Each round draws anew. What fails is written to build/fuzz/ as a .tflite, made smaller by Hypothesis, and kept in
Hypothesis's database there, with which the next run begins. Exit code 1 when anything failed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from .batches import FAILURES, check, saved
from .damage import compiles_or_explains, damaged_model
from .test_compile_random_graphs import cases

GRAPHS, DAMAGED = 20, 400
DATABASE = DirectoryBasedExampleDatabase(FAILURES / "hypothesis")


def rounds(number: int):
    """One round of each property, as functions to call."""
    chosen = settings(
        deadline=None,
        database=DATABASE,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
        print_blob=True,
    )

    @seed(number)
    @settings(chosen, max_examples=2)
    @given(st.lists(cases(), min_size=1, max_size=GRAPHS))
    def graphs(batch):
        check(batch)

    def files():
        rng = random.Random(number)
        for _ in range(DAMAGED):
            model = damaged_model(rng)
            try:
                compiles_or_explains(model)
            except Exception as error:
                raise AssertionError(f"{saved(model)}: {error!r}") from error

    return graphs, files


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=None, help="stop after this long")
    parser.add_argument("--examples", type=int, default=None, help="stop after about this many random graphs")
    chosen = parser.parse_args()
    if chosen.minutes is None and chosen.examples is None:
        chosen.minutes = 10.0
    start, done, failed = time.monotonic(), 0, 0
    number = time.time_ns() % 2**32
    while (chosen.minutes is None or time.monotonic() - start < 60 * chosen.minutes) and (
        chosen.examples is None or done < chosen.examples
    ):
        for run in rounds(number):
            try:
                run()
            except Exception:
                failed += 1
                traceback.print_exc()
        number += 1
        done += 2 * GRAPHS
        elapsed = time.monotonic() - start
        print(f"{elapsed:7.0f} s: at most {done} graphs, {failed} rounds failed", flush=True)
    if failed:
        print(f"The failing models are in {FAILURES}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
