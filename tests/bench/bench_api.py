"""The API over a project of 10,000 samples: 95th percentile of the whole answer over HTTP, embedded SQLite."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.bench.studio_server import StudioServer, studio_server

SAMPLES = 10_000
REQUESTS = 150
MOST_MS = 150.0


def milliseconds(
    server: StudioServer, path: str, requests: int = REQUESTS, method: str = "GET", body: str = ""
) -> list[float]:
    """One after another on a connection that is kept."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    taken = []
    for _ in range(requests):
        start = time.perf_counter()
        connection.request(
            method, f"/api/v1/projects/{server.project}/{path}", body=body or None, headers=headers
        )
        answer = connection.getresponse()
        content = answer.read()
        taken.append(1000 * (time.perf_counter() - start))
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
    connection.close()
    return taken


def percentile_95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def figures() -> Iterator[Figure]:
    with studio_server(SAMPLES) as server:
        for name, path in {
            "list": "samples/",
            "list_deep": "samples/?offset=9900&ordering=name",
            "filter": "samples/?label=gesture%203&split=test",
            "search": "samples/?q=recording%20042",
            "one_sample": f"samples/{server.sample}/",
            "summary": "samples/summary/",
            "waveform": f"samples/{server.sample}/waveform/?points=1000",
        }.items():
            milliseconds(server, path, 3)
            taken = milliseconds(server, path)
            note = f"median {statistics.median(taken):.0f} ms, {SAMPLES:,} samples, {REQUESTS} requests"
            yield Figure(f"api_{name}_p95", percentile_95(taken), "ms", at_most=MOST_MS, note=note)
        yield _four_at_once(server)
        taken = milliseconds(server, "dataset-versions/", 1, "POST", json.dumps({"note": "bench"}))
        yield Figure("api_dataset_version_of_10000", taken[0] / 1000, "s", at_most=2.0)


def _four_at_once(server: StudioServer) -> Figure:
    """Four people who list samples at the same time."""
    together: list[float] = []
    people = [
        threading.Thread(target=lambda: together.extend(milliseconds(server, "samples/", 50)))
        for _ in range(4)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return Figure("api_list_p95_four_at_once", percentile_95(together), "ms", note="the target is for one")
