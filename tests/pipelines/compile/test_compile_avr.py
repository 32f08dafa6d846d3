"""What an emulated AVR computes equals the TFLite reference: int has 16 bits there, and weights stay in flash."""

import shutil

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.compile.native import build_native

from . import operators
from .builder import options, random_inputs, run_reference
from .emulated_avr import IN_FLASH, LOST_ADDRESS, run_on_avr

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated"),
    pytest.mark.skipif(
        not (shutil.which("avr-gcc") and shutil.which("simavr")),
        reason="needs Debian's gcc-avr, avr-libc and simavr",
    ),
]

OF_SOFTMAX = {"scale": 1 / 256, "zero_point": -128}

READ_FLASH = {
    "convolution": operators.convolution("int8", height=5, width=4, channels=3, kernel=(3, 3)),
    "pointwise": operators.convolution("int8", height=3, width=3, channels=5, outputs=6, kernel=(1, 1)),
    "convolution in groups": operators.convolution("int8", channels=6, outputs=4, groups=2),
    "depthwise": operators.depthwise("int8", height=5, width=4, channels=5),
    "depthwise of another size": operators.depthwise("int8", height=4, width=4, channels=3, kernel=(3, 2)),
    "depthwise, multiplied": operators.depthwise("int8", height=4, width=4, channels=2, multiplier=3),
    "dense": operators.dense("int8", inputs=37, outputs=9, activation="relu"),
    "dense, long sums": operators.dense("int8", inputs=600, outputs=9, per_channel=True),
    "softmax": operators.unary(
        "SOFTMAX", "int8", table=options("Softmax", beta=1.0), quantization=OF_SOFTMAX
    ),
    "logistic": operators.unary("LOGISTIC", "int8", quantization=OF_SOFTMAX),
    "average pool": operators.pool("AVERAGE_POOL_2D", "int8"),
    "max pool": operators.pool("MAX_POOL_2D", "int8"),
    "mean": operators.mean("int8"),
    "pad": operators.pad("int8"),
    "float convolution": operators.convolution("float32", height=4, width=4, channels=3),
    "float depthwise": operators.depthwise("float32", height=4, width=4, channels=3),
    "float dense": operators.dense("float32", inputs=37, outputs=9),
}

READ_RAM = {
    "concatenation with constants": operators.concatenation("int8"),
    "sum with a constant": operators.binary("ADD", "int8"),
    "product with a constant": operators.binary("MUL", "int8"),
    "int16 dense": operators.dense("int16", inputs=19, outputs=5),
    "int16 convolution": operators.convolution("int16", height=4, width=4, channels=3),
}


def assert_equals_the_reference_on_avr(model, folder, flags=()):
    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, 3, np.random.default_rng(3))
    found = run_on_avr(compiled, inputs, folder, flags)
    if compiled.output.dtype == "float32":
        # The same bits as on this machine: AVR's floating-point library rounds as IEEE 754 says.
        wanted = build_native(compiled).invoke_batch(inputs)
    else:
        wanted = run_reference(model, inputs)
    np.testing.assert_array_equal(found.ravel(), wanted.ravel())


@pytest.mark.parametrize("name", READ_FLASH)
def test_a_layer_that_reads_its_constants_from_flash_equals_the_reference(name, tmp_path):
    assert_equals_the_reference_on_avr(READ_FLASH[name], tmp_path, IN_FLASH)


@pytest.mark.parametrize("name", READ_RAM)
def test_a_layer_that_cannot_is_found_by_the_compiler_and_equals_it_with_constants_in_ram(name, tmp_path):
    with pytest.raises(AssertionError, match=LOST_ADDRESS):
        assert_equals_the_reference_on_avr(READ_RAM[name], tmp_path, IN_FLASH)
    assert_equals_the_reference_on_avr(READ_RAM[name], tmp_path)
