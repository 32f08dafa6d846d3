"""What a training took of the machine, for the estimate of its energy."""

from __future__ import annotations

import os
import platform
import resource
from importlib.metadata import version
from typing import Any


def training_effort(seconds: float) -> dict[str, Any]:
    """What the training that has just ended took (JSON).

    Returns:
        ``seconds`` of wall time; ``cores``, all that the process may use; ``memory_gb``, the most that it has held;
        ``machine``; ``tensorflow``, its version.
    """
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": round(seconds, 3),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(peak_kib * 1024 / 1e9, 3),
        "machine": platform.machine(),
        "tensorflow": _tensorflow_version(),
    }


def _tensorflow_version() -> str:
    try:
        return version("tensorflow-cpu")
    except ModuleNotFoundError:
        return version("tensorflow")
