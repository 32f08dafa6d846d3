"""Operators of two operands equal the TFLite reference, however these broadcast and are quantized."""

import pytest

from pipelines.compile import UnsupportedOpError, compile_model

from . import operators_operands as operands
from .builder import assert_equals_the_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
BOTH = pytest.mark.parametrize("dtype", ["int8", "float32"])
KINDS = ["SUB", "SQUARED_DIFFERENCE", "MAXIMUM", "MINIMUM"]
CASES = [
    {},
    {"other": (1,)},
    {"other": (1, 4, 5, 3), "constant_first": True},
    {"other": (1, 4, 1, 3)},
    {"other": (1, 1, 5, 1)},
    {"other": (3,), "constant_first": True},
    {"shape": (1, 1, 1, 3), "other": (1, 4, 5, 3)},
    {"shape": (1, 17), "other": (1, 17)},
]


@BOTH
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_operator_of_two_operands_equals_the_reference(kind, dtype, case):
    for seed in range(2):
        assert_equals_the_reference(operands.pair(kind, dtype, seed=seed, **case), count=4, micro=False)


@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_two_computed_operands_equal_the_reference(kind, dtype):
    for seed in range(2):
        assert_equals_the_reference(operands.computed(kind, dtype, seed), count=4, micro=False)
        assert_equals_the_reference(
            operands.computed(kind, dtype, seed, mean_axes=(3,)), count=4, micro=False
        )
        assert_equals_the_reference(operands.with_itself(kind, dtype, seed), count=4, micro=False)


@BOTH
@pytest.mark.parametrize("activation", ["relu", "relu6", "relu_n1_to_1"])
def test_a_difference_with_an_activation_equals_the_reference(activation, dtype):
    assert_equals_the_reference(operands.pair("SUB", dtype, 1, activation=activation), micro=False)


@pytest.mark.parametrize("kind", ["MAXIMUM", "MINIMUM"])
def test_extremes_of_16_bits_equal_the_reference(kind):
    assert_equals_the_reference(operands.pair(kind, "int16"), micro=False)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_quotient_equals_the_reference(case):
    assert_equals_the_reference(operands.pair("DIV", "float32", activation="relu6", **case), micro=False)


@BOTH
@pytest.mark.parametrize("other", [(3,), (1, 1, 3), (4, 5, 3), (1,)], ids=str)
def test_prelu_equals_the_reference(other, dtype):
    for seed in range(3):
        assert_equals_the_reference(operands.pair("PRELU", dtype, seed, other=other), count=4, micro=False)


def test_a_quotient_of_int8_values_is_refused_with_a_cure():
    with pytest.raises(UnsupportedOpError, match="divides int8 values; multiply by a constant"):
        compile_model(operands.pair("DIV", "int8"), "model")
