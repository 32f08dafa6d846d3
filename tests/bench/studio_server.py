"""A studio of its own for a benchmark: embedded SQLite and Redis in a new folder, gunicorn as ``make up`` runs it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.embedded import EmbeddedRedis
from studio.environment import embedded_redis_socket
from studio.web.management.commands.up import web_command

ROOT = Path(__file__).parents[2]

_SEED = """
import json
import numpy as np
from pathlib import Path
from studio import storage
from studio.accounts.models import ApiKey, User
from studio.data.models import Sample
from studio.projects.models import Project

count = COUNT
user = User.objects.create_user("bench@example.org", "correct horse battery")
project = Project.objects.create_for(user, name="Bench")
key, kept = ApiKey.new_key()
ApiKey.objects.create(project=project, created_by=user, name="bench", scopes=["read", "write"], **kept)
path = Path("signal.npy").absolute()
np.save(path, np.random.default_rng(1).normal(size=(100_000, 3)).astype(np.float32))
signal_key = storage.put(path, storage.project_folder(project.pk, "signals"), suffix=".npy")
path.unlink()
Sample.objects.bulk_create([
    Sample(
        project=project, name=f"recording {n:05d}.csv", label=f"gesture {n % 12}",
        split="test" if n % 5 == 0 else "training", sample_rate_hz=100.0, duration_ms=1_000_000.0,
        channels=["accelerometer x", "accelerometer y", "accelerometer z"], units=["m/s2"] * 3, signal_key=signal_key,
        signal_sha256=f"{n:064x}", original_name="x.csv", original_key=f"{n}", sha256=f"{n:064x}", size_bytes=1_000,
        metadata={"volunteer": n % 40},
    ) for n in range(count)
], batch_size=1000)
print(json.dumps({"project": str(project.pk), "key": key, "sample": str(Sample.objects.first().pk)}))
"""


@dataclass
class StudioServer:
    """A running web process."""

    port: int
    process: subprocess.Popen[bytes]
    seconds_to_health: float
    project: str = ""
    key: str = ""
    sample: str = ""

    def resident_bytes(self) -> int:
        """Resident memory of the process and all below it; pages that they share are counted for each."""
        waiting = [self.process.pid]
        total = 0
        while waiting:
            pid = waiting.pop()
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            total += 1024 * int(status.partition("VmRSS:")[2].split()[0])
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting.extend(map(int, (task / "children").read_text(encoding="ascii").split()))
        return total


def _wait_for_health(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError("the web server ended at once")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/api/v1/health/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError("the web server does not answer")


@contextmanager
def studio_server(samples: int = 0) -> Iterator[StudioServer]:
    """A studio whose project holds that many samples, all of the same signal of 100,000 rows and 3 channels."""
    with tempfile.TemporaryDirectory(prefix="thimble-bench-") as folder:
        data = Path(folder)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("THIMBLE_")}
        environment |= {"THIMBLE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "studio.settings"}
        environment |= {"PYTHONPATH": str(ROOT), "THIMBLE_LOG_LEVEL": "WARNING"}

        def manage(*arguments: str) -> str:
            command = [sys.executable, str(ROOT / "manage.py"), *arguments]
            return subprocess.run(
                command, cwd=folder, env=environment, check=True, capture_output=True, text=True
            ).stdout

        with EmbeddedRedis(data / "redis", embedded_redis_socket(data)):
            manage("migrate", "--verbosity", "0")
            seeded = {}
            if samples:
                seed = _SEED.replace("COUNT", str(samples))
                seeded = json.loads(manage("shell", "--no-imports", "--command", seed).splitlines()[-1])
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            started = time.perf_counter()
            process = subprocess.Popen(web_command("127.0.0.1", port), cwd=ROOT, env=environment)
            try:
                _wait_for_health(port, process)
                yield StudioServer(port, process, time.perf_counter() - started, **seeded)
            finally:
                process.terminate()
                process.wait()
