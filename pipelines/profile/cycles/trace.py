"""Count how often each instruction of an image is executed, layer by layer, while an emulator runs it.

The counting is done by ``execution_trace.c``, which Unicorn calls; here the counts become arrays.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from unicorn import arm_const, unicorn_const
from unicorn.unicorn_py3.unicorn import uclib

from pipelines.profile.boards import Board, FlashCache
from pipelines.profile.emulator import Emulator
from pipelines.toolchain import build_shared_library

_TRACE_C = (Path(__file__).parent / "execution_trace.c").read_text()
_MEMORY = unicorn_const.UC_HOOK_MEM_READ | unicorn_const.UC_HOOK_MEM_WRITE
_LAYER_FIELDS = (
    "misaligned",
    "read_bytes",
    "written_bytes",
    "fetch_misses_ahead",
    "fetch_misses_apart",
    "data_misses",
)


class _Cache(ctypes.Structure):
    """``struct cache`` of ``execution_trace.c``."""

    _fields_ = [
        ("start", ctypes.c_uint64),
        ("end", ctypes.c_uint64),
        ("line_bytes", ctypes.c_uint32),
        ("sets", ctypes.c_uint32),
        ("ways", ctypes.c_uint32),
        ("lines", ctypes.c_void_p),
    ]


class _Trace(ctypes.Structure):
    """``struct trace`` of ``execution_trace.c``."""

    _fields_ = [
        ("code_start", ctypes.c_uint64),
        ("code_end", ctypes.c_uint64),
        ("half_words", ctypes.c_uint64),
        ("markers", ctypes.c_void_p),
        ("executed", ctypes.c_void_p),
        ("entered", ctypes.c_void_p),
        ("left", ctypes.c_void_p),
        ("layers", ctypes.c_void_p),
        ("code", ctypes.c_char_p),
        ("instructions", _Cache),
        ("data", _Cache),
        ("layer", ctypes.c_uint64),
        ("previous", ctypes.c_uint64),
        ("expected", ctypes.c_uint64),
        ("block_start", ctypes.c_uint64),
        ("block_end", ctypes.c_uint64),
        ("last_line", ctypes.c_uint64),
        ("read_register", ctypes.c_void_p),
        ("write_register", ctypes.c_void_p),
        ("status_register", ctypes.c_int32),
        ("is_status_stale", ctypes.c_int32),
    ]


@dataclass(frozen=True, slots=True)
class MemoryTraffic:
    """What one layer asked of the memories. ``misaligned`` counts the further accesses that the core makes."""

    misaligned: int
    read_bytes: int
    written_bytes: int
    fetch_misses_ahead: int
    fetch_misses_apart: int
    data_misses: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Counts of one run.

    Args:
        code_start: address of the first half-word of the arrays.
        code: the bytes that the counts are of.
        executed: ``[layers, half-words]``: how often the instruction that begins there ran. The instructions of an IT
            block whose condition failed are not in it.
        entered, left: of these, how often it was the target of a jump, and how often it jumped.
        traffic: of each layer.
    """

    code_start: int
    code: bytes
    executed: npt.NDArray[np.uint32]
    entered: npt.NDArray[np.uint32]
    left: npt.NDArray[np.uint32]
    traffic: tuple[MemoryTraffic, ...]


class Tracer:
    """Hooks in an emulator that count from now on; :meth:`finish` removes them and returns the counts.

    Args:
        markers: address -> number of the layer that begins there. What runs before the first is layer 0.
        layers: how many there are.
    """

    def __init__(self, emulator: Emulator, markers: Mapping[int, int] | None = None, layers: int = 1) -> None:
        self._emulator = emulator
        code_start, self._code = emulator.code
        half_words = len(self._code) // 2
        self._arrays = [np.zeros((layers, half_words), np.uint32) for _ in range(3)]
        self._traffic = np.zeros((layers, len(_LAYER_FIELDS)), np.uint64)
        self._markers = np.full(half_words, -1, np.int32)
        for address, layer in (markers or {}).items():
            self._markers[((address & ~1) - code_start) // 2] = layer
        board = emulator.board
        self._lines: list[npt.NDArray[np.uint64]] = []
        nowhere = 2**64 - 1
        self._state = _Trace(
            code_start,
            code_start + len(self._code),
            half_words,
            self._markers.ctypes.data,
            *(array.ctypes.data for array in self._arrays),
            self._traffic.ctypes.data,
            self._code,
            self._cache(board, board.flash.instruction_cache),
            self._cache(board, board.flash.data_cache),
            0,
            half_words,
            nowhere,
            0,
            0,
            nowhere - 1,
            ctypes.cast(uclib.uc_reg_read, ctypes.c_void_p).value,
            ctypes.cast(uclib.uc_reg_write, ctypes.c_void_p).value,
            arm_const.UC_ARM_REG_XPSR,
            0,
        )
        native = ctypes.CDLL(str(build_shared_library({"execution_trace.c": _TRACE_C})))
        self._hooks = [
            emulator.add_native_hook(unicorn_const.UC_HOOK_CODE, native.trace_instruction, self._state),
            emulator.add_native_hook(_MEMORY, native.trace_memory, self._state),
        ]

    def _cache(self, board: Board, cache: FlashCache | None) -> _Cache:
        """An empty cache of the flash; where the board has none, only the line that was read last is at hand."""
        if board.flash.wait_states == 0:
            return _Cache(0, 0, 0, 0, 0, None)
        line_bytes = cache.line_bytes if cache else board.flash.read_bytes
        sets, ways = (cache.sets, cache.ways) if cache else (1, 1)
        lines = np.zeros((sets, ways), np.uint64)
        self._lines.append(lines)
        start, code = self._emulator.code
        return _Cache(start, start + len(code), line_bytes, sets, ways, lines.ctypes.data)

    def finish(self) -> Trace:
        """Stop counting, right after a call has returned: its last instruction has jumped."""
        for hook in self._hooks:
            self._emulator.remove_native_hook(hook)
        executed, entered, left = self._arrays
        if self._state.previous < self._state.half_words:
            left[self._state.layer, self._state.previous] += 1
        return Trace(
            code_start=int(self._state.code_start),
            code=self._code,
            executed=executed,
            entered=entered,
            left=left,
            traffic=tuple(MemoryTraffic(*(int(value) for value in row)) for row in self._traffic),
        )
