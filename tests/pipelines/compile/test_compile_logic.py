"""Comparisons, choices and integers equal the TFLite reference."""

import numpy as np
import pytest

from pipelines.compile import UnsupportedOpError, compile_model
from pipelines.compile.native import build_native

from . import operators_logic as logic
from .builder import assert_equals_the_reference, run_reference
from .test_compile_keras import convert

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


@pytest.mark.parametrize("dtype", ["int8", "float32"])
@pytest.mark.parametrize("kind", logic.TABLES)
def test_a_choice_by_comparison_equals_the_reference(kind, dtype):
    for case in ({}, {"other": (1,), "rest": (1, 4, 5, 3)}, {"other": (1, 4, 1, 3), "rest": (5, 1)}):
        for seed in range(2):
            assert_equals_the_reference(logic.chosen(kind, dtype, seed, **case), count=3, micro=False)


def test_the_old_choice_of_equal_shapes_equals_the_reference():
    model = logic.chosen("GREATER", "int8", shape=(1, 6), other=(1, 6), rest=(1, 6), select="SELECT")
    assert_equals_the_reference(model, count=3, micro=False)


@pytest.mark.parametrize("kind", ["ADD", "SUB", "MUL"])
@pytest.mark.parametrize("compare", ["LESS", "GREATER_EQUAL"])
def test_integers_equal_the_reference(kind, compare):
    assert_equals_the_reference(logic.indices(kind, -3, compare=compare), micro=False)


def test_int8_numbers_of_a_large_scale_are_not_compared():
    make = logic.Maker("int8", 0)
    source, condition = make.activation((1, 4), scale=2.0, zero_point=0), make.builder.tensor((1, 4), "bool")
    make.builder.operator("LESS", [source, make.constant((4,))], [condition], logic.options("Less"))
    target = make.builder.tensor((1, 4), "float32")
    make.builder.operator("CAST", [condition], [target], logic.options("Cast", inDataType=6, outDataType=0))
    with pytest.raises(UnsupportedOpError, match="scale of 1 or more; compare float32"):
        compile_model(make.builder.finish(source, target), "model")


@pytest.mark.timeout(120)
def test_an_embedding_of_keras_equals_the_reference():
    import keras

    keras.utils.set_random_seed(3)
    source = keras.layers.Input((6,))
    embedded = keras.layers.Flatten()(keras.layers.Embedding(9, 4)(source))
    model = convert(keras.Model(source, keras.layers.Dense(3)(embedded)), int8=False)
    inputs = np.random.default_rng(0).integers(-9, 9, (20, 1, 6)).astype(np.float32)
    ours = build_native(compile_model(model, "model")).invoke_batch(inputs)
    expected = run_reference(model, inputs).reshape(ours.shape)
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("int8", [True, False], ids=["int8", "float32"])
def test_selu_of_keras_equals_the_reference(int8):
    import keras

    keras.utils.set_random_seed(3)
    source = keras.layers.Input((12,))
    model = keras.Model(source, keras.layers.Dense(4)(keras.layers.Dense(7, activation="selu")(source)))
    assert_equals_the_reference(convert(model, int8), count=20, micro=False)
