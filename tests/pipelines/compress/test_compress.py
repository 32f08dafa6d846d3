"""Compression: the .tflite variants agree with the network, and hold only what small devices run."""

from __future__ import annotations

import numpy as np
import pytest
import tflite

from pipelines.compress.float32 import to_tflite_float32
from pipelines.compress.ptq_int8 import representative_rows, to_tflite_int8
from pipelines.learn.runtime import tensorflow
from pipelines.learn.train import train_classifier
from tests.pipelines.learn.motions import classifier, motions

ALLOWED = {
    "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "AVERAGE_POOL_2D", "MAX_POOL_2D", "MEAN", "RESHAPE",
    "EXPAND_DIMS", "SQUEEZE", "SOFTMAX", "PAD",
}  # fmt: skip
"""No MUL, ADD or RELU: batch normalisation and activations are part of the layer before them."""

NETWORKS = {
    "dense-small": ((20,), {"preset": "dense-small"}),
    "dense-small of a picture": ((12, 9), {"preset": "dense-small"}),
    "conv1d-small": ((24, 3), {"preset": "conv1d-small"}),
    "dscnn-small": ((20, 12), {"preset": "dscnn-small"}),
    "1-D layers": (
        (24, 3),
        {
            "layers": [
                {"type": "conv1d", "filters": 8, "padding": "valid", "activation": "relu6"},
                {"type": "max_pool1d", "size": 3},
                {"type": "dropout"},
                {"type": "conv1d", "filters": 8, "batch_norm": False},
                {"type": "average_pool1d"},
                {"type": "flatten"},
                {"type": "dense", "units": 9, "activation": "relu6"},
            ]
        },
    ),
    "2-D layers": (
        (16, 12),
        {
            "layers": [
                {"type": "conv2d", "filters": 6, "strides": (2, 1), "padding": "valid"},
                {"type": "depthwise_conv2d", "activation": "relu6"},
                {"type": "conv2d", "filters": 8, "kernel": (1, 1), "activation": "linear"},
                {"type": "max_pool2d"},
                {"type": "average_pool2d", "size": (2, 1)},
                {"type": "global_average_pool"},
            ]
        },
    ),
}


@pytest.fixture(scope="module", params=NETWORKS)
def variants(request, tmp_path_factory):
    """A network trained for a little while, its training features, and both variants."""
    shape, params = NETWORKS[request.param]
    features, labels = motions(120, shape)
    block = classifier(shape, **{**params, "epochs": 12})
    folder = tmp_path_factory.mktemp("trained")
    trained = train_classifier(block, features, labels, motions(30, shape, 1), folder, lambda metrics: None)
    return trained, features, to_tflite_float32(trained), to_tflite_int8(trained, features, labels)


def operators(model):
    graph = tflite.Model.GetRootAs(model)
    names = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
    subgraph = graph.Subgraphs(0)
    return [
        names[graph.OperatorCodes(subgraph.Operators(place).OpcodeIndex()).BuiltinCode()]
        for place in range(subgraph.OperatorsLength())
    ]


def outputs(model, scaled):
    """Probabilities by the reference kernels of TensorFlow Lite."""
    lite = tensorflow().lite
    interpreter = lite.Interpreter(
        model_content=model, experimental_op_resolver_type=lite.experimental.OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    (source,), (sink,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert source["shape"].tolist() == [1, *scaled.shape[1:]]
    rows = []
    for window in scaled:
        if source["dtype"] == np.int8:
            scale, zero = source["quantization"]
            window = np.clip(np.round(window / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(source["index"], window[None])
        interpreter.invoke()
        row = interpreter.get_tensor(sink["index"])[0]
        if sink["dtype"] == np.int8:
            scale, zero = sink["quantization"]
            row = (row.astype(np.float32) - zero) * scale
        rows.append(row)
    return np.array(rows)


def test_both_variants_hold_only_operators_that_small_devices_run(variants):
    _, _, float32, int8 = variants
    assert set(operators(float32)) <= ALLOWED
    assert set(operators(int8)) <= ALLOWED


def test_every_tensor_of_the_int8_variant_is_an_integer(variants):
    subgraph = tflite.Model.GetRootAs(variants[3]).Subgraphs(0)
    kinds = {subgraph.Tensors(place).Type() for place in range(subgraph.TensorsLength())}
    assert kinds <= {tflite.TensorType.INT8, tflite.TensorType.INT32}


def test_float32_computes_what_the_network_does(variants):
    trained, features, float32, _ = variants
    scaled = trained.scaler().apply(features[:20])
    np.testing.assert_allclose(
        outputs(float32, scaled), trained.model().predict(scaled, verbose=0), atol=1e-4
    )


def test_int8_decides_as_float32_does(variants):
    trained, features, float32, int8 = variants
    scaled = trained.scaler().apply(features)
    expected, got = outputs(float32, scaled), outputs(int8, scaled)
    assert np.abs(expected - got).mean() < 0.03
    # Where the network itself hardly knows, a rounding may turn the decision.
    sure = np.diff(np.sort(expected, axis=1)[:, -2:], axis=1)[:, 0] > 0.2
    assert sure.mean() > 0.5
    assert np.mean(expected[sure].argmax(axis=1) == got[sure].argmax(axis=1)) > 0.97


def test_weights_of_convolutions_are_quantised_per_channel(variants):
    subgraph = tflite.Model.GetRootAs(variants[3]).Subgraphs(0)
    names = operators(variants[3])
    for place, name in enumerate(names):
        if name == "CONV_2D":
            weights = subgraph.Tensors(subgraph.Operators(place).Inputs(1))
            assert weights.Quantization().ScaleLength() == weights.Shape(0)


def test_the_same_training_gives_the_same_bytes(variants):
    trained, features, float32, int8 = variants
    labels = motions(120, features.shape[1:])[1]
    assert to_tflite_float32(trained) == float32
    assert to_tflite_int8(trained, features, labels) == int8


def test_the_measured_windows_hold_every_label_in_its_share():
    labels = np.array([0] * 900 + [1] * 97 + [2] * 3)
    rows = representative_rows(labels, 100)
    assert np.bincount(labels[rows]).tolist() == [90, 10, 1]
    assert len(rows) == pytest.approx(100, abs=2)
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert representative_rows(labels, 5000).tolist() == list(range(1000))


def test_conversion_writes_nothing_to_standard_error(tmp_path, capfd):
    features, labels = motions(30, (20,))
    block = classifier((20,), preset="dense-small", epochs=1)
    trained = train_classifier(block, features, labels, (features, labels), tmp_path, lambda metrics: None)
    capfd.readouterr()
    to_tflite_int8(trained, features, labels)
    assert capfd.readouterr().err == ""
