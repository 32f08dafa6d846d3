"""The Arduino target's zip is what the IDE takes, and its sketches classify what the boards' sensors read."""

import re
import shutil
import zipfile

import numpy as np
import pytest

from deploy_targets.base import TargetError
from deploy_targets.c_library.sketches import sketches
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.zips import build_zip
from pipelines.evaluate import NativeLibrary
from pipelines.profile import board_of
from pipelines.spec import load_spec
from tests.deploy_targets.board_runs import (
    assert_answers,
    board_sources,
    bundle,
    expected,
    expected_of,
    hostile_bundle,
    recording,
    unpacked,
    zip_of,
)
from tests.firmware.machines import machine, run
from tests.pipelines.compile import pushed

# As Arduino's cores build: -Os, and contraction of a * b + c where the chip has it. The library is to mind itself.
CORE_FLAGS = ("-Os", "-ffp-contract=fast")
SDK = ("-DARDUINO=10819",)
SPECTRAL = {"block": "spectral", "name": "f"}


@pytest.fixture(scope="module")
def zips(tmp_path_factory):
    """zips(kind, variant) -> the zip."""
    known = {}

    def build(kind, variant="int8"):
        if (kind, variant) not in known:
            folder = tmp_path_factory.mktemp("arduino")
            known[kind, variant] = zip_of("arduino", bundle(kind, variant), folder)
        return known[kind, variant]

    return build


def pipeline(features, channels, rate_hz, window_ms, stride_ms):
    """A pipeline's document."""
    return {
        "input": {
            "channels": channels,
            "sample_rate_hz": rate_hz,
            "window_ms": window_ms,
            "stride_ms": stride_ms,
        },
        "features": features,
        "learning": [{"block": "classifier", "name": "c", "inputs": ["f"]}],
        "postprocess": {"smooth_windows": 2, "threshold": 0.3},
    }


def run_sketch(zip_path, name, core, samples, folder, flags=()):
    """Build a sketch of a zip and run it."""
    (top,) = unpacked(zip_path, folder / "zip").iterdir()
    return run_top(top, name, core, samples, folder, flags)


def run_top(top, name, core, samples, folder, flags=()):
    """Build a sketch as the IDE does - every source of the library, the sketch as C++ - and run it."""
    sketch = top / "examples" / name
    (folder / "sketch.cpp").write_text("#include <Arduino.h>\n" + (sketch / f"{name}.ino").read_text())
    stand_ins, includes = board_sources("arduino", samples, folder / "board")
    chosen = machine(core)
    sources = [
        *sorted((top / "src").glob("*.c")),
        *sorted(sketch.glob("*.c")),
        folder / "sketch.cpp",
        *stand_ins,
    ]
    flags = (*CORE_FLAGS, *SDK, *flags)
    objects = chosen.compile(sources, [top / "src", sketch, *includes], folder / "objects", flags)
    return chosen.run(chosen.link(objects, folder))


def test_the_ide_takes_the_zip(zips):
    """One folder at the top, with library.properties and a header in src: arduino-cli's own conditions."""
    with zipfile.ZipFile(zips("motion")) as archive:
        names = archive.namelist()
        properties = archive.read("wrist_motions/library.properties").decode()
        keywords = archive.read("wrist_motions/keywords.txt").decode()
    assert {name.split("/")[0] for name in names} == {"wrist_motions"}
    assert "wrist_motions/src/wrist_motions.h" in names
    for name in ("README.md", "LICENSE", "thimble.json", "SHA256SUMS"):
        assert f"wrist_motions/{name}" in names
    fields = dict(line.split("=", 1) for line in properties.splitlines())
    assert set(fields) >= {
        "name",
        "version",
        "author",
        "maintainer",
        "sentence",
        "paragraph",
        "category",
        "url",
    }
    assert re.fullmatch(r"[a-zA-Z0-9][\w. -]{0,62}", fields["name"])
    assert fields["architectures"] == "*"
    assert fields["includes"] == "wrist_motions.h,wrist_motions_continuous.h"
    rows = [line.split("\t") for line in keywords.splitlines()]
    assert ["wrist_motions_continuous_push", "KEYWORD2"] in rows
    assert {kind for _, kind in rows} == {"KEYWORD1", "KEYWORD2", "LITERAL1"}
    assert {name.split("/")[2] for name in names if "/examples/" in name} == {
        "motion_mpu6050",
        "motion_nano33ble",
        "selftest",
    }


@pytest.mark.parametrize("variant", ["int8", "float32"])
@pytest.mark.parametrize(
    ("name", "core", "flags"),
    [
        ("motion_nano33ble", "cortex-m4", ()),
        ("motion_mpu6050", "rp2040", ()),
        ("motion_mpu6050", "rv32imc", ()),
    ],
)
def test_a_motion_sketch_answers_what_whole_windows_give(zips, tmp_path, name, core, flags, variant):
    if variant == "float32" and core == "rp2040":
        pytest.skip("float32 in software runs on the ESP32's core already")
    samples = recording("motion")
    status, text = run_sketch(zips("motion", variant), name, core, samples, tmp_path, flags)
    assert status == 0, text
    assert_answers(text, expected(bundle("motion", variant), samples))


@pytest.mark.parametrize(
    ("name", "core", "flags"),
    [
        ("microphone_nano33ble", "cortex-m4", ()),
        ("microphone_esp32", "rv32imc", ("-DESP_ARDUINO_VERSION_MAJOR=2",)),
        ("microphone_esp32", "rv32imc", ("-DESP_ARDUINO_VERSION_MAJOR=3",)),
        ("microphone_pico", "rp2040", ()),
    ],
)
def test_a_sound_sketch_answers_what_whole_windows_give(zips, tmp_path, name, core, flags):
    samples = recording("sound")
    status, text = run_sketch(zips("sound"), name, core, samples, tmp_path, flags)
    assert status == 0, text
    heard = as_the_pico_hears(samples) if name == "microphone_pico" else samples
    assert_answers(text, expected(bundle("sound"), heard))


def as_the_pico_hears(samples):
    """12-bit readings less their slow average, as the sketch computes it."""
    middle = 2048 * 4096
    heard = []
    for value in (samples[:, 0] * 32768).astype(int):
        reading = int(value / 16) + 2048
        heard.append((reading - middle // 4096) * 16)
        middle += reading * 4 - middle // 1024
    return (np.clip(heard, -32768, 32767) / 32768).astype(np.float32)[:, None]


@pytest.mark.parametrize("variant", ["int8", "float32"])
@pytest.mark.parametrize("core", ["cortex-m4", "rp2040", "rv32imc"])
def test_the_self_test_sketch_passes_though_the_core_asks_for_contraction(zips, tmp_path, core, variant):
    status, text = run_sketch(zips("motion", variant), "selftest", core, recording("motion")[:1], tmp_path)
    assert (status, text.startswith("wrist_motions: the self-test passed in ")) == (0, True), text


@pytest.mark.skipif(shutil.which("xtensa-lx106-elf-g++") is None, reason="needs Debian's gcc-xtensa-lx106")
def test_the_sources_compile_for_an_xtensa_core(zips, tmp_path):
    (top,) = unpacked(zips("motion"), tmp_path / "zip").iterdir()
    shutil.copy("pipelines/profile/firmware/freestanding/string.h", tmp_path)
    for source in sorted((top / "src").glob("*.c")):
        strict = ["-ffreestanding", "-Os", "-Wall", "-Wextra", "-Wconversion", "-Werror", f"-I{tmp_path}"]
        run(["xtensa-lx106-elf-gcc", *strict, "-c", str(source), "-o", str(tmp_path / "x.o")])


SPECS = {
    "motion_nano33ble": pipeline([SPECTRAL], tuple("abcdef"), 50, 2000, 500),
    "motion_mpu6050": pipeline([SPECTRAL], tuple("abcdef"), 50, 2000, 500),
    "analogue": pipeline([SPECTRAL], ("warm", "high"), 50, 2000, 500),
    "microphone_nano33ble": pipeline([{"block": "mfe", "name": "f"}], ("sound",), 8000, 500, 250),
}
"""Pipelines that listen otherwise: six axes, two voltages, a microphone of half the rate."""


@pytest.mark.parametrize("name", SPECS)
def test_a_sketch_for_other_channels_answers_what_whole_windows_give(tmp_path, name):
    spec = load_spec(SPECS[name])
    library = pushed.library_of(spec, "air")
    channels = len(spec.input.channels)
    top = tmp_path / "zip" / "air"
    files = {f"src/{file}": text for file, text in library.files.items()}
    files[f"examples/{name}/{name}.ino"] = sketches(library, spec.input)[name]
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)
    random = np.random.default_rng(3)
    if name == "microphone_nano33ble":
        read = (random.integers(-3000, 3000, (20_480, 1)) / 32768).astype(np.float32)
        pairs = (read * 32768).astype(int).reshape(-1, 2).sum(axis=1)
        samples = (np.trunc(pairs / 2) / 32768).astype(np.float32)[:, None]
    elif name == "analogue":
        read = random.integers(0, 4096, (300, channels)).astype(np.float32)
        samples = read * np.float32(np.float32(3.3) / np.float32(4095))
    else:
        steps = np.array([4096] * 3 + [65.5] * 3, np.float32)
        read = random.integers(-9000, 9000, (300, channels)).astype(np.float32) / steps
        samples = read if name == "motion_nano33ble" else np.trunc(read * steps).astype(np.float32) / steps
    status, text = run_top(top, name, "cortex-m4", read, tmp_path)
    assert status == 0, text
    wanted = expected_of(NativeLibrary(library), spec, pushed.LABELS, samples)
    assert_answers(text, wanted, distinct=1)


def test_a_rate_that_no_driver_offers_has_no_sketch_for_it():
    spec = load_spec(pipeline([{"block": "mfe", "name": "f"}], ("sound",), 11_025, 500, 250))
    assert set(sketches(pushed.library_of(spec, "air"), spec.input)) == {
        "microphone_esp32",
        "microphone_pico",
    }


def test_a_generic_core_is_no_arduino_board():
    target = target_of("arduino")
    assert "no particular board" in target.refuses_board(board_of("cortex-m55"))
    with pytest.raises(TargetError, match="no particular board"):
        deployment_files(
            target, bundle("motion", board_id="cortex-m33"), target.Options(), lambda share, message: None
        )


def test_hostile_names_stay_text(tmp_path):
    target = target_of("arduino")
    made = hostile_bundle("evil\nname=other\\ ${x} */ #error")
    files = deployment_files(target, made, target.Options(), lambda share, message: None)
    lines = files["library.properties"].decode().splitlines()
    assert [line.split("=")[0] for line in lines].count("name") == 1
    assert lines[0] == "name=evil_name_other_x_error"
    path = build_zip({f"x/{name}": content for name, content in files.items()}, tmp_path / "x.zip")
    status, text = run_sketch(path, "selftest", "cortex-m4", np.zeros((1, 3), np.float32), tmp_path)
    assert status == 0, text


@pytest.mark.parametrize("version", ["1", "1.0", "1.0.0-rc", "01.0.0", "1.0.0\n", "a.b.c"])
def test_a_version_that_is_no_three_numbers_is_refused(version):
    with pytest.raises(ValueError, match="version"):
        target_of("arduino").Options(version=version)


def test_the_same_model_gives_the_same_bytes(zips, tmp_path):
    again = zip_of("arduino", bundle("motion"), tmp_path)
    assert again.read_bytes() == zips("motion").read_bytes()
