"""The C of the operators beyond the first ones is warning-free, clean under sanitizers, and right on an M4."""

import shutil
import subprocess

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import arm_toolchain

from . import operators_images as images
from . import operators_logic as logic
from . import operators_operands as operands
from . import operators_reductions as reductions
from . import operators_shapes as shapes
from . import operators_values as functions
from .builder import random_inputs, run_reference
from .emulated import run_on_cortex_m4

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wshadow", "-Werror"]
BOTH = ("int8", "float32")
FIELDS = {"GELU": {"approximate": False}, "LEAKY_RELU": {"alpha": 0.2}}


def models():
    made = {"div": operands.pair("DIV", "float32"), "casts": reductions.casts(("int32", "int64", "int32"))}
    made["indices"] = logic.indices("MUL", -3)
    for dtype in BOTH:
        of_type = {
            "transpose": shapes.transpose(dtype, (1, 4, 5, 6), (0, 3, 1, 2)),
            "backwards": shapes.strided_slice(
                dtype, (1, 6, 5, 3), (0, -1, 4, 2), (1, -7, 0, -9), (1, -2, -1, -1), (1, 3, 4, 3)
            ),
            "slice": shapes.slice_model(dtype, (1, 6, 5, 3), (0, 2, 0, 0), (1, 3, -1, -1)),
            "parts": shapes.parts("UNPACK", dtype, (2, 3, 4), 2, (1,) * 4, keep=(3, 1)),
            "gather": shapes.gather(dtype, (1, 5, 3), [2, 1], axis=2),
            "sub": operands.pair("SUB", dtype, activation="relu"),
            "sub_broadcast": operands.pair("SUB", dtype, other=(1, 4, 1, 3)),
            "square_difference": operands.with_itself("SQUARED_DIFFERENCE", dtype),
            "maximum": operands.pair("MAXIMUM", dtype),
            "minimum": operands.computed("MINIMUM", dtype),
            "prelu": operands.pair("PRELU", dtype),
            "sum": reductions.reduction("SUM", dtype, axes=(0, 2)),
            "reduce_max": reductions.reduction("REDUCE_MAX", dtype, axes=(1, 3)),
            "reduce_min": reductions.reduction("REDUCE_MIN", dtype),
            "arg_max": reductions.arg("ARG_MAX", dtype),
            "arg_min": reductions.arg("ARG_MIN", dtype, index="int64"),
            "l2": reductions.l2_normalization(dtype),
            "nearest": images.resize("RESIZE_NEAREST_NEIGHBOR", dtype, (4, 5), (8, 10)),
            "bilinear": images.resize("RESIZE_BILINEAR", dtype, (4, 5), (7, 12), half=True),
            "blocks": images.blocks("DEPTH_TO_SPACE", dtype, (1, 4, 6, 8), 2),
            "compare": logic.chosen("GREATER", dtype, rest=(5, 1)),
            "tile": images.tile(dtype, (1, 3, 2), (2, 1, 3)),
        }
        made |= {f"{name}_{dtype}": model for name, model in of_type.items()}
    for kind in ("ABS", "NEG", "SQUARE", "EXP", "TANH", "ELU", "HARD_SWISH", "LEAKY_RELU", "GELU"):
        made[kind.lower()] = functions.values(kind, "float32", (1, 0), (1, 0), **FIELDS.get(kind, {}))
    made["gelu_tanh"] = functions.values("GELU", "float32", (1, 0), (1, 0), approximate=True)
    made["classifier"] = reductions.classifier("int8")
    made["exp_int16"] = functions.values("EXP", "int16", (2e-4, 0), (1e-3, 0))
    for kind in ("LOG", "SQRT", "RSQRT"):
        made[kind.lower()] = functions.of_positive_values(kind, "float32", (1, 0), (1, 0))
    return made


MODELS = models()
ON_THE_CORE = [
    "transpose_int8", "backwards_int8", "parts_float32", "gather_int8", "sub_int8", "sub_broadcast_int8",
    "square_difference_int8", "maximum_int8", "minimum_int8", "prelu_int8", "l2_int8", "arg_max_int8", "nearest_int8",
    "bilinear_int8", "blocks_int8", "tile_int8", "reduce_max_int8", "tanh", "gelu", "log", "rsqrt", "bilinear_float32",
]  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c")
    for name, model in MODELS.items():
        for file_name, text in compile_model(model, f"model_{name}").files.items():
            (folder / file_name).write_text(text)
    return folder


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("compiler", "dialect"),
    [
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m4", "-mthumb", "-O2"]),
        ("gcc", ["-std=c99", "-O1"]),
        ("clang", ["-std=c99", "-O0"]),
        ("clang++", ["-std=c++17", "-x", "c++", "-O0"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_generated_c_compiles_without_a_warning(compiler, dialect, sources):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    run([compiler, *dialect, *STRICT, "-c", *(f"model_{name}.c" for name in MODELS)], sources)


RUN = """
static void run_NAME(void)
{
    /* Exactly the promised size, so that the address sanitizer sees one byte too many. */
    void *arena = malloc(UPPER_ARENA_BYTES);
    for (int run = 0; run < 8; ++run) {
        memset(arena, run * 85, UPPER_ARENA_BYTES);
        for (int i = 0; i < UPPER_INPUT_SIZE; ++i) {
            const int value = run == 0 ? -128 : run == 1 ? 127 : (i * 37 + run * 101) % 256 - 128;
            NAME_input(arena)[i] = (INPUT)value;
        }
        NAME_invoke(arena);
    }
    free(arena);
}
"""


def test_runs_are_clean_under_the_address_and_undefined_behaviour_sanitizers(sources):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    text = "#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
    text += "".join(f'#include "model_{name}.h"\n' for name in MODELS)
    for name, model in MODELS.items():
        c_type = compile_model(model, "model").input.c_type
        replaced = RUN.replace("NAME", f"model_{name}").replace("UPPER", f"MODEL_{name.upper()}")
        text += replaced.replace("INPUT)", f"{c_type})")
    text += (
        "int main(void)\n{\n"
        + "".join(f"    run_model_{name}();\n" for name in MODELS)
        + "    return 0;\n}\n"
    )
    (sources / "harness.c").write_text(text)
    flags = ["-std=c99", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    run(["gcc", *flags, *(f"model_{name}.c" for name in MODELS), "harness.c", "-o", "harness"], sources)
    run(["./harness"], sources)


@pytest.mark.parametrize("name", ON_THE_CORE)
def test_an_operator_equals_the_reference_on_a_cortex_m4(name):
    try:
        arm_toolchain()
    except ProfileError as reason:
        pytest.skip(str(reason))
    compiled = compile_model(MODELS[name], "model")
    inputs = random_inputs(compiled.input, 2, np.random.default_rng(3))
    outputs = run_on_cortex_m4(compiled, inputs).outputs
    expected = run_reference(MODELS[name], inputs).reshape(outputs.shape)
    if compiled.output.dtype == "int8":
        np.testing.assert_array_equal(outputs, expected)
    else:
        np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-5)
