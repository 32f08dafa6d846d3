"""A worker whose runs do what a small script says, to bring the supervision of jobs into every corner quickly.

The name of the run's design is the name of the script, a function of this module. Everything but
the pipeline is real. Start it with ``celery -A tests.studio.jobs.scripted worker``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

NO_RESULT: dict[str, Any] = {"metrics": {"labels": []}, "artifacts": {}}


def say(kind: str, **fields: Any) -> None:
    print(json.dumps({"type": kind, **fields}), flush=True)


def done() -> None:
    say("result", result=NO_RESULT)


def counts() -> None:
    """Tells everything that a run tells, with noise between."""
    say("step", step="features", state="started")
    say("progress", percent=10, message="Features: 1 of 10")
    print("a library says something")
    print("{not json", flush=True)
    print("a warning", file=sys.stderr, flush=True)
    say("log", line="a line with a NUL \0 and ünïcödé")
    say("step", step="features", state="finished")
    for epoch in (1, 2, 3):
        say("epoch", epoch=epoch, epochs=3, loss=1 / epoch, accuracy=0.5, val_loss=None, val_accuracy=0.5)
        say("progress", percent=10 + 20 * epoch, message=f"Training: epoch {epoch} of 3")
    done()


def hangs() -> None:
    """Ignores every polite signal, has a child that does too, and tells both process ids."""
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    grandchild = subprocess.Popen([sys.executable, "-c", child])
    say("log", line=f"pids {os.getpid()} {grandchild.pid}")
    say("epoch", epoch=1, epochs=2, loss=1.0)
    time.sleep(600)


def pauses() -> None:
    """Works for three seconds."""
    for tenth in range(30):
        say("progress", percent=tenth, message="Working")
        time.sleep(0.1)
    done()


def crashes() -> None:
    print("Traceback: something broke", file=sys.stderr, flush=True)
    os._exit(3)


def killed() -> None:
    os.kill(os.getpid(), 9)


def refuses() -> None:
    say("error", field="input.window_ms", message="the window is too long")
    sys.exit(1)


def floods() -> None:
    """Prints ten times what a log keeps."""
    for _ in range(10_000):
        print("x" * 1000)
    done()


def fails_once(folder: Path) -> None:
    """Fails in the first attempt only."""
    mark = Path(os.environ["THIMBLE_DATA_DIR"]) / "failed-once"
    if mark.exists():
        done()
    else:
        mark.touch()
        refuses()


if __name__ == "__main__":
    script = globals()[sys.argv[1]]
    script(Path(sys.argv[2])) if script is fails_once else script()
else:
    import django

    django.setup()

    from studio.celery import app
    from studio.jobs.models import Job
    from studio.jobs.work import register_work
    from studio.runs.models import Run
    from studio.runs.work import RunWork

    class ScriptedWork(RunWork):
        time_limit_s = float(os.environ.get("TEST_TIME_LIMIT_S", "60"))

        def prepare(self, job: Job, folder: Path) -> list[str]:
            return [sys.executable, __file__, Run.objects.get(job=job).design_name, str(folder)]

    celery = app
    register_work(ScriptedWork())
