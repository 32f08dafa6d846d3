"""How much arena TensorFlow Lite Micro itself needs for a model, found out by running it.

The ``tflite-micro`` package is TFLM's interpreter for this machine, with its own kernels and allocator. Where an arena is
too small it may crash instead of refusing, so that arenas are tried in a process of their own: this file, run as a
program.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.compile.errors import CompileError
from pipelines.compile.plan import aligned
from pipelines.export.micro_plan import ALIGNMENT_BYTES

_PLENTY_BYTES = 1 << 27
_TIMEOUT_S = 120
_TOTAL = re.compile(rb"Arena allocation total (\d+) bytes")


@functools.lru_cache(maxsize=8)
def least_arena_bytes(model_file: bytes) -> int:
    """The smallest arena, a multiple of 16 bytes, with which TFLM starts: with 16 less it refuses.

    Raises:
        CompileError: TFLM does not run this model, however large the arena.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(model_file)
        command = [sys.executable, "-m", "pipelines.export.micro_arena", str(path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
        result = subprocess.run(
            command, capture_output=True, env=environment, timeout=_TIMEOUT_S, check=False
        )
    if result.returncode:
        told = result.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CompileError(
            "TensorFlow Lite Micro does not run this model; in its own words: " + "; ".join(told[:3])
        )
    return int(result.stdout)


def micro_outputs(model_file: bytes, inputs: NDArray[Any], arena_bytes: int = _PLENTY_BYTES) -> NDArray[Any]:
    """TFLM's outputs ``[runs, ...]`` for inputs ``[runs, ...]``, in an arena that is large enough."""
    interpreter = _interpreter(model_file, arena_bytes)
    shape = interpreter.get_input_details(0)["shape"]
    outputs = []
    for values in inputs:
        interpreter.set_input(values.reshape(shape), 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).copy())
    return np.stack(outputs)


def _interpreter(model_file: bytes, arena_bytes: int) -> Any:
    from tflite_micro.python.tflite_micro import runtime

    return runtime.Interpreter.from_bytes(model_file, arena_size=arena_bytes)


def _search(model_file: bytes) -> int:
    """The least arena. TFLM reports what it keeps; starting may take more for a moment, where tensors are small."""
    arena_bytes = aligned(_reported_bytes(model_file), ALIGNMENT_BYTES)
    while not _starts(model_file, arena_bytes):
        arena_bytes += ALIGNMENT_BYTES
    while _starts(model_file, arena_bytes - ALIGNMENT_BYTES):
        arena_bytes -= ALIGNMENT_BYTES
    return arena_bytes


def _starts(model_file: bytes, arena_bytes: int) -> bool:
    """Whether TFLM starts in such an arena: tried in a copy of this process, which may crash."""
    copy = os.fork()
    if copy == 0:
        try:
            _interpreter(model_file, arena_bytes)
        except RuntimeError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(copy, 0)[1] == 0


def _reported_bytes(model_file: bytes) -> int:
    """What TFLM takes of a large arena, by its own report after one run, which it writes to standard error."""
    interpreter = _interpreter(model_file, _PLENTY_BYTES)
    details = interpreter.get_input_details(0)
    interpreter.set_input(np.zeros(details["shape"], details["dtype"]), 0)
    interpreter.invoke()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as told:
        os.dup2(told.fileno(), 2)
        interpreter.print_allocations()
        os.dup2(shown, 2)
        told.seek(0)
        found = _TOTAL.search(told.read())
    if found is None:
        raise RuntimeError("this tflite-micro does not tell how much memory it takes")
    return int(found[1])


if __name__ == "__main__":
    try:
        print(_search(Path(sys.argv[1]).read_bytes()))
    except RuntimeError as error:
        sys.exit(str(error))
