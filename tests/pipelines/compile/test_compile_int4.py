"""Layers with int4 weights compute the bytes of the TFLite reference kernels, from half of the flash."""

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.compile.native import build_native
from pipelines.compile.options import CompileOptions

from . import operators
from .builder import assert_equals_the_reference, random_inputs, run_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"padding": "valid", "activation": "relu6", "stride": (2, 1), "kernel": (2, 4)},
        {"kernel": (1, 1), "outputs": 9, "activation": "relu", "channels": 16},
        {"kernel": (1, 5), "height": 1, "width": 40, "channels": 6, "outputs": 16, "per_channel": False},
        {"dilation": (2, 3), "height": 12, "width": 14},
        {"channels": 8, "outputs": 12, "groups": 4},
    ],
    ids=str,
)
def test_conv_2d_equals_the_reference(case):
    compiled = assert_equals_the_reference(operators.convolution("int4", **case), micro=False)
    assert "conv_2d_int4(" in compiled.files["model.c"]


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"channels": 19, "stride": (2, 2), "activation": "relu6"},
        {"channels": 3, "multiplier": 5, "padding": "valid"},
        {"channels": 1, "multiplier": 8, "kernel": (4, 5)},
        {"channels": 16, "dilation": (2, 2), "height": 12, "width": 12},
    ],
    ids=str,
)
def test_depthwise_conv_2d_equals_the_reference(case):
    model = operators.depthwise("int4", **case)
    assert_equals_the_reference(model, micro=False)
    assert_equals_with("size", model)


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"rows": 3, "outputs": 8, "activation": "relu"},
        {"inputs": 200, "outputs": 11, "per_channel": True},
        {"inputs": 64, "outputs": 1, "bias": False},
    ],
    ids=str,
)
def test_fully_connected_equals_the_reference(case):
    assert_equals_the_reference(operators.dense("int4", **case), micro=False)


class Int16Maker(operators.Maker):
    """int4 weights beside int16 activations."""

    def __init__(self, dtype, seed):
        super().__init__(dtype, seed)
        self.weights_dtype = "int4"


@pytest.mark.parametrize(
    "layer", [operators.convolution, operators.dense], ids=["conv_2d", "fully_connected"]
)
def test_int4_weights_beside_int16_activations_equal_the_reference(layer, monkeypatch):
    monkeypatch.setattr(operators, "Maker", Int16Maker)
    assert_equals_the_reference(layer("int16"), micro=False)


LAYERS = {
    "conv_2d": lambda dtype: operators.convolution(dtype, channels=16, outputs=32),
    "depthwise_conv_2d": lambda dtype: operators.depthwise(dtype, channels=64, kernel=(5, 5)),
    "fully_connected": lambda dtype: operators.dense(dtype, inputs=128, outputs=64, per_channel=True),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_int4_weights_take_half_of_the_flash_unless_speed_is_asked_for(layer):
    wide = weights_size(LAYERS[layer]("int8"), "balanced")
    narrow = {choice: weights_size(LAYERS[layer]("int4"), choice) for choice in ("size", "balanced", "speed")}
    assert narrow["size"] * 2 == wide
    assert narrow["balanced"] * (1 if layer == "depthwise_conv_2d" else 2) == wide
    assert narrow["speed"] == wide


def weights_size(model, optimize):
    """Bytes of the model's constants, without bias, multipliers and shifts, which both types have."""
    compiled = compile_model(model, "model", CompileOptions(optimize=optimize))
    return compiled.weights_bytes - 9 * compiled.output.shape[-1]


def test_weights_that_are_not_packed_change_no_byte():
    assert_equals_with("speed", operators.convolution("int4", channels=6, outputs=10))


def assert_equals_with(optimize, model):
    compiled = compile_model(model, "model", CompileOptions(optimize=optimize))
    inputs = random_inputs(compiled.input, 4, np.random.default_rng(1))
    ours = build_native(compiled).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_reference(model, inputs).reshape(ours.shape))
