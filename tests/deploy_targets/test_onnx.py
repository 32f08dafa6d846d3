"""The onnx target: the same answers in ONNX Runtime."""

import io
import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from deploy_targets.model_files import ends_of, features_of, model_input, varied_windows
from deploy_targets.onnx.agreement import agreement_of
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from pipelines.compile import compile_model
from pipelines.compile.errors import CompileError, UnsupportedOpError
from pipelines.compile.native import build_native
from pipelines.compress.reference import reference_outputs
from pipelines.export.onnx import onnx_model
from tests.real_runs import bundle_of, keyword_run, motion_run

MODELS = Path(__file__).parents[3] / "shared" / "data" / "models"
RUNS = {"motion": motion_run, "keyword": keyword_run}
CASES = [("motion", "float32"), ("motion", "int8"), ("keyword", "float32"), ("keyword", "int8")]
HOSTILE = ('a"b\\', "line\nbreak", "変")


def built(bundle, **options):
    target = target_of("onnx")
    return deployment_files(target, bundle, target.Options(**options), lambda share, message: None)


def run_onnx(model, inputs):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"features": inputs})[0]


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def deployment(request):
    """(bundle, files, the model file) of a deployment."""
    run, variant = request.param
    bundle = bundle_of(RUNS[run](), variant, board_id="")
    files = built(bundle)
    return bundle, files, files["wrist_motions.onnx"]


def test_the_model_is_sound_and_its_batch_is_free(deployment):
    bundle, _, model = deployment
    proto = onnx.load_from_string(model)
    onnx.checker.check_model(proto, full_check=True)
    element = {"float32": onnx.TensorProto.FLOAT, "int8": onnx.TensorProto.INT8}[bundle.variant]
    for end, name in ((proto.graph.input, "features"), (proto.graph.output, "probabilities")):
        assert [(value.name, value.type.tensor_type.elem_type) for value in end] == [(name, element)]
        assert end[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    inputs = np.ones((3, *ends_of(bundle)[0].shape[1:]), bundle.variant)
    assert run_onnx(model, inputs).shape == (3, len(bundle.labels))


def test_it_agrees_with_tensorflow_lite(deployment):
    """1,000 windows; 150 of the larger network, whose reference kernels are slow."""
    bundle, _, model = deployment
    source, _ = ends_of(bundle)
    count = 1000 if len(source.shape) == 2 else 150
    inputs = model_input(bundle, features_of(bundle, varied_windows(bundle, count)), source)
    ours = run_onnx(model, inputs)
    theirs = reference_outputs(bundle.tflite, inputs.reshape(count, *source.shape)).reshape(ours.shape)
    if bundle.variant == "float32":
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
        return
    difference = np.abs(ours.astype(int) - theirs)
    print(f"{(difference == 0).mean():.3%} of the outputs are equal")
    assert difference.max() <= 1
    assert (difference == 0).mean() > 0.999


def test_it_agrees_with_the_measured_code_over_a_thousand_windows_and_the_readme_says_so(deployment):
    bundle, files, model = deployment
    found = agreement_of(bundle, model)
    readme = files["README.md"].decode()
    assert found.windows == 1000
    assert found.words in readme
    if bundle.variant == "float32":
        assert found.largest <= 1e-5
        assert "no probability differs by more than 1e-06" in readme
    else:
        assert found.largest <= 1
        assert found.equal > 0.999
        assert "of the outputs equal those of the code that was measured" in readme


def test_random_inputs_agree_too(deployment):
    """Far from anything that the network was trained on, where its answers hang in the balance."""
    bundle, _, model = deployment
    source, _ = ends_of(bundle)
    random = np.random.default_rng(3)
    shape = (500 if len(source.shape) == 2 else 40, *source.shape[1:])
    inputs = random.integers(-128, 128, shape).astype(np.int8)
    inputs = inputs if bundle.variant == "int8" else inputs.astype(np.float32) / 40
    native = build_native(compile_model(bundle.tflite, "model"))
    theirs = native.invoke_batch(inputs.reshape(len(inputs), *source.shape)).reshape(len(inputs), -1)
    difference = np.abs(run_onnx(model, inputs).astype(float) - theirs)
    assert difference.max() <= (1 if bundle.variant == "int8" else 1e-5)


def test_the_file_says_what_it_is(deployment):
    bundle, _, model = deployment
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found = session.get_modelmeta().custom_metadata_map
    assert json.loads(found["labels"]) == list(bundle.labels)
    assert found["pipeline_sha256"] == bundle.spec.sha256
    assert json.loads(found["pipeline"]) == bundle.spec.model_dump(mode="json")
    np.testing.assert_array_equal(np.float32(json.loads(found["scaler_mean"])), bundle.scaler.mean.ravel())


def test_the_script_in_the_zip_runs_it_and_fails_where_the_model_is_another(deployment, tmp_path, capsys):
    bundle, files, _ = deployment
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    script = str(tmp_path / "classify.py")
    with pytest.raises(SystemExit, match=r"^0$"):
        runpy.run_path(script, run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) == len(bundle.self_test.windows) + 1
    with np.load(io.BytesIO(files["selftest.npz"])) as selftest:
        wrong = np.roll(selftest["probabilities"], 1, axis=1)
        np.savez(tmp_path / "selftest.npz", **{**selftest, "probabilities": wrong})
    with pytest.raises(SystemExit, match=r"^1$"):
        runpy.run_path(script, run_name="__main__")


def test_plain_rounding_is_nothing_but_operators_between_dequantise_and_quantise():
    bundle = bundle_of(keyword_run(), "int8", board_id="")
    files = built(bundle, rounding="plain")
    proto = onnx.load_from_string(files["wrist_motions.onnx"])
    kinds = {node.op_type for node in proto.graph.node}
    assert kinds == {
        *(
            "QuantizeLinear",
            "DequantizeLinear",
            "Conv",
            "Gemm",
            "Softmax",
            "ReduceMean",
            "Reshape",
            "Transpose",
        ),
    }
    of_producer = {node.output[0]: node.op_type for node in proto.graph.node}
    for node in proto.graph.node:
        if node.op_type in ("Conv", "Gemm"):
            assert [of_producer[name] for name in node.input] == ["DequantizeLinear"] * 3
    assert "build it again" not in files["README.md"].decode()
    found = agreement_of(bundle, files["wrist_motions.onnx"], 200)
    assert found.largest < 30


def test_the_same_run_gives_the_same_bytes():
    bundle = bundle_of(motion_run(), "int8", board_id="")
    assert built(bundle) == built(bundle)


def test_hostile_names_and_labels_stay_text():
    bundle = replace(
        bundle_of(motion_run(), "int8", board_id="", project='*/ "${name}" \n# `x` 変'), labels=HOSTILE
    )
    files = built(bundle)
    [model] = [content for name, content in files.items() if name.endswith(".onnx")]
    props = {prop.key: prop.value for prop in onnx.load_from_string(model).metadata_props}
    assert json.loads(props["labels"]) == list(HOSTILE)
    assert "\n# `x`" not in files["README.md"].decode()


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
@pytest.mark.parametrize(
    ("name", "count"),
    [("kws_int8", 30), ("ic_int8", 10), ("ad_int8", 100), ("ic_float32", 10), ("ad_float32", 50)],
)
def test_the_mlperf_tiny_models_agree(name, count):
    tflite = (MODELS / f"{name}.tflite").read_bytes()
    compiled = compile_model(tflite, "model")
    random = np.random.default_rng(4)
    inputs = random.integers(-128, 128, (count, *compiled.input.shape)).astype(np.int8)
    inputs = inputs if name.endswith("int8") else inputs.astype(np.float32) / 40
    theirs = build_native(compiled).invoke_batch(inputs).reshape(count, -1)
    ours = run_onnx(onnx_model(tflite), inputs.reshape(count, *compiled.input.shape[1:])).reshape(count, -1)
    if name.endswith("int8"):
        assert np.abs(ours.astype(int) - theirs).max() <= 1
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
def test_a_network_of_mixed_numbers_is_refused_by_the_layers_name():
    with pytest.raises(UnsupportedOpError, match="CONV_2D has operands of type float32 and int8"):
        onnx_model((MODELS / "kws_float32.tflite").read_bytes())


def test_what_is_no_model_is_refused():
    with pytest.raises(CompileError, match="TFL3"):
        onnx_model(b"no model")
