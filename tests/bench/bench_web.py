"""The web process: seconds until it answers, and its memory when nobody asks anything."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.bench.studio_server import studio_server

STARTS = 3


def figures() -> Iterator[Figure]:
    seconds, resident = [], []
    for _ in range(STARTS):
        with studio_server() as server:
            seconds.append(server.seconds_to_health)
            resident.append(server.resident_bytes())
    note = f"until /api/v1/health/ answers; median of {STARTS} starts, longest {max(seconds):.2f} s"
    yield Figure("web_start", statistics.median(seconds), "s", at_most=3.0, note=note)
    yield Figure(
        "web_idle_memory",
        max(resident) / 1e6,
        "MB",
        at_most=200.0,
        note="RSS, master and worker, after the first answer",
    )
