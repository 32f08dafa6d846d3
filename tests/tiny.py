"""A whole small pipeline to test with: three motions, made of sines, and a model that tells them apart."""

import os
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipelines.compile import compile_model
from pipelines.compile.library import build_library
from pipelines.spec import load_spec

LABELS = ("circle", "shake", "still")
CHANNELS = ("ax", "ay", "az")
FREQUENCIES_HZ = (2.0, 9.0, 0.0)


@dataclass(frozen=True)
class TinyScaler:
    mean: np.ndarray
    scale: np.ndarray


def spec_document(features=None, inputs=("motion",), **postprocess):
    features = features or [{"block": "spectral", "name": "motion"}]
    return {
        "input": {"channels": CHANNELS, "sample_rate_hz": 32, "window_ms": 2000, "stride_ms": 500},
        "features": features,
        "learning": [{"block": "classifier", "name": "gesture", "inputs": list(inputs)}],
        "postprocess": postprocess,
    }


@cache
def spec():
    return load_spec(spec_document(smooth_windows=3, threshold=0.7))


def windows(count, seed=0):
    """``float32[count, 64, 3]`` and their labels, the three motions by turns."""
    random = np.random.default_rng(seed)
    label = np.arange(count, dtype=np.int16) % len(LABELS)
    time_s = np.arange(64) / 32
    phase = random.uniform(0, 6, (count, 1, 3))
    motion = np.sin(2 * np.pi * np.array(FREQUENCIES_HZ)[label][:, None, None] * time_s[:, None] + phase)
    values = motion * random.uniform(0.3, 1.0, (count, 1, 3)) + random.normal(0, 0.05, (count, 64, 3))
    return values.astype(np.float32), label


def features_of(pipeline, values):
    blocks = pipeline.feature_blocks()
    parts = [blocks[name].extract(values).reshape(len(values), -1) for name in pipeline.learning[0].inputs]
    return np.concatenate(parts, axis=1).reshape(
        len(values), *pipeline.model_input_shape(pipeline.learning[0])
    )


@cache
def trained():
    """(scaler, {variant: tflite bytes}) of a small dense network on the spectral features."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    tf.keras.utils.set_random_seed(1)
    values, label = windows(240)
    features = features_of(spec(), values)
    spread = features.std(axis=0)
    scaler = TinyScaler(
        features.mean(axis=0).astype(np.float32), (1 / np.where(spread > 1e-6, spread, 1)).astype(np.float32)
    )
    inputs = (features - scaler.mean) * scaler.scale
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Input(inputs.shape[1:]),
            tf.keras.layers.Dense(12, activation="relu"),
            tf.keras.layers.Dense(len(LABELS), activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(inputs, label, epochs=25, verbose=0)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    float32 = converter.convert()
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([row[None]] for row in inputs[:60])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return scaler, {"float32": float32, "int8": converter.convert()}


@cache
def library(variant="int8", name="thimble", labels=LABELS):
    scaler, tflite = trained()
    return build_library(spec(), scaler, compile_model(tflite[variant], f"{name}_model"), labels, name)
