"""What a kind of job does: the interface between jobs and the apps whose work they are.

An app registers its work in ``AppConfig.ready``; jobs know nothing of runs or deployments.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from studio.jobs.models import Job


class WorkError(Exception):
    """The work cannot be done: told to the user as the job's error."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}" if field else message)


class Work(ABC):
    """One kind of job. ``folder`` is the attempt's own temporary folder, removed afterwards.

    Class variables:
        kind: that of its jobs.
        time_limit_s: longest time for one attempt; some jobs of the kind may have more, see :meth:`time_limit_of`.
        when_too_slow: what a person can do about a job that took longer, in words.
    """

    kind: ClassVar[str]
    time_limit_s: ClassVar[float]
    when_too_slow: ClassVar[str]

    def time_limit_of(self, job: Job) -> float:
        """Longest time for one attempt at this job."""
        return self.time_limit_s

    @abstractmethod
    def prepare(self, job: Job, folder: Path) -> list[str]:
        """The command whose standard output is the job's events as JSON lines; :class:`WorkError` if there is none."""

    @abstractmethod
    def store(self, job: Job, result: dict[str, Any], folder: Path) -> Any:
        """Put the files of a finished command into storage; must be safe to do twice. Returns what ``record`` needs."""

    @abstractmethod
    def record(self, job: Job, stored: Any) -> None:
        """Write the outcome to the database, in the transaction that makes the job succeed."""


_WORKS: dict[str, Work] = {}


def register_work(work: Work) -> None:
    _WORKS[work.kind] = work


def work_of(kind: str) -> Work:
    return _WORKS[kind]
