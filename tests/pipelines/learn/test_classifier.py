"""The classifier block: presets that fit, layers that are checked, cost that is exact; all without TensorFlow."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.blocks import BlockError, learning_block
from pipelines.learn.classifier import Classifier, ClassifierParams
from pipelines.learn.presets import preset_layers, suggest_preset

LABELS = ("a", "b", "c")


def classifier(shape, **params):
    return Classifier(ClassifierParams.model_validate(params), shape, LABELS)


def test_the_classifier_is_found_by_its_id():
    assert learning_block("classifier") is Classifier


def test_describing_a_classifier_does_not_import_tensorflow():
    code = (
        "import sys; from pipelines.spec import pipeline_json_schema; pipeline_json_schema();"
        "print([name for name in ('tensorflow', 'keras', 'scipy', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_setting_and_every_layers_setting_has_a_title_and_a_help_text():
    schema = ClassifierParams.model_json_schema()
    fields = list(schema["properties"].items())
    for layer in schema["$defs"].values():
        fields += [(name, field) for name, field in layer["properties"].items() if name != "type"]
    assert len(fields) > 20
    for name, field in fields:
        assert field.get("title"), name
        assert len(field.get("description", "")) > 15, name
    json.dumps(schema)


@pytest.mark.parametrize(
    ("preset", "shape", "most_macs", "most_weights"),
    [
        ("dense-small", (63,), 10_000, 10_000),
        ("dense-small", (3, 21), 10_000, 10_000),
        ("conv1d-small", (100, 6), 300_000, 20_000),
        ("conv1d-small", (128, 3), 300_000, 20_000),
        ("conv1d-small", (2000, 3), 300_000, 20_000),
        ("dscnn-small", (49, 40), 3_000_000, 40_000),
        ("dscnn-small", (98, 40), 3_000_000, 40_000),
        ("dscnn-small", (61, 32), 3_000_000, 40_000),
    ],
)
def test_presets_stay_small(preset, shape, most_macs, most_weights):
    block = classifier(shape, preset=preset)
    assert block.cost.macs <= most_macs
    assert block.cost.table_bytes <= 4 * most_weights
    assert block.output_shape == (3,)


@pytest.mark.parametrize(
    ("preset", "shape", "instead"),
    [
        ("conv1d-small", (63,), "dense-small"),
        ("conv1d-small", (3, 40), "dense-small"),
        ("dscnn-small", (63,), "dense-small"),
        ("dscnn-small", (128, 3), "conv1d-small"),
    ],
)
def test_a_preset_that_does_not_fit_names_the_one_that_does(preset, shape, instead):
    with pytest.raises(BlockError, match=f"preset: {preset} needs .*: use {instead}"):
        classifier(shape, preset=preset)
    classifier(shape, preset=instead)


@settings(max_examples=100, deadline=None)
@given(shape=st.lists(st.integers(1, 300), min_size=1, max_size=2).map(tuple))
def test_the_suggested_preset_takes_any_shape(shape):
    assert preset_layers(suggest_preset(shape), shape, 0.1)
    assert classifier(shape, preset=suggest_preset(shape)).cost.macs > 0


def test_one_label_cannot_be_told_apart():
    with pytest.raises(BlockError, match="labels: a classifier needs at least two"):
        Classifier(ClassifierParams(), (4,), ("a",))


def test_cost_is_counted_from_the_layers_shapes():
    block = classifier(
        (10, 4),
        layers=[
            {"type": "conv1d", "filters": 8, "kernel": 3, "stride": 2, "padding": "valid"},
            {"type": "max_pool1d", "size": 2},
            {"type": "flatten"},
        ],
    )
    assert [layer.output_shape for layer in block.plan] == [(4, 8), (2, 8), (16,), (3,)]
    assert [layer.macs for layer in block.plan] == [4 * 8 * 3 * 4, 0, 0, 16 * 3]
    assert block.cost.table_bytes == 4 * (3 * 4 * 8 + 8 + 16 * 3 + 3)
    assert block.cost.scratch_bytes == 4 * (10 * 4 + 4 * 8)


@pytest.mark.parametrize(
    ("shape", "layers", "message"),
    [
        ((10, 4), [], None),
        (
            (10,),
            [{"type": "conv1d", "filters": 4}],
            r"conv1d_1 needs \(time, channels\), it is given \(10,\)",
        ),
        ((10, 4), [{"type": "dense", "units": 4}], "dense_1 needs flat values.*put a flatten"),
        ((10, 4), [{"type": "conv1d", "filters": 4}], "dense_2 needs flat values.*put a flatten"),
        (
            (4, 4),
            [{"type": "max_pool1d", "size": 5}, {"type": "flatten"}],
            "looks at 5 steps, only 4 are left",
        ),
        ((10,), [{"type": "global_average_pool"}], "global_average_pool_1 needs channels"),
    ],
)
def test_layers_that_do_not_fit_together_are_refused(shape, layers, message):
    if message is None:
        classifier(shape, layers=layers)
    else:
        with pytest.raises(BlockError, match=message):
            classifier(shape, layers=layers)


@pytest.mark.parametrize(
    "params",
    [
        {"preset": "resnet"},
        {"epochs": 0},
        {"learning_rate": 0},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"dropout": 1},
        {"layers": [{"type": "lstm"}]},
        {"layers": [{"type": "dense"}]},
        {"layers": [{"type": "dense", "units": 0}]},
        {"unknown": 1},
    ],
)
def test_bad_settings_are_refused(params):
    with pytest.raises(ValidationError):
        ClassifierParams.model_validate(params)
