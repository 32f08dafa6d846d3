"""What is in a linked firmware image: its sizes and symbols, read from the ELF."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes that the image puts into memory at ``address``."""

    address: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Image:
    """A linked image.

    Args:
        flash_bytes: code, constants and the initial values of variables.
        ram_bytes: variables, without the stack.
        segments: what a programmer would write into flash.
        symbols: address by name.
    """

    path: Path
    flash_bytes: int
    ram_bytes: int
    segments: tuple[Segment, ...]
    symbols: dict[str, int]


def read_image(path: Path) -> Image:
    """Read sizes, loadable bytes and symbols of an ELF file."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        flash_bytes = ram_bytes = 0
        symbols: dict[str, int] = {}
        for section in elf.iter_sections():
            if isinstance(section, SymbolTableSection):
                symbols.update(
                    {symbol.name: symbol["st_value"] for symbol in section.iter_symbols() if symbol.name}
                )
            if not section["sh_flags"] & SH_FLAGS.SHF_ALLOC or section.name == ".stack":
                continue
            is_stored = section["sh_type"] != "SHT_NOBITS"
            is_variable = bool(section["sh_flags"] & SH_FLAGS.SHF_WRITE)
            flash_bytes += section["sh_size"] if is_stored else 0
            ram_bytes += section["sh_size"] if is_variable else 0
        segments = tuple(
            Segment(segment["p_paddr"], segment.data())
            for segment in elf.iter_segments()
            if segment["p_type"] == "PT_LOAD" and segment["p_filesz"]
        )
    return Image(path, flash_bytes, ram_bytes, segments, symbols)
