"""Keras models converted to int16 activations and int8 weights, and transposed convolutions, equal the reference."""

import numpy as np
import pytest

from pipelines.compile import compile_model

from . import test_compile_keras as keras_models
from .builder import assert_equals_the_reference, random_inputs, run_reference
from .emulated import run_on_cortex_m4
from .test_compile_attention import convert

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def curves(layers):
    return [
        layers.Input((16, 4)),
        layers.Conv1D(8, 3, activation="tanh"),
        layers.Conv1D(8, 3, strides=2),
        layers.LeakyReLU(0.1),
        layers.MaxPooling1D(2),
        layers.Flatten(),
        layers.Dense(12, activation="sigmoid"),
        layers.Dense(3, activation="softmax"),
    ]


def decoder(layers):
    return [
        layers.Input((6, 5, 3)),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2DTranspose(2, 2, strides=2, padding="valid"),
    ]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("architecture", [keras_models.conv1d, keras_models.conv2d, curves, decoder])
def test_a_keras_model_in_int16_equals_the_reference(architecture):
    compiled = assert_equals_the_reference(
        convert(keras_models.build(architecture), "int16"), count=10, micro=False
    )
    assert (compiled.input.dtype, compiled.output.dtype) == ("int16", "int16")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_a_keras_decoder_equals_the_reference(dtype):
    assert_equals_the_reference(convert(keras_models.build(decoder), dtype), count=10, micro=False)


def test_a_keras_model_in_int16_equals_the_reference_on_a_core_with_dsp_instructions():
    model = convert(keras_models.build(keras_models.conv2d), "int16")
    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, 2, np.random.default_rng(3))
    run = run_on_cortex_m4(compiled, inputs)
    np.testing.assert_array_equal(run.outputs, run_reference(model, inputs).reshape(run.outputs.shape))
