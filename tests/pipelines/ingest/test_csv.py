"""CSV: what is found out from the text, what is refused, and in which words."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.ingest import IngestError, IngestOptions, read_signal


@pytest.fixture
def read(tmp_path):
    def read_text(text, name="a.csv", **options):
        path = tmp_path / "upload"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_signal(path, name, IngestOptions(**options))

    return read_text


def test_a_header_gives_names_and_units(read):
    signal = read("timestamp,ax (m/s2),ay [g]\n0,1,2\n10,3,4\n20,5,6\n")
    assert signal.channels == ("ax", "ay")
    assert signal.units == ("m/s2", "g")
    assert signal.sample_rate_hz == 100
    assert signal.values.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert signal.values.dtype == np.float32


def test_without_a_header_the_channels_are_numbered(read):
    signal = read("1,2\n3,4\n", sample_rate_hz=50)
    assert signal.channels == ("channel_1", "channel_2")
    assert signal.values.shape == (2, 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " ", "   "])
def test_the_delimiter_is_found_out(read, delimiter):
    rows = [["time_ms", "x", "y"], ["0", "1", "-2e1"], ["20", "3", "4.5"]]
    signal = read("\n".join(delimiter.join(row) for row in rows))
    assert signal.values.tolist() == [[1, -20], [3, 4.5]]
    assert signal.sample_rate_hz == 50


def test_decimal_commas_are_read_where_semicolons_delimit(read):
    signal = read("t;x\n0,00;1,5\n0,01;2,5\n0,02;3\n")
    assert signal.values[:, 0].tolist() == [1.5, 2.5, 3]
    assert signal.sample_rate_hz == 100


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(read, ending):
    assert read(ending.join(["x", "1", "2", "3", ""]), sample_rate_hz=5).values[:, 0].tolist() == [1, 2, 3]


def test_a_byte_order_mark_quotes_and_blank_lines_do_no_harm(read):
    assert read(b'\xef\xbb\xbf\n"x","y"\n"1","2"\n\n"3","4"\n', sample_rate_hz=5).channels == ("x", "y")


def test_latin_1_names_are_read(read):
    assert read("t,x (°)\n0,1\n0.1,2".encode("latin-1")).units == ("°",)


@pytest.mark.parametrize(
    ("header", "step", "rate"),
    [
        ("time_s", "0.02", 50),
        ("t [ms]", "20", 50),
        ("timestamp_us", "20000", 50),
        ("Time (ns)", "20000000", 50),
        ("millis", "20", 50),
        ("seconds", "2", 0.5),
        ("time", "0.02", 50),
        ("time", "20", 50),
    ],
)
def test_the_time_columns_unit_comes_from_its_name_or_its_steps(read, header, step, rate):
    rows = "\n".join(f"{float(step) * row:.9g},{row}" for row in range(5))
    signal = read(f"{header},x\n{rows}\n")
    assert signal.sample_rate_hz == pytest.approx(rate)
    assert signal.channels == ("x",)


@pytest.mark.parametrize(("epoch", "step"), [(1.7e9, 0.5), (1.7e12, 500), (1.7e15, 500_000)])
def test_unix_time_is_known_by_its_size(read, epoch, step):
    rows = "\n".join(f"{epoch + step * row:.1f},{row}" for row in range(5))
    assert read(f"timestamp,x\n{rows}\n").sample_rate_hz == pytest.approx(2)


@pytest.mark.parametrize(
    "stamp",
    [
        "2024-01-01T00:00:0{}.000Z",
        "2024-01-01 00:00:0{}",
        "2024-01-01T00:00:0{}+02:00",
        "2024-01-01T00:00:0{}.000-0730",
    ],
)
def test_dates_tell_the_sample_rate(read, stamp):
    rows = "\n".join(f"{stamp.format(second)},{second}" for second in range(0, 10, 2))
    signal = read(f"x_time,x\n{rows}\n")
    assert signal.sample_rate_hz == 0.5
    assert signal.channels == ("x",)


def test_a_given_rate_overrules_the_time_column_which_is_still_no_channel(read):
    signal = read("time,x\n0,1\n1,2\n7,3\n", sample_rate_hz=20)
    assert signal.sample_rate_hz == 20
    assert signal.channels == ("x",)


def test_a_table_without_a_header_may_begin_with_a_clock(read):
    assert read("0,1,2\n10,3,4\n20,5,6\n").sample_rate_hz == 100


def test_jitter_below_half_a_step_is_no_jump(read):
    signal = read("time_ms,x\n0,1\n13,1\n19,1\n31,1\n40,1\n")
    assert signal.sample_rate_hz == 100


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "the file is empty"),
        ("\n \n", {}, "blank lines only"),
        ("x,y\n", {"sample_rate_hz": 1}, "a header and no rows"),
        ("x,y\n1,2\n", {}, "no time column: give the sample rate"),
        ("1,2\n3\n", {"sample_rate_hz": 1}, "row 2 has 1 values, those before it 2"),
        ("x,y\n1,2\n3,4,5\n", {"sample_rate_hz": 1}, "row 2 has 3 values, those before it 2"),
        ("x\n1,2\n", {"sample_rate_hz": 1}, "the header has 1 names, the first row 2 values"),
        ("x,y\n1,2\n3,\n", {"sample_rate_hz": 1}, "row 2, y: '' is not a number"),
        ("x,y\n1,walk\n", {"sample_rate_hz": 1}, "row 1, y: 'walk' is not a number"),
        ("x,y\n1,2\n3,nan\n", {"sample_rate_hz": 1}, "row 2, y: the value is not a finite number"),
        ("x,y\n1,2\n3,1e300\n", {"sample_rate_hz": 1}, "row 2, y: the value is not a finite number"),
        ("x,x\n1,2\n", {"sample_rate_hz": 1}, "the names must differ"),
        ("time_ms,x\n0,1\n0,2\n0,3\n", {}, "the same time as the row before"),
        ("time_ms,x\n0,1\n10,2\n20,3\n50,4\n", {}, "irregular: from row 3 to the next it moves by 30"),
        ("time_ms,x\n30,1\n20,2\n10,3\n", {}, "runs backwards"),
        ("time_ms,x\n0,1\n", {}, "one row does not tell the sample rate"),
        ("time_ms,x\nnan,1\n1,2\n", {}, "row 1: the time is not a number"),
        ("time,x\n1,1\n2,2\n3,3\n", {}, "does not say its unit and moves by 1 a row"),
        ("5,1\n1,2\n9,3\n", {}, "no header, and its first column is no clock"),
        ("time_ms\n1\n2\n", {}, "a time column and nothing else"),
        ("time,x\n2024-01-01T00:00,1\nsoon,2\n", {}, "something else than dates"),
        ("a\0b", {"sample_rate_hz": 1}, "this is no text"),
        ("9" * 200_000, {"sample_rate_hz": 1}, "a line has over 100,000 characters"),
        (",".join("1" * 300), {"sample_rate_hz": 1}, "300 channels; at most 256"),
        ("1\n", {"sample_rate_hz": 0}, "must be a number above zero"),
        ("1\n" * 60, {"sample_rate_hz": 1, "max_bytes": 100}, "at most 0 MB are taken"),
    ],
)
def test_a_bad_table_is_refused_in_words(read, text, options, message):
    with pytest.raises(IngestError) as caught:
        read(text, **options)
    assert message in str(caught.value)
    assert caught.value.field in {"file", "sample_rate_hz"}


def test_a_million_rows_are_parsed_without_a_python_loop_over_cells(tmp_path):
    import time

    path = tmp_path / "long.csv"
    path.write_text(
        "time_ms,x,y,z\n" + "".join(f"{row * 10},1.25,-3.5,{row % 7}\n" for row in range(300_000))
    )
    started = time.process_time()
    assert read_signal(path, "long.csv").values.shape == (300_000, 3)
    assert time.process_time() - started < 5
