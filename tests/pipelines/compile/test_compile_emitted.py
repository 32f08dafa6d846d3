"""What an engineer reads: one `.c`, one struct of constants, a map of the arena that the C compiler has checked."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from pipelines.compile import CompileOptions, compile_model
from pipelines.compile.c_text import c_initialiser
from pipelines.compile.native import build_native

from . import operators, operators_recurrent
from .builder import random_inputs
from .test_compile_c import int8_model

NETWORK = int8_model()
WITH_STATE = operators_recurrent.lstm("int8")


def built(tmp_path, compiled, *flags):
    """The object file of a model, or what the compiler said."""
    for name, text in compiled.files.items():
        (tmp_path / name).write_text(text)
    command = ["gcc", "-std=c99", "-O2", "-fno-pic", *flags, "-c", f"{compiled.name}.c", "-o", "model.o"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)


def symbols_of(tmp_path):
    """Kind and name of each symbol; the numbers that GCC adds to the names of local variables are dropped."""
    listing = subprocess.run(
        ["nm", "model.o"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    pairs = [line.split()[-2:] for line in listing.splitlines()]
    return {(kind, re.sub(r"\.\d+$", "", name)) for kind, name in pairs}


needs_gcc = pytest.mark.skipif(
    shutil.which("gcc") is None or shutil.which("nm") is None, reason="needs Debian's gcc and binutils"
)


def test_a_model_is_one_source_and_one_header():
    assert set(compile_model(NETWORK, "model").files) == {"model.c", "model.h"}


@needs_gcc
@pytest.mark.parametrize(
    ("network", "functions"), [(NETWORK, {"model_invoke"}), (WITH_STATE, {"model_invoke", "model_reset"})]
)
def test_nothing_is_global_but_the_functions_and_nothing_is_variable(network, functions, tmp_path):
    assert built(tmp_path, compile_model(network, "model")).returncode == 0
    symbols = symbols_of(tmp_path)
    assert {name for kind, name in symbols if kind.isupper() and kind != "U"} == functions
    assert not {name for kind, name in symbols if kind in "bBdDcCsS"}
    assert ("r", "model") in symbols


@needs_gcc
def test_constants_go_to_ram_where_the_user_wants_them_there(tmp_path):
    compiled = compile_model(NETWORK, "model", CompileOptions(weights_in="ram"))
    assert "#define MODEL_CONSTANTS_IN_RAM 1\n" in compiled.files["model.h"]
    assert built(tmp_path, compiled, "-Wall", "-Wextra", "-Werror").returncode == 0
    assert ("d", "model") in symbols_of(tmp_path)
    plain = compile_model(NETWORK, "model")
    assert "#define MODEL_CONSTANTS_IN_RAM 0\n" in plain.files["model.h"]
    inputs = random_inputs(plain.input, 5, np.random.default_rng(0))
    np.testing.assert_array_equal(
        build_native(compiled).invoke_batch(inputs), build_native(plain).invoke_batch(inputs)
    )


@needs_gcc
@pytest.mark.parametrize("dialect", ["-std=c99", "-std=c11"])
def test_the_compiler_refuses_an_arena_whose_map_does_not_add_up(dialect, tmp_path):
    compiled = compile_model(NETWORK, "model")
    assert built(tmp_path, compiled, dialect).returncode == 0
    header = compiled.files["model.h"]
    size = f"#define MODEL_ARENA_BYTES {compiled.arena_bytes}"
    assert size in header
    smaller = header.replace(size, f"#define MODEL_ARENA_BYTES {compiled.arena_bytes - 1}")
    compiled.files["model.h"] = smaller
    assert built(tmp_path, compiled, dialect).returncode != 0
    compiled.files["model.h"] = header
    source = compiled.files["model.c"]
    moved = re.sub(r"output_05_at = \d+", f"output_05_at = {compiled.arena_bytes}", source)
    assert moved != source
    compiled.files["model.c"] = moved
    assert built(tmp_path, compiled, dialect).returncode != 0


def test_each_tensor_has_its_place_its_size_and_its_life():
    source = compile_model(operators.convolution("int8", height=5, width=5, channels=3), "model").files[
        "model.c"
    ]
    assert re.search(r"input_at = \d+, +/\* +75 bytes, layer 0: +int8 1 x 5 x 5 x 3, the input \*/", source)
    assert re.search(
        r"output_at = \d+, +/\* +\d+ bytes, layer 0: +int8 1 x 5 x 5 x \d+, the output, of layer 0", source
    )


def test_state_lies_in_front_and_for_ever():
    compiled = compile_model(WITH_STATE, "model")
    assert f"#define MODEL_STATE_BYTES {compiled.state_bytes}\n" in compiled.files["model.h"]
    assert compiled.input_offset_bytes >= compiled.state_bytes > 0
    assert compiled.output_offset_bytes >= compiled.state_bytes
    assert re.search(r"state_00_at = 0, +/\* +\d+ bytes, for ever: ", compiled.files["model.c"])


def test_a_model_without_state_has_nothing_to_reset():
    compiled = compile_model(NETWORK, "model")
    assert compiled.state_bytes == 0
    assert "reset" not in compiled.files["model.h"]
    assert "STATE_BYTES" not in compiled.files["model.h"]


def test_names_of_layers_cannot_leave_their_comments():
    maker = operators.Maker("int8", 0)
    source, target = maker.activation((1, 4)), maker.activation((1, 4))
    maker.builder.graph.tensors[target].name = "a */ #error \\ /* b"
    maker.builder.operator("RELU", [source], [target], None)
    text = compile_model(maker.builder.finish(source, target), "model").files["model.c"]
    assert " #error / / * b -> 1 x 4 */" in text


def test_a_short_struct_is_written_on_one_line():
    assert c_initialiser({"first": 1, "second": (2, 3)}) == "{/* first */ 1, /* second */ {2, 3}}"
    lines = c_initialiser({f"field_{index}": index for index in range(40)}).split("\n")
    assert len(lines) < 12
    assert max(len(line) for line in lines) <= 110
