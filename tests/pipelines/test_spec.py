"""The contract: what a pipeline document may say, and what is answered when it is wrong."""

import copy
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import blocks, spec
from pipelines.spec import SpecError, load_spec, pipeline_json_schema

GOOD = {
    "version": 1,
    "input": {"channels": ["ax", "ay", "az"], "sample_rate_hz": 100, "window_ms": 2000, "stride_ms": 500},
    "features": [{"block": "spectral", "name": "motion"}],
    "learning": [{"block": "classifier", "name": "gesture", "inputs": ["motion"]}],
}


def changed(path, value):
    document = copy.deepcopy(GOOD)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


def test_a_short_document_is_filled_with_every_default():
    pipeline = load_spec(GOOD)
    written = pipeline.model_dump(mode="json")
    assert written["input"]["zero_pad"] is True
    assert written["compress"] == [{"method": "ptq_int8"}]
    assert written["features"][0]["params"], "a block's defaults are written out too"
    assert load_spec(written) == pipeline


def test_the_hash_of_a_pipeline_is_that_of_its_meaning():
    assert load_spec(GOOD).sha256 == load_spec(load_spec(GOOD).model_dump(mode="json")).sha256
    assert load_spec(changed(["input", "stride_ms"], 250)).sha256 != load_spec(GOOD).sha256


@pytest.mark.parametrize(
    ("path", "value", "field", "says"),
    [
        (["input", "window_ms"], -5, "input.window_ms", "greater than or equal"),
        (["input", "window_ms"], float("nan"), "input.window_ms", "finite"),
        (["input", "sample_rate_hz"], 0, "input.sample_rate_hz", "greater than 0"),
        (["input", "channels"], [], "input.channels", "at least 1"),
        (["input", "channels"], ["ax", "ax"], "input", "once"),
        (["input", "colour"], 1, "input.colour", "not permitted"),
        (["features", 0, "block"], "nope", "features.0", "there are"),
        (["features", 0, "channels"], ["az", "gx"], "", "no gx"),
        (["features", 0, "params"], {"nope": 1}, "features.0", "params.nope"),
        (["learning", 0, "inputs"], ["sound"], "", "no feature block is called sound"),
        (["learning", 0, "name"], "a b", "learning.0.name", "letters"),
        (["version"], 99, "version", "reads up to version 1"),
        (["version"], "one", "version", "whole number"),
        (["features"], [], "features", "at least 1"),
    ],
)
def test_a_fault_names_its_field_and_its_reason(path, value, field, says):
    with pytest.raises(SpecError) as caught:
        load_spec(changed(path, value))
    assert any(fault["field"] == field and says in fault["message"] for fault in caught.value.errors), (
        caught.value.errors
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_any_json_value_is_a_pipeline_or_an_error_in_words(value):
    with pytest.raises(SpecError):
        load_spec(value)


def test_an_older_document_is_brought_up_to_date(monkeypatch):
    def from_version_0(document):
        document = dict(document)
        document["input"] = document.pop("window")
        return document

    monkeypatch.setitem(spec.MIGRATIONS, 0, from_version_0)
    old = {key: value for key, value in GOOD.items() if key not in {"version", "input"}}
    assert load_spec({**old, "version": 0, "window": GOOD["input"]}) == load_spec(GOOD)


def test_the_schema_has_a_title_and_a_help_text_for_every_setting_of_every_block():
    schema = pipeline_json_schema()
    kinds = {**blocks.feature_blocks(), **blocks.learning_blocks()}
    assert {"raw", "spectral", "mfe", "classifier"} <= set(kinds)
    for kind in kinds.values():
        assert kind.title
        assert kind.summary
        for name, field in kind.Params.model_fields.items():
            assert field.title, f"{kind.id}.{name} has no title"
            assert field.description, f"{kind.id}.{name} has no help text"
    for part in ("InputSpec", "PostprocessSpec", "CompressSpec"):
        for name, field in schema["$defs"][part]["properties"].items():
            assert field.get("title"), f"{part}.{name}"
            assert field.get("description"), f"{part}.{name}"
    json.dumps(schema, allow_nan=False)


def test_every_reference_in_the_schema_leads_somewhere():
    schema = pipeline_json_schema()

    def references(node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    for reference in references(schema):
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


def test_loading_a_pipeline_imports_neither_tensorflow_nor_scipy_nor_django():
    program = (
        "import sys, json; from pipelines.spec import load_spec; load_spec(json.loads(sys.argv[1]));"
        "print([m for m in ('tensorflow', 'keras', 'scipy', 'pandas', 'django') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, json.dumps(GOOD)], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
