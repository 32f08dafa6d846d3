"""Every target built twice, on two paths: ``python -m tests.bench reproducible``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.deploy_targets.twice import build_twice


def figures() -> Iterator[Figure]:
    """How many targets were built, and how many of them gave other bytes the second time."""
    with tempfile.TemporaryDirectory(prefix="thimble-twice-") as folder:
        built = build_twice(Path(folder))
        failed = [one.target for one in built.values() if any(one.errors)]
        whole = [one for one in built.values() if not any(one.errors)]
        differing = [one.target for one in whole if one.sha256[0] != one.sha256[1]]
        hashes = [[one.target, *one.sha256] for one in whole]
    yield Figure(
        "targets built on two paths", len(whole), "targets", at_least=len(built), note=", ".join(failed)
    )
    yield Figure(
        "targets with other bytes on the second path",
        len(differing),
        "targets",
        at_most=0,
        note=", ".join(differing),
        detail=hashes,
    )
