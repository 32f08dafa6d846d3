"""The tflite target: the same network, which says what it is."""

import io
import json
import runpy
import zipfile
from dataclasses import replace

import flatbuffers
import numpy as np
import pytest
from flatbuffers.table import Table

from deploy_targets.model_files import features_of, model_input
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from pipelines.compile.c_names import identifier_from
from pipelines.compile.model import TensorInfo
from pipelines.compress.reference import reference_outputs
from pipelines.export.model_file import metadata_of
from pipelines.export.tflite_metadata import deviation
from pipelines.learn.scaler import Scaler
from tests.real_runs import bundle_of, keyword_run, motion_run

RUNS = {"motion": motion_run, "keyword": keyword_run}
HOSTILE = ('a"b\\', "line\nbreak", "  ", "変")


def built(bundle):
    target = target_of("tflite")
    return deployment_files(target, bundle, target.Options(), lambda share, message: None)


@pytest.fixture(
    scope="module", params=[("motion", "float32"), ("motion", "int8"), ("keyword", "int8")], ids="-".join
)
def deployment(request):
    """(bundle, files, the model file) of a deployment."""
    run, variant = request.param
    bundle = bundle_of(RUNS[run](), variant, board_id="")
    files = built(bundle)
    return bundle, files, files["wrist_motions.tflite"]


class Reader:
    """A table of a flatbuffer, read by field numbers only: no code of ours."""

    def __init__(self, data, position=None):
        start = flatbuffers.encode.Get(flatbuffers.packer.uoffset, data, 0) if position is None else position
        self.data, self.table = data, Table(data, start)

    def _at(self, field):
        offset = self.table.Offset(4 + 2 * field)
        return self.table.Pos + offset if offset else None

    def text(self, field):
        return self.table.String(self._at(field)).decode()

    def byte(self, field):
        return self.data[self._at(field)]

    def number(self, field):
        return float(np.frombuffer(self.data, "<f4", 1, self._at(field))[0])

    def child(self, field):
        return Reader(self.data, self.table.Indirect(self._at(field)))

    def children(self, field):
        offset = self.table.Offset(4 + 2 * field)
        start = self.table.Vector(offset)
        return [
            Reader(self.data, self.table.Indirect(start + 4 * index))
            for index in range(self.table.VectorLen(offset))
        ]

    def floats(self, field):
        offset = self.table.Offset(4 + 2 * field)
        return np.frombuffer(self.data, "<f4", self.table.VectorLen(offset), self.table.Vector(offset))


def test_the_model_computes_what_the_measured_code_computed(deployment):
    bundle, files, model = deployment
    with np.load(io.BytesIO(files["selftest.npz"])) as selftest:
        windows, features, expected = (selftest[name] for name in ("windows", "features", "probabilities"))
    np.testing.assert_array_equal(features, features_of(bundle, windows))
    interface = json.loads(files["interface.json"])
    scaled = (features - np.float32(interface["scaler"]["mean"])) * np.float32(interface["scaler"]["scale"])
    source, target = interface["input"], interface["output"]
    if bundle.variant == "float32":
        outputs = reference_outputs(model, scaled.reshape(-1, *source["shape"]))[:, 0]
        np.testing.assert_allclose(outputs, expected, atol=1e-5)
        return
    steps = scaled / np.float32(source["scale"])
    inputs = np.sign(steps) * np.floor(np.abs(steps) + np.float32(0.5)) + source["zero_point"]
    inputs = np.clip(inputs, -128, 127).astype(np.int8)
    outputs = reference_outputs(model, inputs.reshape(-1, *source["shape"]))[:, 0]
    got = (outputs.astype(np.float32) - target["zero_point"]) * np.float32(target["scale"])
    np.testing.assert_array_equal(got, expected)


def test_a_thousand_inputs_give_the_same_bytes_with_and_without_the_metadata(deployment):
    bundle, _, model = deployment
    shape = json.loads(deployment[1]["interface.json"])["input"]["shape"]
    random = np.random.default_rng(2)
    inputs = random.standard_normal((1000 if len(shape) == 2 else 40, *shape)).astype(np.float32)
    if bundle.variant == "int8":
        inputs = random.integers(-128, 128, inputs.shape).astype(np.int8)
    assert reference_outputs(model, inputs).tobytes() == reference_outputs(bundle.tflite, inputs).tobytes()


def test_the_file_is_a_zip_of_its_labels_and_its_pipeline(deployment):
    bundle, files, model = deployment
    with zipfile.ZipFile(io.BytesIO(model)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["labels.txt", "pipeline.json"]
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        assert archive.read("labels.txt").decode().splitlines() == list(bundle.labels)
        assert json.loads(archive.read("pipeline.json")) == bundle.spec.model_dump(mode="json")
    assert files["labels.txt"].decode().splitlines() == list(bundle.labels)


def test_the_metadata_say_what_goes_in_and_what_comes_out(deployment):
    bundle, _, model = deployment
    data = metadata_of(model)["TFLITE_METADATA"]
    assert data[4:8] == b"M001"
    root = Reader(data)
    assert root.text(0) == "Wrist motions"
    assert f"{bundle.evaluation['windows']:,} test windows ({bundle.variant})" in root.text(1)
    assert root.text(7) == "1.0.0"
    assert [file.text(0) for file in root.children(6)] == ["pipeline.json"]
    [subgraph] = root.children(3)
    [source], [target] = subgraph.children(2), subgraph.children(3)
    assert source.text(0) == "features"
    assert "not the samples themselves" in source.text(1)
    assert source.child(3).byte(0) == target.child(3).byte(0) == 1
    [unit] = source.children(4)
    assert unit.byte(0) == 1
    np.testing.assert_array_equal(unit.child(1).floats(0), bundle.scaler.mean)
    np.testing.assert_allclose(1 / unit.child(1).floats(1), bundle.scaler.scale, rtol=1e-6)
    [threshold] = target.children(4)
    assert threshold.byte(0) == 3
    assert threshold.child(1).number(0) == np.float32(bundle.spec.postprocess.threshold)
    [labels] = target.children(6)
    assert (labels.text(0), labels.byte(2)) == ("labels.txt", 2)


def test_a_feature_that_never_changes_is_divided_by_the_largest_number():
    assert deviation(np.float32([0, 2, 1e30])).tolist() == [np.finfo(np.float32).max, 0.5, np.float32(1e-30)]


def script_status(files, folder, **selftest):
    """What the script of the zip ends with; run in this process, where TensorFlow is loaded already."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if selftest:
        with np.load(folder / "selftest.npz") as was:
            np.savez(folder / "changed.npz", **{**was, **selftest})
        (folder / "changed.npz").replace(folder / "selftest.npz")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(folder / "classify.py"), run_name="__main__")
    return ended.value.code


def test_the_script_in_the_zip_runs_it(deployment, tmp_path, capsys):
    bundle, files, _ = deployment
    assert script_status(files, tmp_path) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(bundle.self_test.windows) + 1


def test_the_script_fails_where_the_model_is_another(deployment, tmp_path):
    bundle, files, _ = deployment
    assert (
        script_status(files, tmp_path, probabilities=np.roll(bundle.self_test.probabilities, 1, axis=1)) == 1
    )


def test_the_same_run_gives_the_same_bytes():
    bundle = bundle_of(motion_run(), "int8", board_id="")
    assert built(bundle) == built(bundle)


def test_hostile_names_and_labels_stay_text():
    bundle = bundle_of(motion_run(), "int8", board_id="", project='*/ "${name}" \n# `x` 変')
    labels = HOSTILE[: len(bundle.labels)]
    files = built(replace(bundle, labels=labels))
    name = identifier_from(bundle.project)
    model = files[f"{name}.tflite"]
    assert files["labels.txt"].decode().splitlines() == ['a"b\\', "line break", "class 2"]
    assert json.loads(files["interface.json"])["labels"] == list(labels)
    assert Reader(metadata_of(model)["TFLITE_METADATA"]).text(0) == bundle.project
    assert "\n# `x`" not in files["README.md"].decode()
    compile(files["classify.py"], "classify.py", "exec")


def test_the_input_is_quantised_as_the_measured_code_does():
    bundle = bundle_of(motion_run(), "int8", board_id="")
    source = TensorInfo((1, 1), "int8", 0.5, -3)
    plain = replace(bundle, scaler=Scaler(np.float32([0]), np.float32([1])))
    features = np.float32([[0.24], [0.25], [-0.25], [-0.24], [1e9], [-1e9]])
    assert model_input(plain, features, source).ravel().tolist() == [-3, -2, -4, -3, 127, -128]
