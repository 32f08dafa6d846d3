"""The compiled pipeline: its functions and sizes, by ctypes. Calls release the interpreter's lock."""

from __future__ import annotations

import ctypes

from ._metadata import FOLDER

FLOATS = ctypes.POINTER(ctypes.c_float)


class Result(ctypes.Structure):
    """``pipeline_result``."""

    _fields_ = [
        ("answer", ctypes.c_int),
        ("probabilities", FLOATS),
        ("smoothed", FLOATS),
        ("end", ctypes.c_int64),
    ]


ON_RESULT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Result))

_library = ctypes.CDLL(str(FOLDER / "pipeline.so"))

classify = _library.pipeline_classify
classify.argtypes = [ctypes.c_void_p, ctypes.c_void_p, FLOATS]
classify.restype = ctypes.c_int

continuous_start = _library.pipeline_continuous_start
continuous_start.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ON_RESULT, ctypes.c_void_p]
continuous_start.restype = None

continuous_push = _library.pipeline_continuous_push
continuous_push.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32]
continuous_push.restype = None

first_not_finite = _library.first_not_finite
first_not_finite.argtypes = [ctypes.c_void_p, ctypes.c_int64]
first_not_finite.restype = ctypes.c_int64

_WORKSPACE_BYTES = ctypes.c_int64.in_dll(_library, "workspace_bytes").value
_CONTINUOUS_BYTES = ctypes.c_int64.in_dll(_library, "continuous_bytes").value


def new_workspace() -> ctypes.Array[ctypes.c_int64]:
    """Working memory of one call at a time, aligned to 8 bytes."""
    return (ctypes.c_int64 * (-(-_WORKSPACE_BYTES // 8)))()


def new_continuous() -> ctypes.Array[ctypes.c_int64]:
    """What a stream keeps between pushes, aligned to 8 bytes."""
    return (ctypes.c_int64 * (-(-_CONTINUOUS_BYTES // 8)))()
