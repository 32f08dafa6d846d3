"""A Keras model with multi-head attention compiles, and computes what the TFLite reference computes."""

import numpy as np
import pytest

from .builder import assert_equals_the_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def attention():
    """A transformer's encoder block over a window of 12 samples, and a classifier."""
    import keras

    keras.utils.set_random_seed(4)
    window = keras.Input((12, 6), batch_size=1)
    embedded = keras.layers.Dense(16)(window)
    attended = keras.layers.MultiHeadAttention(num_heads=2, key_dim=8)(embedded, embedded)
    features = keras.layers.ReLU()(keras.layers.Add()([embedded, attended]))
    pooled = keras.layers.GlobalAveragePooling1D()(features)
    return keras.Model(window, keras.layers.Dense(4, activation="softmax")(pooled))


def transformer_block():
    """The same with layer normalisation and GELU, as in vision transformers."""
    import keras

    keras.utils.set_random_seed(4)
    window = keras.Input((12, 6), batch_size=1)
    embedded = keras.layers.Dense(16)(window)
    normalised = keras.layers.LayerNormalization()(embedded)
    attended = keras.layers.MultiHeadAttention(num_heads=2, key_dim=8)(normalised, normalised)
    features = keras.layers.LayerNormalization()(keras.layers.Add()([embedded, attended]))
    features = keras.layers.Dense(16, activation="gelu")(features)
    pooled = keras.layers.GlobalAveragePooling1D()(features)
    return keras.Model(window, keras.layers.Dense(4, activation="softmax")(pooled))


def convert(model, dtype):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if dtype != "float32":
        rng = np.random.default_rng(1)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        shape = (1, *model.input_shape[1:])
        converter.representative_dataset = lambda: (
            [rng.standard_normal(shape, np.float32)] for _ in range(30)
        )
        kinds = tf.lite.OpsSet
        converter.target_spec.supported_ops = [
            kinds.TFLITE_BUILTINS_INT8
            if dtype == "int8"
            else kinds.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        ]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, dtype)
    return converter.convert()


# The converter quantizes no layer normalisation to 16x8.
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("model", "dtype"),
    [
        (attention, "int8"),
        (attention, "int16"),
        (attention, "float32"),
        (transformer_block, "int8"),
        (transformer_block, "float32"),
    ],
)
def test_attention_equals_the_reference(model, dtype):
    compiled = assert_equals_the_reference(convert(model(), dtype), count=20, micro=False)
    assert "BATCH_MATMUL" in {layer.op for layer in compiled.layers}
