"""`manage.py compile`: a model as C, what was done with it, and what it takes on a board."""

import json
import shutil
import subprocess

import pytest
from django.core.management import CommandError, call_command

from tests.pipelines.compile import operators, operators_recurrent
from tests.pipelines.compile.builder import ModelBuilder
from tests.pipelines.compile.test_compile_c import int8_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "Small Net-2.tflite"
    path.write_bytes(int8_model())
    return path


@pytest.fixture
def compiled(capsys):
    """compiled(arguments) -> what the command prints."""

    def run(*arguments):
        call_command("compile", *map(str, arguments))
        return capsys.readouterr().out

    return run


def test_json_has_every_figure_and_the_layers_add_up(compiled, model):
    found = json.loads(compiled(model, "--board", "stm32l4r5", "--json"))
    assert found["differing_bytes"] == 0
    assert (found["compared_inputs"], found["board"], found["optimize"]) == (100, "stm32l4r5", "balanced")
    assert found["macs"] == sum(layer["macs"] for layer in found["layers"]) == found["macs_model"] > 0
    assert found["instructions"] == sum(layer["instructions"] for layer in found["layers"]) > found["macs"]
    assert found["cycles"] == pytest.approx(sum(layer["cycles"] for layer in found["layers"]), abs=20)
    assert found["cycles_low"] < found["cycles"] < found["cycles_high"]
    assert found["arena_bytes"] >= found["arena_lower_bound_bytes"] > 0
    assert max(layer["ram_bytes"] for layer in found["layers"]) <= found["arena_bytes"]
    assert found["weights_bytes"] == sum(layer["weights_bytes"] for layer in found["layers"]) > 0
    assert found["code_bytes"] > 500
    assert found["latency_ms"] == pytest.approx(found["cycles"] / 120e3, rel=1e-3)
    assert {"name", "op", "scratch_bytes", "done"} <= set(found["layers"][0])


def test_explain_shows_each_layer_the_totals_and_the_arena(compiled, model):
    text = compiled(model, "--explain", "--optimize", "size")
    for expected in (
        "CONV_2D",
        "differing bytes",
        "of them on the core too",
        "-Os",
        "the input",
        "the output",
    ):
        assert expected in text
    brief = compiled(model)
    assert "cycles, estimated" in brief
    assert "CONV_2D" not in brief


def test_the_folder_gets_c_that_builds_and_a_readme(compiled, model, tmp_path):
    out = tmp_path / "made" / "here"
    compiled(model, "--out", out)
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "small_net_2.c",
        "small_net_2.h",
    ]
    assert "-ffp-contract=off" in (out / "README.md").read_text()
    compiler = shutil.which("gcc") or pytest.skip("needs gcc")
    subprocess.run([compiler, "-Wall", "-Werror", "-c", "small_net_2.c"], cwd=out, check=True)


@pytest.mark.parametrize("name", ["string", "3d", "é"])
def test_a_files_name_becomes_an_identifier_that_hides_no_standard_header(name, model, tmp_path, compiled):
    path = tmp_path / f"{name}.tflite"
    path.write_bytes(model.read_bytes())
    compiled(path, "--out", tmp_path / "out")
    assert all(each.name.startswith(("model", "README")) for each in (tmp_path / "out").iterdir())


def unsupported_model():
    builder = ModelBuilder()
    source = builder.tensor([1, 4], "float32")
    target = builder.tensor([1, 4], "float32")
    builder.operator("CUMSUM", [source, builder.constant([1])], [target])
    return builder.finish(source, target)


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (None, [], r"No such file or directory: .*model\.tflite"),
        (b"not a model", [], "not a .tflite"),
        (int8_model()[:2000], [], "model file is damaged"),
        (unsupported_model(), [], "CUMSUM is not supported"),
        (int8_model(), ["--board", "toaster"], "no board 'toaster'; there are .*nano33ble"),
        (int8_model(), ["--out", "/proc/nowhere"], "/proc/nowhere"),
        (int8_model(), ["--out", __file__], "File exists"),
        (int8_model(), ["--name", "Not A Name"], "lower-case C identifier"),
        (int8_model(), ["--ram-limit-bytes", "-5"], "more than 0"),
        (int8_model(), ["--ram-limit-bytes", "8"], "8"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(content, arguments, message, tmp_path):
    path = tmp_path / "model.tflite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=message) as caught:
        call_command("compile", str(path), *arguments)
    assert "\n" not in str(caught.value)


def test_a_float_model_is_compared_within_its_tolerance(compiled, tmp_path):
    path = tmp_path / "dense.tflite"
    path.write_bytes(operators.dense("float32"))
    found = json.loads(compiled(path, "--json"))
    assert found["differing_bytes"] == 0


def test_a_model_that_keeps_something_is_compared_input_after_input(compiled, tmp_path):
    path = tmp_path / "svdf.tflite"
    path.write_bytes(operators_recurrent.svdf("int8"))
    found = json.loads(compiled(path, "--json"))
    assert found["state_bytes"] > 0
    assert found["differing_bytes"] == 0
    assert found["macs"] == found["macs_model"] > 0
