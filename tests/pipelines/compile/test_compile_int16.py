"""Layers with int16 activations and int8 weights compute the bytes of the TFLite reference kernels."""

import pytest

from . import operators
from .builder import assert_equals_the_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"padding": "valid", "activation": "relu6", "stride": (2, 1), "kernel": (2, 4)},
        {"kernel": (1, 1), "outputs": 9, "activation": "relu"},
        {"kernel": (1, 1), "stride": (2, 2), "channels": 8, "padding": "valid"},
        {"kernel": (1, 5), "height": 1, "width": 40, "channels": 6, "outputs": 16, "per_channel": False},
        {"dilation": (2, 3), "height": 12, "width": 14, "activation": "relu_n1_to_1"},
        {"channels": 8, "outputs": 12, "groups": 4},
        {"kernel": (7, 9), "stride": (3, 2), "channels": 17},
    ],
    ids=str,
)
def test_conv_2d_equals_the_reference(case):
    compiled = assert_equals_the_reference(operators.convolution("int16", **case), micro=False)
    assert compiled.input.dtype == "int16"


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"channels": 19, "stride": (2, 2), "activation": "relu6"},
        {"channels": 3, "multiplier": 4, "padding": "valid"},
        {"channels": 1, "multiplier": 8, "kernel": (4, 5)},
        {"dilation": (2, 2), "height": 12, "width": 12, "activation": "relu"},
        {"kernel": (1, 3), "height": 1, "width": 33, "channels": 32, "per_channel": False},
    ],
    ids=str,
)
def test_depthwise_conv_2d_equals_the_reference(case):
    assert_equals_the_reference(operators.depthwise("int16", **case), micro=False)


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"rows": 3, "outputs": 8, "activation": "relu"},
        {"outputs": 1, "per_channel": True},
        {"inputs": 200, "outputs": 11, "per_channel": True, "activation": "relu6"},
        {"inputs": 1801, "outputs": 6},
        {"bias": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_fully_connected_equals_the_reference(case, seed):
    assert_equals_the_reference(operators.dense("int16", seed=seed, **case), micro=False)
