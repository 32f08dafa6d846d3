"""The sign of life that a worker gives for a job, from taking it to the end, and how it learns that it must stop."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType

from django.db import DatabaseError, connection

from studio.jobs.models import Job

logger = logging.getLogger(__name__)

WRITE_EVERY_S = 1.0
LOOK_EVERY_S = 0.25


class Heartbeat:
    """Context manager: writes ``percent`` and ``message`` once a second; ``lost`` is set when the job is no longer ours.

    It looks more often than it writes, so that a cancelled job stops at once.
    """

    def __init__(self, job: Job) -> None:
        self.percent = 0.0
        self.message = "Starting"
        self.lost = threading.Event()
        self._job = job
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        next_write = time.monotonic() + WRITE_EVERY_S
        try:
            while not self._ended.wait(LOOK_EVERY_S) and not self.lost.is_set():
                try:
                    if time.monotonic() < next_write:
                        ours = self._job.is_ours()
                    else:
                        next_write = time.monotonic() + WRITE_EVERY_S
                        ours = self._job.beat(self.percent, self.message)
                except DatabaseError as error:
                    # A busy database: the next beat may do better; if none does, the reaper takes the job away.
                    logger.warning("job %s: no heartbeat: %s", self._job.pk, error)
                    connection.close()
                else:
                    if not ours:
                        self.lost.set()
        finally:
            connection.close()
