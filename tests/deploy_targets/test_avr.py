"""The AVR target's firmware is built, fits, and runs in simavr with the answers that were measured."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from pydantic import ValidationError

from deploy_targets.avr.chips import CHIPS
from deploy_targets.avr.programs import firmware
from deploy_targets.base import DeployBundle, SelfTest, TargetError
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from pipelines.compile import compile_model
from pipelines.compile.library import build_library
from pipelines.evaluate import NativeLibrary
from tests import tiny
from tests.deploy_targets.conftest import make_bundle
from tests.pipelines.compile import operators
from tests.pipelines.compile.builder import ModelBuilder
from tests.pipelines.compile.pushed import pipeline

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("avr-gcc", "avr-g++", "simavr", "make"))),
    reason="needs Debian's gcc-avr, avr-libc, simavr and make",
)

HOSTILE = ('a"b\\', "*/ #error x", "line\nbreak ??/")
ARDUINO_H = """
#include <stdint.h>
#define F(text) text
#define A0 54
struct SerialPort {
    void begin(long baud);
    template <typename Value> void print(Value value);
    template <typename Value> void println(Value value);
};
extern SerialPort Serial;
unsigned long micros();
int analogRead(uint8_t pin);
"""


def zipped(bundle, **options):
    target = target_of("avr")
    return deployment_files(target, bundle, target.Options(**options), lambda share, message: None)


def unpacked(files, folder):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    return folder


def run(command, folder, expect=0):
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=180, check=False
    )
    assert result.returncode == expect, result.stdout + result.stderr
    return result.stdout + result.stderr


def dense(make, source, target, inputs, outputs):
    weights = make.weights((outputs, inputs), 0, per_channel=True)
    operands = [source, weights, make.bias(source, weights, outputs)]
    make.builder.operator("FULLY_CONNECTED", operands, [target], operators.options("FullyConnected"))


def small_bundle(hidden=0, window=24):
    """Raw samples and one int8 layer, or a hidden one before it: something for an Uno."""
    channels = ("pressure",)
    spec = pipeline([{"block": "raw", "name": "plain"}], channels, 50, window, 8)
    make = operators.Maker("int8", 5)
    source = make.activation((1, window), scale=1 / 64, zero_point=0)
    target = make.activation((1, 3), scale=1 / 256, zero_point=-128)
    middle = make.activation((1, hidden), scale=1 / 16, zero_point=0) if hidden else source
    if hidden:
        dense(make, source, middle, window, hidden)
    dense(make, middle, target, hidden or window, 3)
    tflite = make.builder.finish(source, target)
    columns = len(channels)
    scaler = tiny.TinyScaler(np.full(columns, 0.1, np.float32), np.full(columns, 1.5, np.float32))
    library = build_library(spec, scaler, compile_model(tflite, "thimble_model"), tiny.LABELS)
    windows = np.random.default_rng(4).normal(0, 0.5, (6, window, columns)).astype(np.float32)
    return DeployBundle(
        project="Pump pressure",
        spec=spec,
        labels=tiny.LABELS,
        scaler=scaler,
        tflite=tflite,
        variant="int8",
        board=None,
        evaluation=make_bundle().evaluation,
        profile=None,
        self_test=SelfTest(windows, np.zeros(6, np.int16), NativeLibrary(library).classify(windows)),
    )


@pytest.fixture(scope="module")
def uno():
    return zipped(small_bundle(), mcu="atmega328p")


@pytest.fixture(scope="module")
def mega():
    return zipped(make_bundle(board_id=""), mcu="atmega2560")


def test_a_small_model_fits_an_uno_and_its_self_test_passes_there(uno, tmp_path):
    folder = unpacked(uno, tmp_path)
    assert "warning" not in run(["make"], folder)
    assert "pump_pressure: the self-test passed" in run(["make", "simulate"], folder)


def test_spectral_features_fit_a_mega_and_its_self_test_passes_there(mega, tmp_path):
    folder = unpacked(mega, tmp_path)
    assert "warning" not in run(["make"], folder)
    assert "wrist_motions: the self-test passed" in run(["make", "simulate"], folder)


def test_float32_fits_too(tmp_path):
    files = zipped(make_bundle("float32", board_id=""), mcu="atmega1284p")
    assert json.loads(files["thimble.json"])["target"] == "avr"
    assert b"of 16,384 bytes" in files["README.md"]


def test_the_readme_tells_what_the_linked_firmware_takes_and_the_self_test_measured(mega, tmp_path):
    folder = unpacked(mega, tmp_path)
    run(["make"], folder)
    text, data, bss = map(int, run(["avr-size", "build/firmware.elf"], folder).split("\n")[1].split()[:3])
    told = run(["make", "simulate"], folder)
    stack = int(re.search(r"bytes of stack: (\d+)", told)[1])
    cycles = int(re.search(r"further window: (\d+)", told)[1])
    readme = mega["README.md"].decode()
    assert f"| flash | {text + data:,} of 253,952 bytes |" in readme
    assert f"| RAM | {data + bss + stack:,} of 8,192 bytes |" in readme
    assert f"| each further window | {cycles:,} cycles, {cycles / 16_000:,.1f} ms at 16 MHz |" in readme
    assert "Weights and tables stay in flash" in readme
    assert data < 256


def test_the_firmware_classifies_what_its_converter_reads(mega, tmp_path):
    folder = unpacked(mega, tmp_path)
    run(["make"], folder)
    command = ["simavr", "-m", "atmega2560", "-f", "16000000", "build/firmware.elf"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        lines = [process.stdout.readline().decode() for _ in range(3)]
        process.kill()
    assert [re.search(r"\d+ ms: \w+", line)[0] for line in lines] == [
        "2000 ms: still",
        "2500 ms: still",
        "3000 ms: still",
    ]


def test_a_changed_weight_is_found(uno, tmp_path):
    files = dict(uno)
    files["src/pump_pressure.c"] = files["src/pump_pressure.c"].replace(
        b"value / PUMP", b"0.5f * value / PUMP"
    )
    told = run(["make", "simulate"], unpacked(files, tmp_path))
    assert "the self-test failed" in told
    assert "differs: window" in told


@pytest.mark.parametrize(
    ("bundle", "numbers"),
    [
        (lambda: make_bundle(board_id=""), r"workspace \(1,792\), signal \(768\).* of RAM, of 2,048"),
        (lambda: small_bundle(window=216), r"bytes of RAM for variables .* and [\d,]+ of stack, of 2,048"),
        (lambda: small_bundle(window=2900), r"take [\d,]+ bytes of RAM, of 2,048"),
        (lambda: small_bundle(hidden=900), r"takes [\d,]+ bytes of flash, of 32,256"),
    ],
    ids=["structs", "variables and stack", "beyond 16-bit sizes", "flash"],
)
def test_what_does_not_fit_an_uno_is_refused_with_the_numbers(bundle, numbers):
    with pytest.raises(TargetError, match=numbers) as found:
        zipped(bundle(), mcu="atmega328p")
    assert found.value.field == "mcu"


def test_a_layer_that_cannot_read_flash_has_its_constants_in_ram(tmp_path):
    bundle = small_bundle()
    builder = ModelBuilder()
    source = builder.tensor((1, 24), "int8", scale=1 / 64)
    other = builder.constant(np.arange(24).reshape(1, 24), "int8", scale=1 / 64)
    summed = builder.tensor((1, 24), "int8", scale=1 / 32)
    weights = builder.constant(np.ones((3, 24)), "int8", scale=1 / 64)
    target = builder.tensor((1, 3), "int8", scale=1 / 256, zero_point=-128)
    builder.operator("ADD", [source, other], [summed], operators.options("Add"))
    table = operators.options("FullyConnected")
    builder.operator("FULLY_CONNECTED", [summed, weights, -1], [target], table)
    tflite = builder.finish(source, target)
    library = build_library(bundle.spec, bundle.scaler, compile_model(tflite, "thimble_model"), tiny.LABELS)
    windows = bundle.self_test.windows
    self_test = SelfTest(windows, bundle.self_test.labels, NativeLibrary(library).classify(windows))
    files = zipped(
        DeployBundle(
            **{
                **{name: getattr(bundle, name) for name in bundle.__slots__},
                "tflite": tflite,
                "self_test": self_test,
            }
        ),
        mcu="atmega1284p",
    )
    assert b"cannot read its constants from flash" in files["README.md"]
    assert b"#define THIMBLE_CONST const __flash" not in files["src/pump_pressure_model.c"]
    assert "the self-test passed" in run(["make", "simulate"], unpacked(files, tmp_path))


def test_a_rate_beyond_the_converter_is_refused():
    spec = pipeline([{"block": "raw", "name": "plain"}], ("a", "b"), 40_000, 64, 64)
    library = make_bundle().library("thimble")
    with pytest.raises(TargetError, match="needs 80,000 readings a second"):
        firmware(library, spec.input, CHIPS["atmega328p"], None)


def test_the_sketch_compiles_as_an_arduino_ide_would(uno, tmp_path):
    folder = unpacked(uno, tmp_path)
    (folder / "Arduino.h").write_text(ARDUINO_H)
    flags = ["-mmcu=atmega328p", "-std=gnu++11", "-Wall", "-Wextra", "-Werror", "-I.", "-Isrc"]
    run(["avr-g++", *flags, "-x", "c++", "-c", "examples/analogue/analogue.ino", "-o", "sketch.o"], folder)
    properties = dict(line.split("=", 1) for line in uno["library.properties"].decode().splitlines())
    assert properties["name"] == "pump_pressure"
    assert properties["architectures"] == "avr"


def test_hostile_names_and_labels_stay_text(tmp_path):
    bundle = make_bundle(labels=HOSTILE, project='*/ int evil; /* "${name}" $(rm) \n# `x` 変', board_id="")
    files = zipped(bundle, mcu="atmega1284p")
    assert "the self-test passed" in run(["make", "simulate"], unpacked(files, tmp_path))
    assert len(files["library.properties"].decode().splitlines()) == 10


def test_the_same_model_gives_the_same_bytes(uno):
    assert zipped(small_bundle(), mcu="atmega328p") == uno


def test_a_chip_that_is_not_known_is_refused():
    with pytest.raises(ValidationError, match="mcu"):
        target_of("avr").Options(mcu="attiny85")
