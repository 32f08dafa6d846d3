"""The blocks' C: clean in every compiler, and the same bits on server, browser and device."""

import ctypes
import sys
import threading

import numpy as np
import pytest

from pipelines.blocks import WindowShape, feature_blocks
from pipelines.features import native_library
from pipelines.features.mfe import Mfe, MfeParams
from pipelines.features.raw import Raw, RawParams
from pipelines.features.spectral import Spectral, SpectralParams
from pipelines.toolchain import build_shared_library
from tests.pipelines.features import programs

AUDIO = WindowShape(1000, ("left", "right"), 16000)
MOTION = WindowShape(200, ("ax", "ay", "az"), 100)
BLOCKS = {
    "raw": Raw(RawParams(scale=0.1), MOTION, ("az", "ax")),
    "mfe": Mfe(MfeParams(filter_count=32), AUDIO, ("right",)),
    "mfe-long-frame": Mfe(MfeParams(frame_ms=45, fft_length=128, filter_count=20), AUDIO),
    "spectral": Spectral(SpectralParams(), MOTION),
    "spectral-low": Spectral(SpectralParams(filter_kind="low", fft_length=64), MOTION),
    "spectral-high": Spectral(SpectralParams(filter_kind="high", fft_length=256), MOTION, ("ay",)),
}
GCC, CLANG = ["gcc", "-std=c99"], ["clang", "-std=c99"]
BUILDS = {
    "gcc -O0": (GCC, ["-O0"]),
    "gcc -Os": (GCC, ["-Os"]),
    "gcc -O3 with AVX2 and FMA": (GCC, ["-O3", "-march=x86-64-v3"]),
    "clang -O3": (CLANG, ["-O3"]),
    "clang -O3 with AVX2 and FMA": (CLANG, ["-O3", "-march=x86-64-v3"]),
    "g++ as C++17": (["g++", "-x", "c++", "-std=c++17"], ["-O2"]),
    "clang++ as C++17": (["clang++", "-x", "c++", "-std=c++17"], ["-O2"]),
    "gcc with AddressSanitizer and UBSan": (
        GCC,
        ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    ),
}
CORES = {
    "Cortex-M0+": ("microbit", ["-O2", "-mcpu=cortex-m0plus", "-mfloat-abi=soft"]),
    "Cortex-M3": ("mps2-an385", ["-Os", "-mcpu=cortex-m3", "-mfloat-abi=soft"]),
    "Cortex-M4F": ("mps2-an386", ["-O2", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]),
    "Cortex-M7": ("mps2-an500", ["-O3", "-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16"]),
    "Cortex-M55": ("mps3-an547", ["-O3", "-mcpu=cortex-m55", "-mfloat-abi=hard"]),
}


def window_for(block, level=1.0):
    shape = (block.window.length, len(block.window.channels))
    return (np.random.default_rng(5).normal(size=shape) * level).astype(np.float32)


@pytest.fixture(params=BLOCKS)
def block(request):
    return BLOCKS[request.param]


@pytest.mark.parametrize("build", BUILDS)
def test_the_exported_c_is_clean_and_computes_the_bits_of_the_server(tmp_path, block, build):
    if "x86-64" in str(BUILDS[build]) and "-mavx2" not in native_library.machine_flags():
        pytest.skip("this machine has no AVX2")
    window = window_for(block)
    expected = block.extract(window[None])[0]
    np.testing.assert_array_equal(programs.on_host(tmp_path, block, window, *BUILDS[build]), expected)


@pytest.mark.parametrize("level", [0.0, 1e-42, 1e30, 3e37])
def test_extreme_samples_are_no_undefined_behaviour(tmp_path, block, level):
    window = window_for(block, level)
    found = programs.on_host(tmp_path, block, window, *BUILDS["gcc with AddressSanitizer and UBSan"])
    np.testing.assert_array_equal(found, block.extract(window[None])[0])
    assert np.isfinite(found).all()


@pytest.mark.parametrize("core", CORES)
def test_an_arm_core_computes_the_bits_of_the_server(tmp_path, block, core):
    window = window_for(block)
    found = programs.on_cortex_m(tmp_path, block, window, *CORES[core])
    np.testing.assert_array_equal(found, block.extract(window[None])[0])


def test_webassembly_computes_the_bits_of_the_server(tmp_path, block):
    window = window_for(block)
    found = programs.in_webassembly(tmp_path, block, window)
    np.testing.assert_array_equal(found, block.extract(window[None])[0])


def test_the_sources_build_without_any_c_library(tmp_path, block):
    part = block.c_part("block")
    for name, text in {**part.headers, **part.sources}.items():
        (tmp_path / name).write_text(text)
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", "thumb-freestanding-eabihf"]
    flags = [*programs.COMMON, "-mcpu=cortex_m4", "-std=c99", "-O2", "-c"]
    programs.run([*compiler, *flags, *part.sources], tmp_path)


def test_two_blocks_in_one_program_have_equal_texts_under_equal_names():
    mfe, spectral = BLOCKS["mfe"].c_part("a"), BLOCKS["spectral"].c_part("b")
    for name in ("thimble_fft", "thimble_math"):
        assert mfe.headers[f"{name}.h"] == spectral.headers[f"{name}.h"]
        assert mfe.sources[f"{name}.c"] == spectral.sources[f"{name}.c"]


def test_the_cost_counts_scratch_and_tables(block):
    assert block.cost.macs >= block.output_size
    assert block.cost.scratch_bytes == 4 * block.c_part("block").scratch_floats
    assert block.cost.table_bytes > 0


def test_threads_extract_side_by_side(block):
    windows = np.stack([window_for(block, level) for level in range(1, 9)])
    expected = block.extract(windows)
    found = {}
    threads = [
        threading.Thread(target=lambda i=i: found.update({i: block.extract(windows[i : i + 1])[0]}))
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(np.stack([found[i] for i in range(8)]), expected)


@pytest.mark.parametrize("block_id", ["raw", "mfe", "spectral"])
def test_every_setting_has_a_title_and_a_description_and_a_default(block_id):
    kind = feature_blocks()[block_id]
    assert kind.title
    assert kind.summary
    kind.Params()
    for name, field in kind.Params.model_fields.items():
        assert field.title, name
        assert field.description, name


@pytest.fixture(scope="module")
def math():
    """Each function of thimble_math over arrays of float32."""
    headers, sources = native_library.read_sources(["thimble_math"])
    library = ctypes.CDLL(str(build_shared_library({**headers, **sources})))

    def over(name):
        function = getattr(library, name)
        function.argtypes, function.restype = [ctypes.c_float], ctypes.c_float
        return lambda values: np.array([function(value) for value in values.tolist()], np.float32)

    return {name: over(f"thimble_{name}") for name in ("sqrtf", "log2f", "logf", "expf")}


def positive_floats(count, seed):
    bits = np.random.default_rng(seed).integers(1, 0x7F800000, size=count, dtype=np.uint32)
    return bits.view(np.float32)


def test_the_square_root_is_correctly_rounded(math):
    edges = np.array([1e-45, 1.1754942e-38, 1.1754944e-38, 0.25, 0.99999994, 1, 4, 3.4028235e38], np.float32)
    near_squares = (np.arange(1, 2000, dtype=np.float32) ** 2).view(np.uint32)
    near = np.concatenate([near_squares - 1, near_squares, near_squares + 1]).view(np.float32)
    values = np.concatenate([edges, near, positive_floats(20_000, 1)])
    np.testing.assert_array_equal(math["sqrtf"](values), np.sqrt(values))
    assert (math["sqrtf"](np.array([0, -1, -0.0], np.float32)) == 0).all()


def test_logarithms_are_right_to_the_last_places(math):
    values = positive_floats(20_000, 2)
    near_one = np.random.default_rng(3).uniform(0.5, 2, 20_000).astype(np.float32)
    values = np.concatenate([values[values >= 2.0**-126], near_one])
    np.testing.assert_allclose(math["log2f"](values), np.log2(values.astype(float)), rtol=2e-7, atol=4e-8)
    np.testing.assert_allclose(math["logf"](values), np.log(values.astype(float)), rtol=3e-7, atol=4e-8)
    assert (math["log2f"](np.array([0, 1e-45], np.float32)) == -126).all()


def test_the_exponential_is_right_to_the_last_places(math):
    values = np.random.default_rng(4).uniform(-87.3, 88.72, 20_000).astype(np.float32)
    np.testing.assert_allclose(math["expf"](values), np.exp(values.astype(float)), rtol=2e-7)
    assert math["expf"](np.zeros(1, np.float32))[0] == 1
    assert math["expf"](np.array([-1e30, -88], np.float32)).tolist() == [0, 0]
    assert math["expf"](np.array([1e30], np.float32))[0] == np.finfo(np.float32).max
