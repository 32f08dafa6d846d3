"""The generated C is what an engineer would sign: warning-free C99 and C++17, clean under sanitizers."""

import ctypes
import shutil
import subprocess
import threading

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.compile.native import build_native
from pipelines.toolchain import DEFAULT_FLAGS, build_shared_library

from . import operators
from .builder import options, random_inputs
from .test_compile_random_graphs import GraphMaker


def int8_model() -> bytes:
    maker = GraphMaker(11, 7, 6, 3)
    for choice, number in [
        ("conv", 7), ("depthwise", 1), ("join", 0), ("join", 1), ("pad", 2), ("table", 0), ("conv", 9),
        ("concatenate", 2), ("pool", 0), ("pool", 1),
    ]:  # fmt: skip
        maker.grow(choice, number)
    maker.classify(5)
    return maker.finish()


MODELS = {
    "int8": int8_model(),
    "conv_int8": operators.convolution("int8", height=5, channels=7, stride=(2, 1), activation="relu6"),
    "pointwise_int8": operators.convolution("int8", channels=6, kernel=(1, 1)),
    "groups_int8": operators.convolution("int8", channels=6, outputs=4, groups=2),
    "depthwise_int8": operators.depthwise("int8", stride=(2, 2)),
    "multiplied_int8": operators.depthwise("int8", multiplier=2),
    "dense_int8": operators.dense("int8", rows=2, inputs=139, outputs=70),
    "small_dense_int8": operators.dense("int8", outputs=2),
    "conv": operators.convolution("float32", kernel=(3, 2)),
    "pointwise": operators.convolution("float32", kernel=(1, 1)),
    "depthwise": operators.depthwise("float32", multiplier=2),
    "dense": operators.dense("float32", outputs=9),
    "add": operators.binary("ADD", "float32"),
    "mul": operators.binary("MUL", "float32"),
    "mean": operators.mean("float32"),
    "max_pool": operators.pool("MAX_POOL_2D", "float32"),
    "average_pool": operators.pool("AVERAGE_POOL_2D", "float32"),
    "pad": operators.pad("float32"),
    "concatenation": operators.concatenation("float32"),
    "softmax": operators.unary("SOFTMAX", "float32", table=options("Softmax", beta=1.0)),
    "logistic": operators.unary("LOGISTIC", "float32"),
    "relu": operators.unary("RELU6", "float32"),
    "quantize": operators.conversion("QUANTIZE"),
    "dequantize": operators.conversion("DEQUANTIZE"),
}
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wshadow", "-Werror", "-c", "-o", "/dev/null"]


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The files of every model in one folder, and the names of those to compile."""
    folder = tmp_path_factory.mktemp("c")
    for name, model in MODELS.items():
        for file_name, text in compile_model(model, f"model_{name}").files.items():
            (folder / file_name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("compiler", "dialect"),
    [
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m4", "-mthumb", "-O3"]),
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m0plus", "-mthumb", "-Os"]),
        ("arm-none-eabi-g++", ["-std=c++17", "-x", "c++", "-mcpu=cortex-m4", "-mthumb", "-O0"]),
        ("gcc", ["-std=c99"]),
        ("clang", ["-std=c99"]),
        ("g++", ["-std=c++17", "-x", "c++"]),
        ("clang++", ["-std=c++17", "-x", "c++"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_generated_c_compiles_without_a_warning(compiler, dialect, sources):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    # What differs between cores is the int8 kernels.
    names = [name for name in MODELS if "int8" in name] if compiler.startswith("arm") else MODELS
    for name in names:
        command = [compiler, "-O1", *dialect, *STRICT, f"model_{name}.c"]
        result = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr


HARNESS = """
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "NAME.h"
int main(void)
{
    /* Exactly the promised size, so that the address sanitizer sees one byte too many. */
    void *arena = malloc(UPPER_ARENA_BYTES);
    for (int run = 0; run < 20; ++run) {
        memset(arena, run * 85, UPPER_ARENA_BYTES);
        for (int i = 0; i < UPPER_INPUT_SIZE; ++i) {
            const int value = run == 0 ? -128 : run == 1 ? 127 : (i * 37 + run * 101) % 256 - 128;
            NAME_input(arena)[i] = (INPUT)value;
        }
        NAME_invoke(arena);
    }
    free(arena);
    return 0;
}
"""


@pytest.mark.parametrize(
    "name",
    [
        "int8", "conv_int8", "pointwise_int8", "depthwise_int8", "dense_int8", "small_dense_int8", "conv", "depthwise",
        "softmax", "quantize",
    ],
)  # fmt: skip
def test_a_run_is_clean_under_the_address_and_undefined_behaviour_sanitizers(name, sources):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    full = f"model_{name}"
    types = compile_model(MODELS[name], full)
    text = HARNESS.replace("NAME", full).replace("UPPER", full.upper())
    text = text.replace("(INPUT)", "(int8_t)" if types.input.dtype == "int8" else "(float)")
    (sources / "harness.c").write_text(text)
    flags = ["-std=c99", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(["gcc", *flags, f"{full}.c", "harness.c", "-o", full], cwd=sources, check=True)
    result = subprocess.run([f"./{full}"], cwd=sources, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def invoke(library, compiled, inputs, arena):
    """The bytes of the output, by the functions that the library exports, in this arena."""
    start = compiled.input_offset_bytes
    arena[start : start + inputs.nbytes] = inputs.view(np.uint8).ravel()
    library.model_invoke(ctypes.c_void_p(arena.ctypes.data))
    size = compiled.output.elements * np.dtype(compiled.output.dtype).itemsize
    return arena[compiled.output_offset_bytes :][:size].tobytes()


def test_nothing_depends_on_what_the_arena_held_before():
    compiled = compile_model(MODELS["int8"], "model")
    library = ctypes.CDLL(str(build_shared_library(compiled.files)))
    inputs = random_inputs(compiled.input, 1, np.random.default_rng(0))
    outputs = []
    for fill in (0, 255, 90):
        arena = np.full(compiled.arena_bytes + 64, fill, np.uint8)
        outputs.append(invoke(library, compiled, inputs, arena))
        assert (arena[compiled.arena_bytes :] == fill).all(), "wrote behind the arena"
    assert len(set(outputs)) == 1


def test_a_model_can_be_called_from_several_threads_at_once():
    compiled = compile_model(MODELS["int8"], "model")
    native = build_native(compiled)
    inputs = random_inputs(compiled.input, 200, np.random.default_rng(0))
    expected = native.invoke_batch(inputs)
    results = [None] * 4

    def run(index):
        results[index] = native.invoke_batch(inputs)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        np.testing.assert_array_equal(result, expected)


def test_inputs_of_the_wrong_type_or_size_are_refused():
    native = build_native(compile_model(MODELS["int8"], "model"))
    with pytest.raises(ValueError, match="inputs must be int8"):
        native.invoke_batch(np.zeros((1, 7, 6, 3), np.float32))
    with pytest.raises(ValueError, match="126 values, not 125"):
        native.invoke_batch(np.zeros((1, 125), np.int8))


def test_the_result_does_not_depend_on_the_optimisation_level():
    compiled = compile_model(MODELS["softmax"], "model")
    inputs = random_inputs(compiled.input, 1, np.random.default_rng(0))
    outputs = []
    for level in ("-O0", "-O3"):
        flags = [level if flag == "-O3" else flag for flag in DEFAULT_FLAGS]
        library = ctypes.CDLL(str(build_shared_library(compiled.files, flags)))
        outputs.append(invoke(library, compiled, inputs, np.empty(compiled.arena_bytes, np.uint8)))
    assert outputs[0] == outputs[1]


def test_the_exponential_is_within_two_units_in_the_last_place():
    from pipelines.compile.kernel_text import native_text

    source = f"#include <stdint.h>\n#include <string.h>\n{native_text('exp_float32.h')[1]}"
    source += "void run(int n, const float *x, float *y);\n"
    source += "void run(int n, const float *x, float *y) { for (int i = 0; i < n; ++i) y[i] = exp_float32(x[i]); }\n"
    library = ctypes.CDLL(str(build_shared_library({"exp.c": source})))
    x = np.concatenate([np.linspace(-87, 88.7, 400_001), [0.0, -0.0, -1e-30, 1e-30]]).astype(np.float32)
    y = np.empty_like(x)
    library.run(len(x), x.ctypes.data_as(ctypes.c_void_p), y.ctypes.data_as(ctypes.c_void_p))
    exact = np.exp(x.astype(np.float64))
    assert (np.abs(y - exact) / np.spacing(exact.astype(np.float32))).max() <= 2
    edges = np.array([-1000, -np.inf, -103.9, 89, 1000, np.inf, np.nan], np.float32)
    out = np.empty_like(edges)
    library.run(len(edges), edges.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p))
    np.testing.assert_array_equal(
        out[[0, 1, 3, 4, 5, 6]], np.array([0, 0, np.inf, np.inf, np.inf, np.nan], "f4")
    )
    assert 0 <= out[2] < 1e-44
