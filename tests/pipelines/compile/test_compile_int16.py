"""Layers with int16 activations and int8 weights compute the bytes of the TFLite reference kernels."""

from unittest.mock import patch

import flatbuffers
import numpy as np
import pytest
from tensorflow.lite.python import schema_py_generated as schema

from pipelines.compile import compile_model
from pipelines.compile.native import build_native

from . import operators
from .builder import assert_equals_the_reference, options, random_inputs, run_micro

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
def test_fully_connected_equals_the_reference(case):
    assert_equals_the_reference(operators.dense("int16", **case), micro=False)


@pytest.mark.parametrize("kind", ["AVERAGE_POOL_2D", "MAX_POOL_2D"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"padding": "same", "stride": (1, 1), "kernel": (3, 3)},
        {"kernel": (1, 4), "height": 1, "width": 30, "activation": "relu6", "padding": "same"},
        {"activation": "relu"},
    ],
    ids=str,
)
def test_pooling_equals_the_reference(kind, case):
    assert_equals_the_reference(operators.pool(kind, "int16", **case), micro=False)


@pytest.mark.parametrize(
    "case",
    [{}, {"keep_dims": True}, {"shape": (1, 61, 12), "axes": (2,)}, {"shape": (1, 300, 3), "axes": (1,)}],
    ids=str,
)
def test_mean_equals_the_reference(case):
    assert_equals_the_reference(operators.mean("int16", **case), micro=False)


@pytest.mark.parametrize("kind", ["ADD", "SUB", "MUL"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"other": (1,), "activation": "relu"},
        {"other": (1, 4, 5, 3), "activation": "relu6"},
        {"other": (1, 4, 1, 3)},
        {"other": (3,), "constant_first": True},
    ],
    ids=str,
)
def test_arithmetic_equals_the_reference(kind, case):
    assert_equals_the_reference(
        operators.binary(kind, "int16", seed=len(kind + str(case)), **case), micro=False
    )


@pytest.mark.parametrize("kind", ["RELU", "RELU6"])
@pytest.mark.parametrize("same", [False, True])
def test_activations_equal_the_reference(kind, same):
    assert_equals_the_reference(operators.unary(kind, "int16", same=same), micro=False)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.7])
def test_leaky_relu_equals_the_reference(alpha):
    model = operators.unary("LEAKY_RELU", "int16", table=options("LeakyRelu", alpha=alpha))
    assert_equals_the_reference(model, micro=False)


def curve(kind, scale, shape=(1, 65, 7)):
    make = operators.Maker("int16", 1)
    source = make.activation(shape, scale=scale)
    target = make.activation(shape, scale=2.0**-15)
    table = options("Softmax", beta=1.0) if kind == "SOFTMAX" else None
    make.builder.operator(kind, [source], [target], table, version=2)
    return make.builder.finish(source, target)


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH"])
@pytest.mark.parametrize("scale", [2.0**-12, 2.0**-11, 2.0**-13, 1e-6, 3.1e-5, 0.0017, 0.09, 2.5])
def test_logistic_and_tanh_equal_the_reference(kind, scale):
    assert_equals_the_reference(curve(kind, scale), count=40, micro=False)


@pytest.mark.parametrize("scale", [1e-6, 3.1e-5, 2.0**-12, 0.0017, 0.2])
@pytest.mark.parametrize("shape", [(1, 65, 7), (1, 2), (3, 1), (1, 2, 3, 900)])
def test_softmax_equals_the_reference(scale, shape):
    assert_equals_the_reference(curve("SOFTMAX", scale, shape), micro=False)


@pytest.mark.parametrize("value", [False, True])
def test_pad_equals_the_reference(value):
    assert_equals_the_reference(operators.pad("int16", value=value), micro=False)


@pytest.mark.parametrize("case", [{}, {"axis": 1, "others": ((1, 2, 4, 2),)}], ids=str)
def test_concatenation_equals_the_reference(case):
    assert_equals_the_reference(operators.concatenation("int16", **case), micro=False)


@pytest.mark.parametrize(
    ("source", "target"),
    [("int8", "int16"), ("int16", "int8"), ("int16", "int16"), ("float32", "int16"), ("int16", "float32")],
)
@pytest.mark.parametrize("scales", [(0.01, 0.0004), (0.0003, 0.02), (0.05, 0.05)])
def test_conversions_equal_the_reference(source, target, scales):
    make = operators.Maker("int16", 3)
    tensors = [
        make.builder.tensor((1, 5, 6, 4), dtype, scale=None if dtype == "float32" else scale,
                            zero_point=-7 if dtype == "int8" else 0)
        for dtype, scale in zip((source, target), scales, strict=True)
    ]  # fmt: skip
    make.builder.operator(
        "DEQUANTIZE" if target == "float32" else "QUANTIZE", *[[each] for each in tensors], version=2
    )
    model = make.builder.finish(*tensors)
    if (source, target) != ("int8", "int16"):
        assert_equals_the_reference(model, micro=False)
        return
    # tf.lite 2.19 widens no int8 to int16, TFLite Micro does.
    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, 8, np.random.default_rng(0))
    ours = build_native(compiled).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_micro(model, inputs).reshape(ours.shape))


@pytest.mark.parametrize(
    ("make", "bias"), [(operators.convolution, True), (operators.dense, True), (operators.dense, False)]
)
def test_a_layer_with_sums_of_32_bits_equals_the_reference(make, bias):
    """The converter's option to quantize biases to int32 has another rounding."""
    with patch.object(operators.Maker, "bias", narrow_bias):
        model = make("int16", bias=bias, activation="relu")
    assert_equals_the_reference(with_bias_type(model, schema.TensorType.INT32), micro=False)


def narrow_bias(make, image, weights, count):
    scales = np.float32(make.scale(image)) * make.builder.graph.tensors[weights].quantization.scale
    return make.builder.constant(make.rng.integers(-5_000_000, 5_000_000, count), "int32", scale=scales)


def with_bias_type(model, bias_type):
    changed = schema.ModelT.InitFromPackedBuf(model)
    changed.subgraphs[0].operators[0].builtinOptions.quantizedBiasType = bias_type
    packer = flatbuffers.Builder(1024)
    packer.Finish(changed.Pack(packer), b"TFL3")
    return bytes(packer.Output())
