"""TensorFlow.js computes what Keras does: every layer that a network may have, as graph model and as layers model."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from deploy_targets.browser_packages import browser_package
from pipelines.export.tfjs import LayersModelError, graph_model, layers_model
from pipelines.export.tfjs.weights import quantized, tfjs_model
from pipelines.learn.classifier import Classifier
from pipelines.learn.network import build_networks
from pipelines.learn.runtime import keras

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js"),
    pytest.mark.skipif(
        browser_package("@tensorflow/tfjs") is None,
        reason="TensorFlow.js is not installed: make browser-packages",
    ),
]

WINDOWS = 5
LABELS = ("a", "b", "c")
END = [{"type": "dense", "units": 7, "activation": "relu6"}]
NETWORKS = {
    "dense": ((6,), END),
    "one_dimension": (
        (20, 3),
        [
            {"type": "conv1d", "filters": 5, "kernel": 4, "stride": 2, "activation": "relu6"},
            {"type": "max_pool1d", "size": 2},
            {"type": "conv1d", "filters": 4, "padding": "valid", "batch_norm": False, "activation": "linear"},
            {"type": "conv1d", "filters": 4, "kernel": 1, "activation": "linear"},
            {"type": "global_average_pool"},
            {"type": "dropout", "rate": 0.02},
        ],
    ),
    "two_dimensions": (
        (13, 10),
        [
            {"type": "conv2d", "filters": 4, "kernel": (5, 2), "strides": (2, 2)},
            {"type": "depthwise_conv2d", "activation": "relu6"},
            {"type": "average_pool2d", "size": (2, 2)},
            {"type": "depthwise_conv2d", "batch_norm": False, "padding": "valid", "kernel": (2, 2)},
            {"type": "max_pool2d", "size": (2, 1)},
            {"type": "flatten"},
            *END,
        ],
    ),
    "flat_time": ((4, 3), [{"type": "average_pool1d", "size": 2}, {"type": "flatten"}, *END]),
}
HALF_A_CODE = {"float32": 1e-5, "float16": 5e-3, "uint8": 0.15}


def values_for(variable, random):
    """Numbers that let through about as much as they are given, so that no activation is full or empty."""
    if variable.name in ("gamma", "moving_variance"):
        return random.uniform(0.5, 2, variable.shape).astype(np.float32)
    is_depthwise = len(variable.shape) == 4 and variable.shape[-1] == 1
    inputs = np.prod(variable.shape[: 2 if is_depthwise else -1])
    spread = 1.5 / np.sqrt(inputs) if len(variable.shape) > 1 else 0.3
    return random.normal(0, spread, variable.shape).astype(np.float32)


def saved(name, path):
    """A network with weights and normalisations as training would leave them, saved; some input, its answers."""
    shape, layers = NETWORKS[name]
    params = Classifier.Params.model_validate({"layers": layers})
    k = keras()
    k.utils.set_random_seed(4)
    network = build_networks(Classifier(params, shape, LABELS))[1]
    random = np.random.default_rng(7)
    for variable in network.variables:
        if variable.name != "seed_generator_state":
            variable.assign(values_for(variable, random))
    network.save(path)
    features = random.normal(size=(WINDOWS, *shape)).astype(np.float32)
    return features, np.asarray(network(features, training=False))


@pytest.fixture(scope="module", params=["float32", "float16", "uint8"])
def computed(request, tmp_path_factory):
    """The weights' type, the folder with what TensorFlow.js computed, and Keras's answers by network."""
    folder = tmp_path_factory.mktemp(request.param)
    expected = {}
    for name in NETWORKS:
        features, expected[name] = saved(name, folder / f"{name}.keras")
        place = folder / "models" / name
        for kind, convert in (("graph", graph_model), ("layers", layers_model)):
            for path, content in convert(folder / f"{name}.keras", request.param).files(kind).items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(content)
        (place / "input.f32").write_bytes(features.tobytes())
    packages = browser_package("@tensorflow/tfjs").parents[1]
    script = Path(__file__).parent / "run_tfjs.cjs"
    command = ["node", str(script), str(packages), str(folder / "models")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return request.param, folder / "models", expected


def test_both_models_answer_as_keras_does(computed):
    weights, folder, expected = computed
    for name, answers in expected.items():
        assert np.ptp(answers, axis=0).max() > 0.03
        for kind in ("graph", "layers"):
            found = np.frombuffer((folder / name / f"{kind}.f32").read_bytes(), "<f4").reshape(answers.shape)
            error = np.abs(found - answers).max()
            assert error <= HALF_A_CODE[weights], f"{name}, {kind}: {error}"


def test_the_layers_model_goes_on_learning(computed):
    _, folder, expected = computed
    for name in expected:
        losses = json.loads((folder / name / "trained.json").read_text())
        assert losses[-1] < losses[0], name


def test_fewer_bits_are_fewer_bytes(tmp_path):
    saved("dense", tmp_path / "model.keras")
    sizes = [
        len(graph_model(tmp_path / "model.keras", kind).weights) for kind in ("float32", "float16", "uint8")
    ]
    biases, kernels = 4 * (7 + 3), 4 * (6 * 7 + 7 * 3)
    assert sizes == [biases + kernels, biases + kernels // 2, biases + kernels // 4]


def test_what_stands_behind_a_layer_is_part_of_it(tmp_path):
    saved("two_dimensions", tmp_path / "model.keras")
    nodes = json.loads(graph_model(tmp_path / "model.keras").model_json)["modelTopology"]["node"]
    assert [node["op"] for node in nodes if node["op"] != "Const"] == [
        "Placeholder",
        "Reshape",
        "_FusedConv2D",
        "FusedDepthwiseConv2dNative",
        "AvgPool",
        "FusedDepthwiseConv2dNative",
        "MaxPool",
        "Reshape",
        "_FusedMatMul",
        "_FusedMatMul",
        "Softmax",
    ]


def test_the_same_network_gives_the_same_bytes_again(tmp_path):
    saved("one_dimension", tmp_path / "model.keras")
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(tmp_path / "model.keras", tmp_path / "elsewhere" / "other.keras")
    for convert in (graph_model, layers_model):
        first, second = convert(tmp_path / "model.keras"), convert(tmp_path / "elsewhere" / "other.keras")
        assert first == second
        assert b"elsewhere" not in second.model_json


def test_a_layer_that_is_not_written_is_named(tmp_path):
    k = keras()
    inputs = k.Input((8, 2), name="features")
    k.Model(inputs, k.layers.LSTM(3, name="memory")(inputs)).save(tmp_path / "model.keras")
    with pytest.raises(LayersModelError, match="the layer memory is a LSTM"):
        layers_model(tmp_path / "model.keras")


def test_a_network_that_skips_a_layer_is_no_layers_model(tmp_path):
    k = keras()
    inputs = k.Input((8,), name="features")
    outputs = k.layers.Softmax()(k.layers.Dense(8, name="first")(inputs))
    second = k.layers.Dense(8, name="second")(inputs)
    k.Model(inputs, [outputs, second]).save(tmp_path / "model.keras")
    with pytest.raises(LayersModelError, match="second does not read the one before it alone"):
        layers_model(tmp_path / "model.keras")


def test_an_operator_that_not_every_backend_has_is_named(tmp_path):
    k = keras()
    inputs = k.Input((8,), name="features")
    k.Model(inputs, k.layers.Activation("softplus")(inputs)).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="the network computes Softplus"):
        graph_model(tmp_path / "model.keras")


@pytest.mark.parametrize("values", [[-1.5, 0.0, 3.0], [2.0, 2.5], [-4.0, -1.0], [7.0, 7.0], [0.0, 0.0]])
def test_a_code_is_at_most_half_a_step_off_and_zero_stays_zero(values):
    values = np.array(values, np.float32)
    codes, scale, least = quantized(values)
    restored = codes * scale + least
    assert (
        np.abs(restored - values).max() <= scale * 0.5000001 if np.ptp(values) else (restored == values).all()
    )
    assert all(restored[values == 0] == 0)


def test_numbers_too_large_for_float16_become_its_largest():
    model = tfjs_model({}, [("w", np.full((1, 2), 1e6, np.float32))], "float16")
    assert np.frombuffer(model.weights, "<f2").tolist() == [65504, 65504]
