"""Runs a job's command as a child process: reads its events, keeps the job alive, stops it when told to."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db import DatabaseError

from studio.jobs import events
from studio.jobs.heartbeat import Heartbeat
from studio.jobs.models import Job

logger = logging.getLogger(__name__)

LEASH = Path(__file__).with_name("leash.py")
LOG_FLUSH_S = 1.0
POLL_S = 0.2
LINE_LIMIT_CHARACTERS = 32 * 1024 * 1024
LOG_LINE_LIMIT_CHARACTERS = 4_000
SHARED_EVENT_TYPES = {"step", "progress", "epoch", "log"}

shutting_down = threading.Event()
"""Set when this worker is asked to stop: supervisors then give their jobs back."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The work was stopped from outside. ``released``: this worker is going; the job should go on elsewhere."""

    released: bool


Outcome = Succeeded | Failed | Stopped


@dataclass
class Supervisor:
    """One attempt at a job: runs ``command``, tells ``heartbeat`` how far it is, stops when the heartbeat is lost."""

    job: Job
    heartbeat: Heartbeat
    command: list[str]
    folder: Path
    time_limit_s: float
    when_too_slow: str = ""

    _log: list[str] = field(default_factory=list)
    _result: dict[str, Any] | None = None
    _error: Failed | None = None

    def run(self) -> Outcome:
        """Start the command and stay with it to its end, which is never later than the time limit."""
        process = self._start()
        try:
            outcome = self._watch(process)
        finally:
            # Also after a normal end: nothing that the command started may stay behind.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._flush_log()
        return outcome

    def _start(self) -> subprocess.Popen[str]:
        environment = os.environ | {
            "PYTHONUNBUFFERED": "1",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "TMPDIR": str(self.folder),
        }
        return subprocess.Popen(
            [sys.executable, "-I", str(LEASH), str(os.getpid()), *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            start_new_session=True,
        )

    def _watch(self, process: subprocess.Popen[str]) -> Outcome:
        lines: queue.Queue[tuple[bool, str] | None] = queue.Queue(maxsize=1000)
        for pipe, is_event in ((process.stdout, True), (process.stderr, False)):
            threading.Thread(target=_read_lines, args=(pipe, is_event, lines), daemon=True).start()
        deadline = time.monotonic() + self.time_limit_s
        next_flush = 0.0
        open_pipes = 2
        while open_pipes:
            try:
                line = lines.get(timeout=POLL_S)
            except queue.Empty:
                if process.poll() is not None:
                    # A process that the command left behind holds the pipe; what matters has been said.
                    break
            else:
                if line is None:
                    open_pipes -= 1
                else:
                    self._take(*line)
            now = time.monotonic()
            if now >= next_flush:
                next_flush = now + LOG_FLUSH_S
                self._flush_log()
            if self.heartbeat.lost.is_set():
                return Stopped(released=False)
            if shutting_down.is_set():
                return Stopped(released=True)
            if now > deadline:
                return Failed(
                    "",
                    f"The work took longer than {self.time_limit_s / 60:g} minutes, at “{self.heartbeat.message}”. "
                    f"{self.when_too_slow}".rstrip(),
                )
        return self._conclude(process.wait())

    def _conclude(self, code: int) -> Outcome:
        if code == 0 and self._result is not None:
            return Succeeded(self._result)
        if self._error is not None:
            return self._error
        if code == 128 + signal.SIGKILL:
            return Failed(
                "", "The work was killed, most likely for want of memory: try a smaller model or window."
            )
        return Failed("", f"The work ended without a result (exit code {code}); its log says more.")

    def _flush_log(self) -> None:
        text, self._log = "".join(self._log), []
        try:
            self.job.append_log(text)
        except DatabaseError as error:
            # Deleted meanwhile, or busy: the work matters more than its log.
            logger.warning("job %s: log not written: %s", self.job.pk, error)

    def _take(self, is_event: bool, line: str) -> None:
        event = _event_of(line) if is_event else None
        if event is None:
            event = {"type": "log", "line": line.rstrip("\n")[:LOG_LINE_LIMIT_CHARACTERS]}
        match event["type"]:
            case "progress":
                self.heartbeat.percent = min(100.0, max(self.heartbeat.percent, float(event["percent"])))
                self.heartbeat.message = str(event["message"])
            case "log":
                self._log.append(f"{event['line']}\n")
            case "step":
                self._log.append(f"{event['step']}: {event['state']}\n")
            case "epoch":
                numbers = ", ".join(
                    f"{name} {event[name]:.4f}"
                    for name in ("loss", "accuracy", "val_loss", "val_accuracy")
                    if isinstance(event.get(name), int | float)
                )
                self._log.append(f"epoch {event['epoch']} of {event['epochs']}: {numbers}\n")
            case "result":
                self._result = event["result"]
            case "error":
                self._error = Failed(str(event.get("field") or ""), str(event.get("message") or "Failed"))
                self._log.append(f"error: {self._error.message}\n")
        if event["type"] in SHARED_EVENT_TYPES and not events.publish(
            str(self.job.pk), self.job.attempt, event
        ):
            self.heartbeat.lost.set()


def _event_of(line: str) -> dict[str, Any] | None:
    """The event in a line of standard output, or None where the line is something that a library printed."""
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    needed = {
        "step": ("step", "state"),
        "progress": ("percent", "message"),
        "epoch": ("epoch", "epochs"),
        "log": ("line",),
        "result": ("result",),
        "error": ("message",),
    }
    fields = needed.get(event.get("type"))
    return event if fields and all(name in event for name in fields) else None


def _read_lines(pipe: IO[str], is_event: bool, lines: queue.Queue[tuple[bool, str] | None]) -> None:
    """Pass a pipe's lines on until it closes; the queue's bound slows a chatty command down, not this process."""
    with contextlib.suppress(ValueError, OSError), pipe:
        while line := pipe.readline(LINE_LIMIT_CHARACTERS):
            lines.put((is_event, line))
    lines.put(None)
