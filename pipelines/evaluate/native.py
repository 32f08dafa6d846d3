"""A library as a function of this machine: its own C, called for batches of windows."""

from __future__ import annotations

import ctypes

import numpy as np

from pipelines.compile.library import Library
from pipelines.signals import FloatArray
from pipelines.toolchain import build_shared_library

_BATCH_C = """#include "{name}.h"

void classify_batch({name}_workspace *workspace, int64_t count, const float *windows, float *probabilities);
void classify_batch({name}_workspace *workspace, int64_t count, const float *windows, float *probabilities)
{{
    int64_t i;
    for (i = 0; i < count; i++) {{
        {name}_classify(workspace, windows, probabilities);
        windows += {upper}_WINDOW_LENGTH * {upper}_CHANNELS;
        probabilities += {upper}_CLASSES;
    }}
}}
"""


class NativeLibrary:
    """A library, built for this machine. Calls release the GIL and may run in parallel.

    Raises:
        ToolchainError: this machine has no C compiler.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        driver = _BATCH_C.format(name=library.name, upper=library.name.upper())
        built = ctypes.CDLL(str(build_shared_library({**library.files, "classify_batch.c": driver})))
        self._classify = built.classify_batch
        self._classify.restype = None
        self._classify.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p]

    def classify(self, windows: FloatArray) -> FloatArray:
        """Probabilities ``float32[batch, classes]`` of windows ``float32[batch, length, channels]``.

        Raises:
            ValueError: the windows have another shape.
        """
        library = self.library
        expected = (library.window_length, len(library.channels))
        if windows.ndim != 3 or windows.shape[1:] != expected:
            raise ValueError(
                f"windows: expected shape [batch, {expected[0]}, {expected[1]}], got {windows.shape}"
            )
        source = np.ascontiguousarray(windows, dtype=np.float32)
        probabilities = np.empty((len(source), len(library.labels)), np.float32)
        workspace = np.empty(-(-library.workspace_bytes // 8), np.int64)
        self._classify(workspace.ctypes.data, len(source), source.ctypes.data, probabilities.ctypes.data)
        return probabilities
