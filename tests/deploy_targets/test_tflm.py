"""The tflm target: our features around TensorFlow Lite Micro, with our memory plan and an exact arena."""

import json
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deploy_targets.model_files import ends_of, features_of, model_input, varied_windows
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.tflm.operators import resolver_methods
from pipelines.compile import compile_model
from pipelines.compile.errors import CompileError
from pipelines.compile.native import build_native
from pipelines.compile.reader import read_model
from pipelines.export.micro_arena import least_arena_bytes, micro_outputs
from pipelines.export.micro_plan import PLAN_NAME, micro_plan, planned_model
from pipelines.export.model_file import metadata_of, with_metadata
from tests.pipelines.compile.builder import ModelBuilder, options
from tests.real_runs import bundle_of, keyword_run, motion_run

STUBS = Path(__file__).parent / "stubs" / "tflm"
MODELS = Path(__file__).parents[3] / "shared" / "data" / "models"
RUNS = {"motion": motion_run, "keyword": keyword_run}
CASES = [("motion", "float32"), ("motion", "int8"), ("keyword", "int8")]
HOSTILE = ('a"b\\', "*/ #error x", "line\nbreak ??/")
STRICT = ["-Wall", "-Wextra", "-Werror", "-O1", "-ffp-contract=off"]


def built(bundle, **choices):
    target = target_of("tflm")
    return deployment_files(target, bundle, target.Options(**choices), lambda share, message: None)


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def deployment(request):
    """(bundle, files) of a deployment."""
    run, variant = request.param
    bundle = bundle_of(RUNS[run](), variant, board_id="")
    return bundle, built(bundle)


def facts_of(files):
    return json.loads(files["thimble.json"])["tflm"]


def arena_of(files, name="wrist_motions"):
    header = files[f"src/{name}_model.h"].decode()
    return int(re.search(rf"#define {name.upper()}_MODEL_ARENA_BYTES (\d+)", header)[1])


def reshaped_at_the_peak():
    """Float32: 64 values become 1,024, take another shape, and are summed up: the peak is the RESHAPE."""
    builder, random = ModelBuilder(), np.random.default_rng(1)
    wide, shaped = builder.tensor((1, 1024), "float32"), builder.tensor((1, 16, 16, 4), "float32")
    source, target = builder.tensor((1, 64), "float32"), builder.tensor((1, 4), "float32")
    weights = builder.constant(random.standard_normal((1024, 64)), "float32")
    builder.operator("FULLY_CONNECTED", [source, weights, -1], [wide], options("FullyConnected"), version=5)
    builder.operator("RESHAPE", [wide, builder.constant([1, 16, 16, 4])], [shaped], options("Reshape"))
    builder.operator("MEAN", [shaped, builder.constant([1, 2])], [target], options("Reducer"), version=2)
    return builder.finish(source, target)


def test_a_thousand_windows_give_what_the_measured_code_gives(deployment):
    """In the arena that the project has. (The fast network; 60 of the slow one.)"""
    bundle, files = deployment
    source, target = ends_of(bundle)
    count = 1000 if len(source.shape) == 2 else 60
    inputs = model_input(bundle, features_of(bundle, varied_windows(bundle, count)), source)
    theirs = micro_outputs(files["wrist_motions.tflite"], inputs, arena_of(files))
    ours = build_native(compile_model(bundle.tflite, "model")).invoke_batch(
        inputs.reshape(count, *source.shape)
    )
    theirs = theirs.reshape(ours.shape)
    if target.dtype == "float32":
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    else:
        np.testing.assert_array_equal(ours, theirs)


def test_the_plan_changes_no_answer(deployment):
    bundle, files = deployment
    source, _ = ends_of(bundle)
    inputs = model_input(bundle, features_of(bundle, bundle.self_test.windows), source)
    np.testing.assert_array_equal(
        micro_outputs(files["wrist_motions.tflite"], inputs), micro_outputs(bundle.tflite, inputs)
    )


def starts(model, arena_bytes, folder):
    """Whether TFLM starts in such an arena, in a process of its own: it may crash instead of refusing."""
    (folder / "model.tflite").write_bytes(model)
    script = (
        "from tflite_micro.python.tflite_micro import runtime\n"
        f"runtime.Interpreter.from_file('model.tflite', arena_size={arena_bytes})\nprint('started')\n"
    )
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "started" in result.stdout


def test_the_arena_is_enough_and_sixteen_bytes_less_are_not(deployment, tmp_path):
    _, files = deployment
    model, arena_bytes = files["wrist_motions.tflite"], arena_of(files)
    assert arena_bytes % 16 == 0
    assert starts(model, arena_bytes, tmp_path)
    assert not starts(model, arena_bytes - 16, tmp_path)
    assert arena_bytes == facts_of(files)["arena_bytes"]
    assert f"{arena_bytes:,}" in files["README.md"].decode()


def test_the_arena_is_no_larger_than_with_tflms_own_plan(deployment):
    bundle, files = deployment
    facts = facts_of(files)
    assert facts["planned_bytes"] == facts["least_possible_planned_bytes"]
    assert arena_of(files) <= least_arena_bytes(bundle.tflite)


def test_the_plan_is_where_tflm_looks_for_it_and_keeps_what_lives_apart(deployment):
    bundle, files = deployment
    graph = read_model(bundle.tflite)
    data = metadata_of(files["wrist_motions.tflite"])["OfflineMemoryAllocation"]
    numbers = struct.unpack(f"<{len(data) // 4}i", data)
    assert numbers[1:3] == (1, len(graph.tensors))
    offsets = numbers[3:]
    assert all(offset % 16 == 0 for offset in offsets if offset >= 0)
    constants = {tensor.index for tensor in graph.tensors if tensor.data is not None}
    assert {index for index, offset in enumerate(offsets) if offset < 0} == constants
    for operator in graph.operators:
        source, target = operator.inputs[0], operator.outputs[0]
        ends = [
            (offsets[index], offsets[index] + graph.tensors[index].size_bytes) for index in (source, target)
        ]
        apart = ends[0][1] <= ends[1][0] or ends[1][1] <= ends[0][0]
        assert apart or (operator.kind == "RESHAPE" and ends[0] == ends[1])


def test_tflm_honours_the_plan():
    """Everything 160 bytes further on: the arena grows by 160 bytes."""
    model = reshaped_at_the_peak()
    planned, plan = planned_model(model)
    moved = replace(plan, offsets={tensor: offset + 160 for tensor, offset in plan.offsets.items()})
    shifted = with_metadata(model, {PLAN_NAME: moved.as_metadata()})
    assert least_arena_bytes(shifted) == least_arena_bytes(planned) + 160


def test_a_reshape_takes_no_memory_of_its_own():
    model = reshaped_at_the_peak()
    planned, plan = planned_model(model)
    assert plan.arena_bytes == plan.lower_bound_bytes == 4 * (1024 + 64)
    saved = least_arena_bytes(model) - least_arena_bytes(planned)
    assert saved == 2 * 4096 - plan.arena_bytes
    inputs = np.random.default_rng(2).standard_normal((20, 1, 64)).astype(np.float32)
    np.testing.assert_array_equal(micro_outputs(planned, inputs), micro_outputs(model, inputs))


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
@pytest.mark.parametrize("name", ["kws_int8", "ic_int8", "ad_int8"])
def test_the_mlperf_tiny_models_take_no_more_with_our_plan(name):
    model = (MODELS / f"{name}.tflite").read_bytes()
    planned, plan = planned_model(model)
    assert plan.arena_bytes == plan.lower_bound_bytes
    assert least_arena_bytes(planned) <= least_arena_bytes(model)
    compiled = compile_model(model, "model")
    inputs = np.random.default_rng(3).integers(-128, 128, (3, *compiled.input.shape)).astype(np.int8)
    np.testing.assert_array_equal(micro_outputs(planned, inputs), micro_outputs(model, inputs))


def test_a_model_that_tflm_cannot_run_is_refused_in_words():
    builder = ModelBuilder()
    source, target = builder.tensor((1, 8), "float32"), builder.tensor((1, 8), "float32")
    builder.operator("ATAN2", [source, source], [target])
    with pytest.raises(CompileError, match="does not run this model"):
        least_arena_bytes(builder.finish(source, target))
    with pytest.raises(ValueError, match="has no operator ATAN2"):
        resolver_methods(["ADD", "ATAN2"])


def test_loops_and_state_are_refused_in_words():
    graph = read_model(bundle_of(motion_run(), "int8", board_id="").tflite)
    with pytest.raises(CompileError, match="loops or keeps state"):
        micro_plan(replace(graph, subgraphs=graph.subgraphs * 2))


def test_the_resolver_holds_exactly_the_networks_operators(deployment):
    bundle, files = deployment
    source = files["src/wrist_motions_model.cc"].decode()
    kinds = {operator.kind for operator in read_model(bundle.tflite).operators}
    added = re.findall(r"resolver\.(Add\w+)\(\)", source)
    assert f"MicroMutableOpResolver<{len(kinds)}>" in source
    assert added == resolver_methods(kinds)
    assert len(added) == len(set(added)) == len(kinds)


def unpack(files, folder):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def compile_all(folder, compilers, flags):
    """Every source of the project with the stubs; the objects."""
    objects = []
    for source in sorted(folder.glob("src/*.c*")):
        compiler = compilers[source.suffix]
        language = ["-std=c++17"] if source.suffix == ".cc" else ["-std=c99"]
        target = folder / f"{source.name}.o"
        run(
            [
                *compiler,
                *language,
                *STRICT,
                *flags,
                "-Isrc",
                f"-I{STUBS}",
                "-c",
                str(source),
                "-o",
                str(target),
            ],
            folder,
        )
        objects.append(str(target))
    return objects


def whole_program(folder, bundle, main, *flags, version=3, arena_bytes=16):
    """The project with the interpreter of the tests, which runs the network as our compiled C does."""
    for name, text in compile_model(bundle.tflite, "network").files.items():
        (folder / name).write_text(text)
    objects = compile_all(folder, {".c": ["gcc"], ".cc": ["g++"]}, flags)
    run(["gcc", *flags, "-ffp-contract=off", "-c", "network.c", "-o", "network.o"], folder)
    stub = [f"-DSTUB_VERSION={version}", f"-DSTUB_ARENA_BYTES={arena_bytes}"]
    run(
        [
            "g++",
            "-std=c++17",
            *flags,
            *stub,
            f"-I{STUBS}",
            "-I.",
            "-c",
            str(STUBS / "interpreter.cc"),
            "-o",
            "stub.o",
        ],
        folder,
    )
    for source in main:
        compiler = "g++" if source.endswith(".cc") else "gcc"
        run(
            [
                compiler,
                *STRICT,
                *flags,
                "-Isrc",
                "-Iselftest",
                "-c",
                source,
                "-o",
                f"{Path(source).name}.main.o",
            ],
            folder,
        )
    mains = [f"{Path(source).name}.main.o" for source in main]
    run(["g++", *flags, *objects, *mains, "network.o", "stub.o", "-o", "program"], folder)


NEEDS_GCC = pytest.mark.skipif(
    not all(map(shutil.which, ["gcc", "g++"])), reason="needs Debian's gcc and g++"
)


@NEEDS_GCC
def test_the_project_runs_and_its_self_test_passes(deployment, tmp_path):
    """Features, scaler, quantisation and decision are the project's; sanitizers watch."""
    bundle, files = deployment
    folder = unpack(files, tmp_path)
    sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    mains = ["selftest/main.c", "selftest/wrist_motions_selftest.c"]
    whole_program(folder, bundle, mains, *sanitizers, arena_bytes=arena_of(files))
    assert "the self-test passed" in run(["./program"], folder)


@NEEDS_GCC
def test_the_example_tells_the_arena_and_an_answer(tmp_path):
    bundle = bundle_of(motion_run(), "int8", board_id="")
    files = built(bundle)
    folder = unpack(files, tmp_path)
    whole_program(folder, bundle, ["examples/main.cc"], arena_bytes=arena_of(files))
    lines = run(["./program"], folder).splitlines()
    assert lines[0] == f"arena: {arena_of(files)} of {arena_of(files)} bytes used"
    assert lines[1] in (*bundle.labels, "uncertain")


@NEEDS_GCC
@pytest.mark.parametrize(
    ("changes", "status"), [({"version": 4}, 1), ({"arena_bytes": 10**6}, 3)], ids=["version", "arena"]
)
def test_what_keeps_it_from_starting_is_told_and_harms_nothing(tmp_path, changes, status):
    bundle = bundle_of(motion_run(), "int8", board_id="")
    folder = unpack(built(bundle), tmp_path)
    whole_program(folder, bundle, ["examples/main.cc"], **changes)
    result = subprocess.run(["./program"], cwd=folder, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, f"TensorFlow Lite Micro did not start: {status}\n")
    mains = ["selftest/main.c", "selftest/wrist_motions_selftest.c"]
    whole_program(folder, bundle, mains, "-fsanitize=address,undefined", **changes)
    result = subprocess.run(["./program"], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "got 0\n" in result.stdout
    assert not result.stderr


@pytest.mark.skipif(shutil.which("arm-none-eabi-g++") is None, reason="needs Debian's gcc-arm-none-eabi")
def test_it_compiles_for_a_cortex_m_without_a_warning(deployment, tmp_path):
    _, files = deployment
    folder = unpack(files, tmp_path)
    (folder / "probe.cc").write_text("#include <cstdint>\n")
    probe = ["arm-none-eabi-g++", "-c", "probe.cc", "-o", "probe.o"]
    if subprocess.run(probe, cwd=folder, capture_output=True, check=False).returncode:
        pytest.skip("needs Debian's libstdc++-arm-none-eabi-newlib")
    flags = ["-mcpu=cortex-m4", "-mthumb", "-Os"]
    lean = ["-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"]
    compilers = {".c": ["arm-none-eabi-gcc"], ".cc": ["arm-none-eabi-g++", *lean]}
    objects = compile_all(folder, compilers, flags)
    sizes = run(["arm-none-eabi-size", *objects], folder)
    assert len(sizes.splitlines()) == len(objects) + 1


def test_the_same_run_gives_the_same_bytes():
    bundle = bundle_of(motion_run(), "int8", board_id="")
    assert built(bundle) == built(bundle)


@NEEDS_GCC
def test_hostile_names_and_labels_stay_text(tmp_path):
    bundle = bundle_of(motion_run(), "int8", board_id="", project='*/ int evil; /* "${name}" \n# `x` 変')
    bundle = replace(bundle, labels=HOSTILE)
    files = built(bundle)
    folder = unpack(files, tmp_path)
    name = json.loads(files["thimble.json"])["library"]
    mains = ["selftest/main.c", f"selftest/{name}_selftest.c"]
    whole_program(folder, bundle, mains, arena_bytes=arena_of(files, name))
    assert "the self-test passed" in run(["./program"], folder)
    assert "\n# `x`" not in files["README.md"].decode()
    assert built(bundle, name="gym")["src/gym_model.cc"]
