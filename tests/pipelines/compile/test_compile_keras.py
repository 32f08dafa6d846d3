"""What Keras 3 classifiers convert to compiles, and computes what the interpreters compute."""

import numpy as np
import pytest

from .builder import assert_equals_the_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def conv1d(layers):
    return [
        layers.Input((64, 3)),
        layers.Conv1D(8, 5, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling1D(2),
        layers.SeparableConv1D(12, 3, strides=2, activation="relu"),
        layers.Dropout(0.2),
        layers.Conv1D(8, 3, padding="same", activation="relu6"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(5, activation="softmax"),
    ]


def conv2d(layers):
    return [
        layers.Input((20, 16, 1)),
        layers.Conv2D(8, (3, 3), strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.DepthwiseConv2D(3, padding="same"),
        layers.ZeroPadding2D(1),
        layers.Conv2D(12, 3, activation="relu"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(10, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]


def dense(layers):
    return [
        layers.Input((33,)),
        layers.Reshape((11, 3)),
        layers.Flatten(),
        layers.BatchNormalization(),
        layers.Dense(20, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(1, activation="sigmoid"),
    ]


def normalised_pool(layers):
    return [
        layers.Input((24, 4)),
        layers.BatchNormalization(),
        layers.AveragePooling1D(3),
        layers.SeparableConv1D(6, 3, depth_multiplier=2, padding="same"),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(4),
    ]


def build(architecture):
    import keras

    keras.utils.set_random_seed(3)
    model = keras.Sequential(architecture(keras.layers))
    rng = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            shape = layer.gamma.shape
            layer.set_weights([rng.uniform(0.5, 1.5, shape), rng.normal(size=shape), rng.normal(size=shape),
                               rng.uniform(0.5, 2, shape)])  # fmt: skip
    return model


def convert(model, int8: bool) -> bytes:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if int8:
        rng = np.random.default_rng(1)
        shape = (1, *model.input_shape[1:])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [rng.standard_normal(shape, np.float32)] for _ in range(30)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("int8", [True, False], ids=["int8", "float32"])
@pytest.mark.parametrize("architecture", [conv1d, conv2d, dense, normalised_pool])
def test_a_keras_classifier_equals_the_reference(architecture, int8):
    compiled = assert_equals_the_reference(convert(build(architecture), int8), count=20, micro=int8)
    assert {layer.op for layer in compiled.layers}.isdisjoint(
        {"RESHAPE", "EXPAND_DIMS", "SQUEEZE", "SHAPE", "PACK"}
    )
