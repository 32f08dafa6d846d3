"""Continuous inference: any pieces of a signal give what whole windows give, and each frame is computed once."""

import numpy as np
import pytest

from tests.pipelines.compile.pushed import WARNINGS, Pushed, has, library_of, pipeline, run

pytestmark = pytest.mark.skipif(not has("gcc"), reason="needs Debian's gcc")

XYZ = ("x", "y", "z")
MFE = {"block": "mfe", "name": "sound", "params": {"frame_ms": 30, "frame_stride_ms": 20, "fft_length": 32}}
FOLDED = {"block": "mfe", "name": "fine", "params": {"frame_ms": 41, "frame_stride_ms": 10, "fft_length": 16}}
UNEVEN = {"block": "mfe", "name": "odd", "params": {"frame_ms": 30, "frame_stride_ms": 30, "fft_length": 32}}
RAW = {"block": "raw", "name": "plain"}
RAW_YX = {"block": "raw", "name": "turned", "channels": ["y", "x"], "params": {"scale": 0.5}}
SPECTRAL = {"block": "spectral", "name": "shape", "params": {"filter_kind": "low", "cutoff_hz": 100}}

PIPELINES = {
    "mfe": pipeline([MFE]),
    "mfe of three channels": pipeline([MFE], XYZ),
    "mfe, window no multiple of its stride": pipeline([MFE], window=510, stride=120),
    "mfe, window stride no multiple of the frames'": pipeline([UNEVEN]),
    "mfe, windows side by side": pipeline([MFE], window=100, stride=100),
    "mfe, windows apart": pipeline([MFE], window=110, stride=200),
    "mfe, windows apart by less than a frame": pipeline([MFE], window=100, stride=120),
    "raw": pipeline([RAW], XYZ, window=64, stride=16),
    "raw, nothing in common": pipeline([RAW], window=50, stride=7),
    "raw, windows apart": pipeline([RAW_YX], XYZ, window=48, stride=72),
    "spectral": pipeline([SPECTRAL], XYZ, window=100, stride=30),
    "spectral, windows apart": pipeline([SPECTRAL], window=50, stride=75),
    "all": pipeline([RAW_YX, SPECTRAL, MFE, FOLDED], XYZ, window=260, stride=60),
    "all, windows apart": pipeline([FOLDED, SPECTRAL, RAW], XYZ, window=100, stride=160),
    "frames of two kinds": pipeline([MFE, RAW, FOLDED], XYZ[:2], window=250, stride=40, smooth=1),
    "a window of one point": pipeline([RAW], XYZ, window=1, stride=1),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_any_pieces_give_the_bits_of_whole_windows_and_every_frame_is_computed_once(name, tmp_path):
    random = np.random.default_rng([*name.encode()])
    program = Pushed(PIPELINES[name], tmp_path)
    window, stride = PIPELINES[name].input.window_length, PIPELINES[name].input.stride_length
    for total in (window - 1, window, 3 * window + 5 * stride + 3):
        samples = random.integers(-32768, 32768, (total, program.channels))
        cuts = np.sort(random.integers(0, total + 1, 9))
        pieces = {
            "at once": [total],
            "one by one": [1] * total,
            "strides": [stride] * (total // stride) + [total % stride],
            "some, even none": np.diff([0, *cuts, total]),
        }
        for number, sizes in enumerate(pieces.values()):
            found = program.push(samples, sizes, "float" if number % 2 else "int16")
            assert found["results"] == max(0, (total - window) // stride + 1)
            assert found["differing"] == 0
            assert {function: found[function] for function in program.functions} == program.expected_calls(
                total
            )


def test_neighbouring_windows_share_what_a_whole_window_computes_again(tmp_path):
    program = Pushed(PIPELINES["mfe"], tmp_path)
    found = program.push(np.zeros((1500, 1)), [1500])
    frames_a_window = 24
    assert found["results"] == 11
    assert found["thimble_mfe"] == 74 < found["results"] * frames_a_window


def test_only_a_frame_of_samples_is_kept_where_every_block_has_frames(tmp_path):
    frames = 24 * 40
    library = library_of(PIPELINES["mfe"])
    assert library.continuous_bytes == 4 * (30 + frames)
    assert "#define THIMBLE_CONTINUOUS_POINTS 30 " in library.files["thimble_continuous.h"]
    whole = library_of(PIPELINES["mfe, window stride no multiple of the frames'"])
    assert whole.continuous_bytes == 4 * 500
    assert "computed anew for each" in whole.files["thimble_continuous.h"]
    found = Pushed(PIPELINES["mfe"], tmp_path).push(np.zeros((1, 1)), [1])
    assert found["kept_bytes"] == library.continuous_bytes
    assert library.continuous_bytes < found["size"] < library.continuous_bytes + 150


@pytest.mark.parametrize(
    "compiler",
    [
        ["gcc", "-std=c99", "-pedantic"],
        ["clang", "-std=c99", "-pedantic"],
        ["g++", "-x", "c++", "-std=c++17"],
        ["clang++", "-x", "c++", "-std=c++17"],
    ],
    ids=lambda command: f"{command[0]} {command[-1]}",
)
def test_no_compiler_has_a_warning(compiler, tmp_path):
    if not has(compiler[0]):
        pytest.skip(f"needs Debian's {compiler[0]}")
    for number, name in enumerate(("all", "all, windows apart", "spectral")):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = library_of(PIPELINES[name]).files
        for file, text in files.items():
            (folder / file).write_text(text)
        for file in ("thimble.c", "thimble_features.c", "thimble_continuous.c"):
            run([*compiler, *WARNINGS, "-O2", "-ffp-contract=off", "-c", file, "-o", "out.o"], folder)
