"""Designs over REST, their suggestion, check and preview."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from pipelines.spec import load_spec
from studio.data.models import Sample
from studio.designs.models import Design
from studio.projects.models import Project
from tests.studio.sines import add_sines, design_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/designs/"


def faults(answer: Any) -> dict[str, str]:
    return {fault["field"]: fault["message"] for fault in answer.json()["errors"]}


def test_a_saved_design_has_its_defaults_written_out(url: str, editor: APIClient) -> None:
    made = editor.post(url, {"name": "First", "spec": design_document()})
    assert made.status_code == 201
    spec = made.json()["spec"]
    assert spec["input"]["label_rule"] == "majority"
    assert spec["learning"][0]["params"]["batch_size"] == 32
    assert editor.get(url).json()["results"] == [made.json()]


def test_a_design_can_be_renamed_changed_and_deleted(url: str, editor: APIClient) -> None:
    own = f"{url}{editor.post(url, {'name': 'First', 'spec': design_document()}).json()['id']}/"
    assert editor.patch(own, {"name": "Second"}).json()["name"] == "Second"
    changed = editor.put(own, {"name": "Third", "spec": design_document(window_ms=500)}).json()
    assert (changed["name"], changed["spec"]["input"]["window_ms"]) == ("Third", 500)
    assert editor.delete(own).status_code == 204
    assert editor.get(own).status_code == 404


def test_a_faulty_spec_is_refused_by_field(url: str, editor: APIClient) -> None:
    document = design_document(window_ms=-5)
    document["features"][0]["block"] = "nonsense"
    found = faults(editor.post(url, {"name": "x", "spec": document}))
    assert "spec.input.window_ms" in found
    assert "no feature block 'nonsense'" in found["spec.features.0"]
    assert faults(editor.post(url, {"name": "x", "spec": [1]})) == {"spec": "a pipeline is a JSON object"}
    assert not Design.objects.exists()


def test_a_design_with_a_newer_version_is_refused_in_words(url: str, editor: APIClient) -> None:
    found = faults(editor.post(url, {"name": "x", "spec": {"version": 99}}))
    assert "version 99 is not known here" in found["spec.version"]


def test_a_viewer_checks_but_does_not_save(url: str, viewer: APIClient, project: Project) -> None:
    assert viewer.post(url, {"name": "x", "spec": design_document()}).status_code == 403
    assert viewer.post(f"{url}check/", {"spec": design_document()}).status_code == 200


def test_a_check_tells_shapes_costs_and_windows(url: str, viewer: APIClient, project: Project) -> None:
    add_sines(project, training=14, test=6, seconds=4)
    told = viewer.post(f"{url}check/", {"spec": design_document()}).json()
    assert told["errors"] == []
    assert told["window"] == {"length": 50, "channels": 3}
    assert told["features"][0]["output_shape"] == [50, 3]
    learning = told["learning"][0]
    assert (learning["input_shape"], learning["output_shape"]) == ([50, 3], [2])
    assert learning["cost"]["macs"] == sum(layer["macs"] for layer in learning["layers"]) > 0
    assert told["windows_estimate"] == {"training": 14 * 7, "test": 6 * 7}


@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.3])
def test_the_estimate_is_the_number_of_windows_that_a_run_would_cut(project: Project, seconds: float) -> None:
    from pipelines.windows import plan_windows
    from studio.data.models import DatasetVersion
    from studio.designs.checks import windows_estimate

    add_sines(project, seconds=seconds)
    dataset = DatasetVersion.objects.of_now(project)[0].as_dataset()
    for zero_pad in (True, False):
        spec = load_spec(design_document(zero_pad=zero_pad))
        index = plan_windows(dataset, spec.input, dataset.labels)
        planned = {split: len(index.of_split(split)) for split in ("training", "test")}
        assert windows_estimate(spec.input, project) == planned


def test_a_check_of_a_faulty_spec_is_an_answer_with_errors(url: str, viewer: APIClient) -> None:
    answer = viewer.post(f"{url}check/", {"spec": design_document(channels=[])})
    assert answer.status_code == 200
    assert set(answer.json()) == {"errors"}
    assert answer.json()["errors"][0]["field"] == "input.channels"


def test_a_network_that_does_not_fit_its_features_is_told(url: str, viewer: APIClient) -> None:
    document = design_document(window_ms=40)
    answer = viewer.post(f"{url}check/", {"spec": document}).json()
    assert answer["errors"][0]["field"] == "learning.0.params"
    assert "conv1d-small needs" in answer["errors"][0]["message"]


def test_a_preview_shows_the_window_and_every_blocks_picture(
    url: str, viewer: APIClient, project: Project
) -> None:
    sample = add_sines(project, seconds=4)[0]
    document = design_document()
    document["features"].append({"block": "spectral", "name": "spectrum"})
    asked = {"spec": document, "sample_id": str(sample.pk), "start_ms": 1000}
    told = viewer.post(f"{url}preview/", asked).json()
    assert told["start_ms"] == 1000
    recording = np.load(f"{_files(sample)}")
    np.testing.assert_allclose(told["window"]["values"], recording[50:100].T, rtol=1e-6)
    assert told["window"]["t_ms"][:2] == [0, 20]
    assert [part["name"] for part in told["features"]] == ["motion", "spectrum"]
    for part in told["features"]:
        assert part["picture"]["kind"] in {"line", "bars", "heatmap"}
        assert all(math.isfinite(value) for row in part["picture"]["values"] for value in row)


def _files(sample: Sample) -> Any:
    from studio import storage

    return storage.local_path(sample.signal_key)


def test_a_preview_past_the_end_shows_the_last_window(url: str, viewer: APIClient, project: Project) -> None:
    sample = add_sines(project, seconds=4)[0]
    asked = {"spec": design_document(), "sample_id": str(sample.pk), "start_ms": 1e9}
    assert viewer.post(f"{url}preview/", asked).json()["start_ms"] == 3000


def test_a_preview_of_a_sample_that_does_not_fit_says_why(
    url: str, viewer: APIClient, project: Project
) -> None:
    sample = add_sines(project, channels=("q",), seconds=2)[0]
    asked = {"spec": design_document(), "sample_id": str(sample.pk), "start_ms": 0}
    answer = viewer.post(f"{url}preview/", asked)
    assert answer.status_code == 400
    assert "has no channel x, y, z" in faults(answer)["sample_id"]


def test_a_preview_is_bounded(url: str, viewer: APIClient, project: Project) -> None:
    sample = add_sines(project, rate_hz=40_000, seconds=0.1, channels=("x",))[0]
    document = design_document(channels=["x"], sample_rate_hz=40_000, window_ms=20_000, stride_ms=20_000)
    answer = viewer.post(f"{url}preview/", {"spec": document, "sample_id": str(sample.pk), "start_ms": 0})
    assert answer.status_code == 400
    assert "too many to draw" in faults(answer)["spec.features.0"]


def test_another_projects_sample_can_not_be_previewed(url: str, viewer: APIClient) -> None:
    other = Project.objects.create(name="Other")
    sample = add_sines(other, seconds=1)[0]
    asked = {"spec": design_document(), "sample_id": str(sample.pk), "start_ms": 0}
    assert viewer.post(f"{url}preview/", asked).status_code == 404


def suggestion(url: str, client: APIClient) -> dict[str, Any]:
    answer = client.get(f"{url}suggestion/")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert load_spec(told["spec"]).model_dump(mode="json") == told["spec"]
    assert all(reason.endswith(".") for reason in told["reasons"])
    assert client.post(f"{url}check/", {"spec": told["spec"]}).json()["errors"] == []
    return told["spec"]


def test_sound_is_suggested_mfe_and_a_small_cnn(url: str, viewer: APIClient, project: Project) -> None:
    add_sines(project, rate_hz=8000, seconds=1, channels=("audio",))
    spec = suggestion(url, viewer)
    assert spec["features"][0]["block"] == "mfe"
    assert spec["learning"][0]["params"]["preset"] == "dscnn-small"
    assert spec["input"]["window_ms"] == 1000


@pytest.mark.parametrize(
    ("rate_hz", "seconds"), [(10, 10), (50, 4), (100, 30), (3000, 5), (0.5, 600), (1, 3)]
)
def test_movement_is_suggested_a_network_that_fits(
    url: str, viewer: APIClient, project: Project, rate_hz: float, seconds: float
) -> None:
    add_sines(project, rate_hz=rate_hz, seconds=seconds, training=4, test=2)
    spec = suggestion(url, viewer)
    assert spec["input"]["channels"] == ["x", "y", "z"]
    assert spec["input"]["sample_rate_hz"] == rate_hz
    assert spec["input"]["window_ms"] <= 1000 * max(seconds, 4 / rate_hz)


def test_the_usual_rate_and_the_common_channels_are_suggested(
    url: str, viewer: APIClient, project: Project
) -> None:
    add_sines(project, seed=1, training=8, test=2)
    add_sines(project, seed=2, training=4, test=0, channels=("y", "z", "temperature"))
    add_sines(project, seed=3, training=2, test=0, rate_hz=200)
    spec = suggestion(url, viewer)
    assert spec["input"]["channels"] == ["y", "z"]
    assert spec["input"]["sample_rate_hz"] == 50


def test_without_samples_there_is_no_suggestion(url: str, viewer: APIClient) -> None:
    answer = viewer.get(f"{url}suggestion/")
    assert answer.status_code == 409
    assert "add recordings first" in faults(answer)["samples"]


def test_the_schema_of_a_pipeline_carries_every_block(viewer: APIClient) -> None:
    schema = viewer.get("/api/v1/schema/pipeline/").json()
    blocks = [branch["properties"]["block"]["const"] for branch in schema["$defs"]["FeatureSpec"]["oneOf"]]
    assert {"mfe", "raw", "spectral"} <= set(blocks)
