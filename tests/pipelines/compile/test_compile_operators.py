"""Each operator computes what the TFLite reference kernel and the TFLite Micro kernel compute."""

import numpy as np
import pytest

from . import operators
from .builder import assert_equals_the_reference, options

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
BOTH = pytest.mark.parametrize("dtype", ["int8", "float32"])


@BOTH
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
        {"kernel": (7, 9), "stride": (3, 2)},
    ],
    ids=str,
)
def test_conv_2d_equals_the_reference(dtype, case):
    micro = case.get("groups", 1) == 1
    compiled = assert_equals_the_reference(operators.convolution(dtype, **case), micro=micro)
    assert compiled.macs > 0


@BOTH
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
def test_depthwise_conv_2d_equals_the_reference(dtype, case):
    assert_equals_the_reference(operators.depthwise(dtype, **case))


@BOTH
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"rows": 3, "outputs": 8, "activation": "relu"},
        {"outputs": 1, "per_channel": True},
        {"inputs": 200, "outputs": 11, "per_channel": True, "activation": "relu6"},
        {"bias": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_fully_connected_equals_the_reference(dtype, case, seed):
    assert_equals_the_reference(operators.dense(dtype, seed=seed, **case))


@BOTH
@pytest.mark.parametrize("kind", ["AVERAGE_POOL_2D", "MAX_POOL_2D"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"padding": "same", "stride": (1, 1), "kernel": (3, 3)},
        {"kernel": (8, 7), "stride": (1, 1)},
        {"kernel": (1, 4), "height": 1, "width": 30, "activation": "relu6", "padding": "same"},
        {"activation": "relu"},
    ],
    ids=str,
)
def test_pooling_equals_the_reference(kind, dtype, case):
    assert_equals_the_reference(operators.pool(kind, dtype, **case))


@BOTH
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"keep_dims": True},
        {"shape": (1, 61, 12), "axes": (1,)},
        {"shape": (1, 61, 12), "axes": (2,)},
        {"shape": (1, 1, 9, 4), "axes": (1, 2)},
        {"shape": (1, 300, 3), "axes": (1,), "keep_dims": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(4))
def test_mean_equals_the_reference(dtype, case, seed):
    # TFLite Micro cannot allocate a float32 MEAN that keeps the dimensions of a tensor of rank 3.
    micro = dtype == "int8" or len(case.get("shape", ())) != 3 or "keep_dims" not in case
    assert_equals_the_reference(operators.mean(dtype, seed=seed, **case), micro=micro)


@BOTH
@pytest.mark.parametrize("kind", ["ADD", "MUL"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"other": (1,), "activation": "relu"},
        {"other": (1, 4, 5, 3), "activation": "relu6"},
        {"other": (1, 4, 1, 3)},
        {"other": (3,), "constant_first": True},
        {"shape": (1, 1, 1, 3), "other": (1, 4, 5, 3)},
    ],
    ids=str,
)
def test_add_and_mul_equal_the_reference(kind, dtype, case):
    for seed in range(3):
        assert_equals_the_reference(operators.binary(kind, dtype, seed=seed, **case))


@BOTH
@pytest.mark.parametrize("seed", range(8))
def test_softmax_equals_the_reference(dtype, seed):
    model = operators.unary(
        "SOFTMAX",
        dtype,
        seed=seed,
        shape=(1 + seed % 3, 2 + 5 * seed),
        table=options("Softmax", beta=1.0),
        quantization={"scale": 1 / 256, "zero_point": -128},
    )
    assert_equals_the_reference(model, count=50)


@BOTH
@pytest.mark.parametrize("seed", range(6))
def test_logistic_equals_the_reference(dtype, seed):
    model = operators.unary("LOGISTIC", dtype, seed=seed, quantization={"scale": 1 / 256, "zero_point": -128})
    assert_equals_the_reference(model)


def table_model(kind, scale, zero_point, size):
    make = operators.Maker("int8", 5)
    source = make.activation((1, size), scale=scale, zero_point=zero_point)
    target = make.activation((1, size), scale=1 / 256, zero_point=-128)
    make.builder.operator(
        kind, [source], [target], options("Softmax", beta=1.0) if kind == "SOFTMAX" else None
    )
    return make.builder.finish(source, target)


@pytest.mark.parametrize("scale", [1e-4, 0.5, 7.9, 15.0])
def test_softmax_of_very_fine_and_very_coarse_inputs_equals_the_reference(scale):
    assert_equals_the_reference(table_model("SOFTMAX", scale, 3, 12), count=60)


@pytest.mark.parametrize("seed", range(8))
def test_logistic_equals_the_tflite_reference_at_any_scale(seed):
    """Not TFLite Micro's, whose fixed-point logistic differs where the input is coarse."""
    rng = np.random.default_rng(seed)
    scale = float(np.exp(rng.uniform(np.log(1e-3), np.log(50))))
    model = table_model("LOGISTIC", scale, int(rng.integers(-128, 128)), 4096)
    assert_equals_the_reference(model, count=2, micro=False)


@BOTH
@pytest.mark.parametrize("kind", ["RELU", "RELU6"])
def test_activations_equal_the_reference(kind, dtype):
    assert_equals_the_reference(operators.unary(kind, dtype), micro=False)
    assert_equals_the_reference(operators.unary(kind, dtype, same=True))


@BOTH
@pytest.mark.parametrize(
    "case", [{}, {"value": True}, {"shape": (1, 5), "amounts": ((0, 0), (2, 1))}], ids=str
)
def test_pad_equals_the_reference(dtype, case):
    assert_equals_the_reference(operators.pad(dtype, **case))


@BOTH
@pytest.mark.parametrize(
    "case",
    [{}, {"axis": 1, "others": ((1, 2, 4, 2),)}, {"shape": (1, 7), "axis": -1, "others": ((1, 2),)}],
    ids=str,
)
def test_concatenation_equals_the_reference(dtype, case):
    assert_equals_the_reference(operators.concatenation(dtype, **case))


@pytest.mark.parametrize("seed", range(4))
def test_requantization_equals_the_reference(seed):
    assert_equals_the_reference(operators.unary("QUANTIZE", "int8", seed=seed))


@pytest.mark.parametrize("kind", ["QUANTIZE", "DEQUANTIZE"])
@pytest.mark.parametrize("seed", range(4))
def test_conversion_between_int8_and_float32_equals_the_reference(kind, seed):
    assert_equals_the_reference(operators.conversion(kind, seed))
