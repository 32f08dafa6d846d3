"""A Keras network as a function of exactly one window, ready for TensorFlow Lite's converter."""

from __future__ import annotations

from typing import Any

from pipelines.learn.runtime import tensorflow
from pipelines.learn.trained import Trained


def converter_of(trained: Trained) -> Any:
    """A ``tf.lite.TFLiteConverter`` of the network with its batch fixed at 1.

    With a batch of any size the converter would compute shapes at run time (``SHAPE``, ``STRIDED_SLICE``,
    ``PACK``), which no device needs.
    """
    tf = tensorflow()
    model = trained.model()
    one = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="features")
    function = tf.function(lambda features: model(features, training=False), input_signature=[one])
    # Without the model beside it, the function's variables become constants.
    return tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()])
