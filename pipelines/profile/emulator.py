"""Run a firmware image in this process, on Unicorn, and count its instructions exactly.

Unicorn (https://www.unicorn-engine.org) translates the core's instructions; a small C function, called before each
of them, counts (``instruction_counter.c``). The firmware talks through Arm semihosting. Unicorn knows no cycles and no
peripherals.
"""

from __future__ import annotations

import ctypes
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import unicorn
from unicorn import arm_const, unicorn_const
from unicorn.unicorn_py3.unicorn import uclib

from pipelines.profile.boards import Board
from pipelines.profile.errors import ProfileError
from pipelines.profile.image import Image
from pipelines.toolchain import build_shared_library

MEMORY_BYTES = 64 * 1024 * 1024
SYSTEM_ADDRESS, SYSTEM_BYTES = 0xE000E000, 0x1000
TIMEOUT_S = 120
PAINT = 0xA5
_BREAKPOINT = 7
_WRITE0, _EXIT_EXTENDED = 0x04, 0x20

_COUNTER_C = (Path(__file__).parent / "instruction_counter.c").read_text()


class _Counter(ctypes.Structure):
    """``struct counter`` of ``instruction_counter.c``."""

    _fields_ = [
        ("count", ctypes.c_uint64),
        ("code", ctypes.c_char_p),
        ("code_start", ctypes.c_uint64),
        ("code_end", ctypes.c_uint64),
        ("block_start", ctypes.c_uint64),
        ("block_end", ctypes.c_uint64),
    ]


@dataclass(slots=True)
class Emulator:
    """One emulated core with an image in its flash.

    Raises:
        ProfileError: the board's core is not one of Unicorn's; or, while running, the code faulted (with the
            addresses) or did not end in time.
    """

    image: Image
    board: Board
    text: str = ""
    has_exited: bool = False
    exit_status: int = 0
    _engine: Any = field(init=False)
    _counter: _Counter = field(init=False)
    _fault: str = field(init=False, default="")

    def __post_init__(self) -> None:
        core = self.board.emulator.unicorn
        if core is None:
            raise ProfileError(f"Unicorn has no {self.board.core}: {self.board.title} needs QEMU")
        self._engine = unicorn.Uc(
            unicorn_const.UC_ARCH_ARM, unicorn_const.UC_MODE_THUMB | unicorn_const.UC_MODE_MCLASS
        )
        self._engine.ctl_set_cpu_model(getattr(arm_const, f"UC_CPU_ARM_{core}"))
        self._map_memory()
        self._engine.hook_add(unicorn_const.UC_HOOK_INTR, self._on_interrupt)
        self._engine.hook_add(unicorn_const.UC_HOOK_MEM_INVALID, self._on_invalid)
        self._count_in_c()
        stack_pointer, reset = struct.unpack(
            "<II", self._engine.mem_read(self.board.emulator.vectors_origin, 8)
        )
        self._engine.reg_write(arm_const.UC_ARM_REG_SP, stack_pointer)
        self._engine.reg_write(arm_const.UC_ARM_REG_PC, reset)

    @property
    def instructions(self) -> int:
        """Instructions so far, conditional ones that were skipped included: the core spends a cycle on them too."""
        return int(self._counter.count)

    @property
    def stack_pointer(self) -> int:
        return int(self._engine.reg_read(arm_const.UC_ARM_REG_SP))

    def address_of(self, symbol: str) -> int:
        """Address of a function or variable.

        Raises:
            ProfileError: the image has none of that name.
        """
        try:
            return self.image.symbols[symbol] & ~1
        except KeyError:
            raise ProfileError(f"the firmware image has no symbol {symbol}") from None

    @property
    def code(self) -> tuple[int, bytes]:
        """Where code and constants begin, and their bytes."""
        origin = self.board.emulator.code_origin
        for segment in self.image.segments:
            if segment.address <= origin < segment.address + len(segment.content):
                return segment.address, segment.content
        raise ProfileError(f"the firmware image has no code at {origin:#010x}")

    def write(self, symbol: str, content: bytes, offset: int = 0) -> None:
        """Write to a variable, from its byte ``offset`` on."""
        self._engine.mem_write(self.address_of(symbol) + offset, content)

    def read(self, symbol: str, size: int, offset: int = 0) -> bytes:
        """``size`` bytes of a variable, from its byte ``offset`` on."""
        return bytes(self._engine.mem_read(self.address_of(symbol) + offset, size))

    def run_to(self, symbol: str) -> None:
        """Run until the core is about to execute the first instruction of a function."""
        self._run(self.address_of(symbol))

    def run_to_return(self) -> None:
        """From the first instruction of a function, run until it has returned."""
        self._run(int(self._engine.reg_read(arm_const.UC_ARM_REG_LR)) & ~1)

    def count_call(self) -> int:
        """From the first instruction of a function, run until it has returned; how many instructions that took."""
        before = self.instructions
        self.run_to_return()
        return self.instructions - before

    def run_to_exit(self) -> int:
        """Run until the firmware exits; its status."""
        self._run(0xFFFFFFFE)
        return self.exit_status

    def paint_stack(self) -> None:
        """Fill the free part of the stack with a pattern, so that :meth:`stack_used_bytes` sees what was touched."""
        bottom = self.board.emulator.ram_origin
        self._engine.mem_write(bottom, bytes([PAINT]) * (self.stack_pointer - bottom))

    def stack_used_bytes(self) -> int:
        """How far the stack has grown below the present stack pointer since it was painted."""
        bottom = self.board.emulator.ram_origin
        content = bytes(self._engine.mem_read(bottom, self.stack_pointer - bottom))
        return len(content.lstrip(bytes([PAINT])))

    def _run(self, until: int) -> None:
        self._fault = ""
        engine = self._engine
        # Unicorn looks for the end while it translates: what it has translated before would run past it.
        engine.ctl_flush_tb()
        try:
            engine.emu_start(
                engine.reg_read(arm_const.UC_ARM_REG_PC) | 1, until, timeout=int(TIMEOUT_S * 1_000_000)
            )
        except unicorn.UcError as error:
            self._fault = self._fault or str(error)
        place = int(engine.reg_read(arm_const.UC_ARM_REG_PC))
        if self._fault:
            raise ProfileError(
                f"the code crashed on the emulated {self.board.core} at {self._where(place)}: {self._fault}"
            )
        if self.has_exited:
            if until != 0xFFFFFFFE:
                raise ProfileError(
                    f"the firmware ended with status {self.exit_status} before its work was done"
                )
        elif place & ~1 != until:
            raise ProfileError(
                f"the code did not end within {TIMEOUT_S} s on the emulated {self.board.core}; "
                f"it was at {self._where(place)} after {self.instructions:,} instructions"
            )

    def _where(self, address: int) -> str:
        """An address and the function that it lies in."""
        starts = [(value & ~1, name) for name, value in self.image.symbols.items() if name[0] != "$"]
        before = [start for start in starts if start[0] <= address]
        name = max(before)[1] if before else "no function"
        return f"{address:#010x} ({name})"

    def _map_memory(self) -> None:
        settings = self.board.emulator
        readable = unicorn_const.UC_PROT_READ | unicorn_const.UC_PROT_EXEC
        self._engine.mem_map(settings.vectors_origin, MEMORY_BYTES, readable)
        if not settings.vectors_origin <= settings.code_origin < settings.vectors_origin + MEMORY_BYTES:
            self._engine.mem_map(settings.code_origin, MEMORY_BYTES, readable)
        self._engine.mem_map(
            settings.ram_origin, MEMORY_BYTES, unicorn_const.UC_PROT_READ | unicorn_const.UC_PROT_WRITE
        )
        self._engine.mem_map(SYSTEM_ADDRESS, SYSTEM_BYTES)
        for segment in self.image.segments:
            self._engine.mem_write(segment.address, segment.content)

    def _count_in_c(self) -> None:
        start, code = self.code
        self._counter = _Counter(0, code, start, start + len(code), 0, 0)
        native = ctypes.CDLL(str(build_shared_library({"instruction_counter.c": _COUNTER_C})))
        self.add_native_hook(unicorn_const.UC_HOOK_CODE, native.count_instruction, self._counter)

    def add_native_hook(self, kind: int, function: Any, context: ctypes.Structure) -> int:
        """Let Unicorn call a C function with ``context``, which must outlive the hook; what removes it.

        Raises:
            ProfileError: Unicorn refused it.
        """
        hook = ctypes.c_size_t()
        status = uclib.uc_hook_add(
            self._engine._uch,
            ctypes.byref(hook),
            ctypes.c_int(kind),
            ctypes.cast(function, ctypes.c_void_p),
            ctypes.cast(ctypes.pointer(context), ctypes.c_void_p),
            ctypes.c_uint64(1),
            ctypes.c_uint64(0),
        )
        if status != unicorn_const.UC_ERR_OK:
            raise ProfileError(
                f"Unicorn does not take the instruction counter (status {status})", field="emulator"
            )
        return int(hook.value)

    def remove_native_hook(self, hook: int) -> None:
        uclib.uc_hook_del(self._engine._uch, ctypes.c_size_t(hook))

    def _on_interrupt(self, engine: Any, number: int, _: object) -> None:
        operation = int(engine.reg_read(arm_const.UC_ARM_REG_R0))
        parameter = int(engine.reg_read(arm_const.UC_ARM_REG_R1))
        if number == _BREAKPOINT and operation == _WRITE0:
            self.text += self._text_at(parameter)
            engine.reg_write(arm_const.UC_ARM_REG_PC, (engine.reg_read(arm_const.UC_ARM_REG_PC) + 2) | 1)
        elif number == _BREAKPOINT and operation == _EXIT_EXTENDED:
            self.has_exited = True
            _, self.exit_status = struct.unpack("<Ii", engine.mem_read(parameter, 8))
            engine.emu_stop()
        else:
            self._fault = f"exception {number}"
            engine.emu_stop()

    def _on_invalid(self, engine: Any, kind: int, address: int, size: int, value: int, _: object) -> bool:
        verbs = {
            unicorn_const.UC_MEM_WRITE_UNMAPPED: "write to",
            unicorn_const.UC_MEM_WRITE_PROT: "write to",
            unicorn_const.UC_MEM_FETCH_UNMAPPED: "jump to",
            unicorn_const.UC_MEM_FETCH_PROT: "jump to",
        }
        self._fault = (
            f"{verbs.get(kind, 'read from')} {address:#010x}, where the board has nothing to allow that"
        )
        return False

    def _text_at(self, address: int) -> str:
        text = bytearray()
        while (byte := self._engine.mem_read(address + len(text), 1)[0]) != 0:
            text.append(byte)
        return text.decode("utf-8", "replace")
