"""CSV and other text tables: one row a time step, one column a channel, with a header or without.

The delimiter (``,`` ``;`` tab or white space), a decimal comma (where ``;`` delimits), the header and the
time column are found out from the first lines; the numbers are parsed by NumPy.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from csv import Error as CsvError
from csv import reader as split_lines
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.ingest import IngestError, IngestOptions, check_size, reader
from pipelines.ingest.clock import TimeColumn, rate_of, time_column_of
from pipelines.signals import Signal

Delimiter = Literal[",", ";", "\t", " "]

_SNIFFED_LINES = 30
_LONGEST_LINE = 100_000
_BLOCK_BYTES = 1 << 20
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_STAMP_CHARACTERS = 40
_UNIT = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]$")


@dataclass(frozen=True, slots=True)
class _Table:
    """How the text is laid out: cells of the first line of data, and names where there is a header."""

    encoding: str
    delimiter: Delimiter
    decimal_comma: bool
    header: tuple[str, ...] | None
    first: tuple[str, ...]
    skip_lines: int


@reader("CSV", (".csv", ".tsv", ".txt", ".dat"), lambda head: False)
def read_csv(path: Path, options: IngestOptions) -> Signal:
    """A table's channels. Names and units, as in ``ax (m/s2)``, come from the header, else ``channel_1``, ...

    The sample rate is ``options.sample_rate_hz`` where that is given; else it is told by the time column,
    see :func:`pipelines.ingest.clock.rate_of`. A time column is never a channel.

    Raises:
        IngestError: no table, ragged rows, a cell that is no number, or no way to tell the sample rate.
    """
    lines = _count_lines(path)
    table = _sniff(path)
    stamps = [bool(_STAMP.match(cell)) for cell in table.first]
    time = time_column_of(table.header, stamps, looked_for=options.sample_rate_hz is None)
    if time is None and options.sample_rate_hz is None:
        raise IngestError(
            "sample_rate_hz",
            "the table has no time column: give the sample rate, or name a column time_s or time_ms",
        )
    if sum(stamps) > (1 if time is not None and time.is_stamp else 0):
        raise IngestError("file", "the table has more than one column of dates; keep one")
    check_size(lines, len(table.first))
    numbers, ticks = _parse(path, table, time)
    names, units = _names(table, time)
    if not names:
        raise IngestError("file", "the table has a time column and nothing else")
    rate = options.sample_rate_hz
    if rate is None and ticks is not None and time is not None:
        rate = _rate(ticks, time, table)
    assert rate is not None  # noqa: S101 - one of the two was found above
    return Signal(numbers, rate, names, units)


def _count_lines(path: Path) -> int:
    """Lines of text, counted without keeping them."""
    lines = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if b"\0" in block:
                raise IngestError("file", "this is no text: it holds zero bytes; save it as CSV in UTF-8")
            lines += max(block.count(b"\n"), block.count(b"\r"))
    return lines


def _sniff(path: Path) -> _Table:
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace") as file:
        text = [file.readline(_LONGEST_LINE + 1) for _ in range(_SNIFFED_LINES)]
    if any(len(line) > _LONGEST_LINE for line in text):
        raise IngestError("file", f"a line has over {_LONGEST_LINE:,} characters; write one time step a line")
    filled = [(number, line.rstrip("\r\n")) for number, line in enumerate(text) if line.strip()]
    if not filled:
        raise IngestError("file", "the file holds blank lines only")
    delimiter = _delimiter([line for _, line in filled])
    rows = [_cells(line, delimiter) for _, line in filled]
    has_header = not all(_is_value(cell, delimiter) for cell in rows[0])
    if has_header and len(rows) == 1:
        raise IngestError("file", "the table has a header and no rows")
    first = rows[1] if has_header else rows[0]
    if has_header and len(rows[0]) != len(first):
        raise IngestError(
            "file", f"the header has {len(rows[0])} names, the first row {len(first)} values; make them agree"
        )
    comma = delimiter in {";", "\t"} and any("," in cell for cell in first)
    return _Table(
        encoding,
        delimiter,
        comma,
        rows[0] if has_header else None,
        first,
        filled[0][0] + 1 if has_header else 0,
    )


def _encoding(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        with path.open("rb") as file:
            decoder.decode(file.read(_BLOCK_BYTES))
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _delimiter(lines: list[str]) -> Delimiter:
    """The first of semicolon, tab and comma that every line holds, else that any line holds, else white space."""
    candidates: tuple[Delimiter, ...] = (";", "\t", ",")
    for wanted in (all, any):
        for delimiter in candidates:
            if wanted(delimiter in line for line in lines):
                return delimiter
    return " "


def _cells(line: str, delimiter: Delimiter) -> tuple[str, ...]:
    if delimiter == " ":
        return tuple(line.split())
    try:
        return tuple(cell.strip() for cell in next(split_lines([line], delimiter=delimiter)))
    except CsvError as error:
        raise IngestError("file", f"a line cannot be split into cells: {error}") from None


def _is_value(cell: str, delimiter: Delimiter) -> bool:
    if _STAMP.match(cell):
        return True
    try:
        float(cell if delimiter == "," else cell.replace(",", "."))
    except ValueError:
        return False
    return "_" not in cell


def _parse(
    path: Path, table: _Table, time: TimeColumn | None
) -> tuple[NDArray[np.float32], NDArray[np.float64] | None]:
    """The channels' values ``[n, channels]``, and the time column, dates as seconds since 1970."""
    fields = [
        (f"f{number}", f"S{_STAMP_CHARACTERS}" if time and time.is_stamp and number == time.column else "f8")
        for number in range(len(table.first))
    ]
    dates = time is not None and time.is_stamp
    with path.open(encoding=table.encoding, errors="replace") as file:
        try:
            rows: Any = np.loadtxt(
                _plain(islice(file, table.skip_lines, None), table),
                dtype=np.dtype(fields) if dates else np.float64,
                delimiter=None if table.delimiter == " " else table.delimiter,
                comments=None,
                quotechar='"',
                ndmin=1 if dates else 2,
            )
        except ValueError as error:
            raise IngestError("file", _in_words(str(error), table)) from None
    if time is None:
        return _narrow(rows), None
    if not dates:
        return _narrow(np.delete(rows, time.column, axis=1)), rows[:, time.column].copy()
    columns = [name for number, (name, _) in enumerate(fields) if number != time.column]
    numbers = np.empty((rows.size, len(columns)), dtype=np.float64)
    for place, name in enumerate(columns):
        numbers[:, place] = rows[name]
    return _narrow(numbers), time.seconds_of(rows[fields[time.column][0]])


def _plain(lines: Iterable[str], table: _Table) -> Iterable[str]:
    """The lines with points for decimal commas."""
    return _bounded((line.replace(",", ".") for line in lines) if table.decimal_comma else lines)


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) > _LONGEST_LINE:
            raise ValueError(f"a line has over {_LONGEST_LINE:,} characters; write one time step a line")
        yield line


def _narrow(numbers: NDArray[np.float64]) -> NDArray[np.float32]:
    # A value beyond float32 becomes infinite, which read_signal tells.
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(numbers, dtype=np.float32)


def _in_words(error: str, table: _Table) -> str:
    """NumPy's reason, for a person, with rows counted from one."""
    ragged = re.search(r"changed from (\d+) to (\d+) at row (\d+)", error)
    if ragged:
        return f"row {int(ragged[3]):,} has {ragged[2]} values, those before it {ragged[1]}; make them agree"
    expected = re.search(r"dtype passed requires (\d+) columns but (\d+) were found at row (\d+)", error)
    if expected:
        return f"row {int(expected[3]):,} has {expected[2]} values, those before it {expected[1]}; make them agree"
    cell = re.search(r"could not convert string (.*) to \w+ at row (\d+), column (\d+)", error, re.DOTALL)
    if cell:
        column = int(cell[3]) - 1
        name = table.header[column] if table.header and column < len(table.header) else f"column {column + 1}"
        return (
            f"row {int(cell[2]) + 1:,}, {name}: {cell[1][:40]} is not a number; "
            "fill in what is missing, or remove the column"
        )
    return f"the table cannot be read: {error[:200]}"


def _rate(ticks: NDArray[np.float64], time: TimeColumn, table: _Table) -> float:
    try:
        return rate_of(ticks, time)
    except IngestError:
        if table.header is None and not time.is_stamp:
            raise IngestError(
                "sample_rate_hz",
                "the table has no header, and its first column is no clock: "
                "give the sample rate, or name a column time_s or time_ms",
            ) from None
        raise


def _names(table: _Table, time: TimeColumn | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names: list[str] = []
    units: list[str] = []
    for number in range(len(table.first)):
        if time is not None and number == time.column:
            continue
        title = table.header[number] if table.header else ""
        match = _UNIT.match(title)
        name, unit = (match[1], match[2]) if match and match[1] else (title, "")
        names.append(name[:80] or f"channel_{len(names) + 1}")
        units.append(unit[:40])
    return tuple(names), tuple(units)
