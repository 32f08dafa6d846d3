"""What newer Keras layers convert to compiles, and computes what TFLite computes."""

import pytest

from .builder import assert_equals_the_reference
from .test_compile_keras import convert

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def mobile(layers, image):
    """A block as of MobileNetV3: hard swish, squeeze and excitation, a residual."""
    start = layers.Conv2D(8, 3, strides=2, padding="same", activation="hard_swish")(image)
    spread = layers.ReLU()(layers.DepthwiseConv2D(3, padding="same")(start))
    gate = layers.GlobalAveragePooling2D(keepdims=True)(spread)
    gate = layers.Conv2D(4, 1, activation="relu")(gate)
    gate = layers.Conv2D(8, 1, activation="hard_sigmoid")(gate)
    joined = layers.Add()([start, layers.Conv2D(8, 1)(layers.Multiply()([spread, gate]))])
    return layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(joined))


def resized(layers, image):
    small = layers.Conv2D(4, 3)(layers.Resizing(6, 7)(image))
    smooth = layers.Conv2D(3, 3)(layers.UpSampling2D(2, interpolation="bilinear")(small))
    return layers.Conv2D(3, 3)(layers.UpSampling2D(2, interpolation="nearest")(smooth))


def activated(layers, vector):
    for activation in ("tanh", "gelu", "exponential"):
        vector = layers.Dense(7, activation=activation)(vector)
    for layer in (layers.PReLU(), layers.LeakyReLU()):
        vector = layer(layers.Dense(6)(vector))
    return layers.Dense(4)(vector)


def normalised(layers, signal):
    wide = layers.LayerNormalization()(layers.Dense(6)(signal))
    return layers.Dense(3)(layers.Flatten()(layers.GroupNormalization(2)(wide)))


def dilated(layers, signal):
    """As a temporal convolutional network: causal, with dilations that double."""
    for dilation in (1, 2, 4):
        signal = layers.Conv1D(5, 3, dilation_rate=dilation, padding="causal", activation="relu")(signal)
    return layers.GlobalAveragePooling1D()(layers.Conv1D(4, 3, dilation_rate=2, padding="same")(signal))


def rearranged(layers, signal):
    from keras import ops

    first, second = ops.split(layers.Permute((2, 1))(signal), 2, axis=1)
    return layers.Concatenate()([layers.Maximum()([first, second]), layers.Subtract()([second, first])])


def cropped(layers, image):
    middle = layers.Conv2D(6, 2)(layers.Cropping2D(((1, 2), (0, 1)))(layers.Conv2D(3, 1)(image)))
    return layers.Dense(3)(layers.GlobalMaxPooling2D()(middle))


MODELS = {
    mobile: (16, 16, 3), resized: (9, 8, 2), activated: (12,), normalised: (7, 5), dilated: (40, 3),
    rearranged: (6, 8), cropped: (10, 9, 2),
}  # fmt: skip


def keras_model(build):
    import keras

    keras.utils.set_random_seed(3)
    source = keras.layers.Input(MODELS[build])
    return keras.Model(source, build(keras.layers, source))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("int8", [True, False], ids=["int8", "float32"])
@pytest.mark.parametrize("build", MODELS)
def test_a_keras_model_equals_the_reference(build, int8):
    compiled = assert_equals_the_reference(convert(keras_model(build), int8), count=20, micro=False)
    kinds = {layer.op for layer in compiled.layers}
    assert kinds.isdisjoint(
        {"SHAPE", "REDUCE_PROD", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND", "PAD", "RESHAPE"}
    )
