"""Transposed convolutions compute what the TFLite reference kernels compute."""

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.compile.native import build_native

from . import operators
from .builder import assert_equals_the_reference, options

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def transposed(dtype, seed=0, height=5, width=4, channels=3, outputs=4, kernel=(3, 3), stride=(2, 2), padding="same",
               activation="none", per_channel=True, bias=True, extra=(0, 0)):  # fmt: skip
    """`extra` rows and columns of the output, of several that a strided convolution maps to the same size."""
    make = operators.Maker(dtype, seed)
    image = make.activation((1, height, width, channels))
    weights = make.weights((outputs, *kernel, channels), 0, per_channel)
    size = [
        n * s + e if padding == "same" else (n - 1) * s + k + e
        for n, s, k, e in zip((height, width), stride, kernel, extra, strict=True)
    ]
    target = make.activation((1, *size, outputs))
    shape = make.builder.constant([1, *size, outputs], "int32")
    inputs = [shape, weights, image] + ([make.bias(image, weights, outputs)] if bias else [])
    table = options(
        "TransposeConv", strideH=stride[0], strideW=stride[1], padding=operators.PADDINGS[padding],
        fusedActivationFunction=operators.ACTIVATIONS[activation],
    )  # fmt: skip
    make.builder.operator("TRANSPOSE_CONV", inputs, [target], table, version=4 if activation != "none" else 3)
    return make.builder.finish(image, target)


@pytest.mark.parametrize("dtype", ["int8", "int16", "float32"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"padding": "valid", "kernel": (2, 4), "stride": (2, 3)},
        {"kernel": (5, 5), "stride": (1, 1), "outputs": 9, "activation": "relu"},
        {"kernel": (1, 2), "stride": (3, 2), "activation": "relu6", "padding": "valid"},
        {"kernel": (4, 4), "channels": 17, "per_channel": False, "bias": False},
        {"height": 1, "width": 1, "kernel": (7, 3), "stride": (4, 4), "padding": "valid", "channels": 8},
        {"extra": (1, 0), "padding": "valid"},
    ],
    ids=str,
)
def test_transpose_conv_equals_the_reference(dtype, case):
    compiled = assert_equals_the_reference(transposed(dtype, **case), micro=False)
    assert compiled.macs > 0


def test_a_float32_sum_has_the_order_of_the_reference():
    model = transposed("float32", kernel=(4, 4), channels=16)
    compiled = compile_model(model, "model")
    inputs = np.random.default_rng(0).standard_normal((3, *compiled.input.shape)).astype(np.float32)
    from .builder import run_reference

    ours = build_native(compiled).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_reference(model, inputs).reshape(ours.shape))
