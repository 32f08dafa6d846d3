"""The C for int16 activations, int4 weights, transposed convolutions and products of matrices: warnings, sanitizers, M4."""

import shutil

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.compile.options import CompileOptions
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import arm_toolchain

from . import operators
from .builder import options, random_inputs, run_reference
from .emulated import run_on_cortex_m4
from .test_compile_batch_matmul import product
from .test_compile_int16 import curve
from .test_compile_operators_c import RUN, STRICT, run
from .test_compile_transpose_conv import transposed

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
SIZE = CompileOptions(optimize="size")


def models():
    made = {
        "conv": operators.convolution("int16", channels=7, height=3, activation="relu6"),
        "general_conv": operators.convolution("int16", channels=17, kernel=(7, 9)),
        "pointwise": operators.convolution("int16", channels=8, outputs=9, kernel=(1, 1), stride=(2, 1)),
        "groups": operators.convolution("int16", channels=6, outputs=4, groups=2, dilation=(2, 2)),
        "depthwise": operators.depthwise("int16", channels=7, stride=(2, 1), padding="same"),
        "multiplied": operators.depthwise("int16", multiplier=3),
        "dense": operators.dense("int16", rows=2, inputs=19, outputs=9),
        "general_dense": operators.dense("int16", inputs=1801, outputs=5),
        "average_pool": operators.pool("AVERAGE_POOL_2D", "int16"),
        "max_pool": operators.pool("MAX_POOL_2D", "int16", padding="same"),
        "mean": operators.mean("int16"),
        "add": operators.binary("ADD", "int16"),
        "sub": operators.binary("SUB", "int16", other=(1, 4, 1, 3)),
        "mul": operators.binary("MUL", "int16"),
        "relu": operators.unary("RELU6", "int16"),
        "leaky": operators.unary("LEAKY_RELU", "int16", table=options("LeakyRelu", alpha=0.3)),
        "tanh": curve("TANH", 0.002),
        "logistic": curve("LOGISTIC", 0.002),
        "softmax": curve("SOFTMAX", 0.002),
        "pad": operators.pad("int16"),
        "concatenation": operators.concatenation("int16"),
        "conv_int4": operators.convolution("int4", channels=7, height=3, activation="relu"),
        "groups_int4": operators.convolution("int4", channels=6, outputs=4, groups=2),
        "depthwise_int4": operators.depthwise("int4", channels=19, stride=(2, 2)),
        "multiplied_int4": operators.depthwise("int4", multiplier=3),
        "dense_int4": operators.dense("int4", rows=2, inputs=19, outputs=9),
    }
    for dtype in ("int8", "int16", "float32"):
        made[f"transposed_{dtype}"] = transposed(dtype, kernel=(3, 4), channels=5)
        made[f"sparse_transposed_{dtype}"] = transposed(dtype, kernel=(1, 2), stride=(3, 2), padding="valid")
        made[f"product_{dtype}"] = product(dtype, constant=1)
        made[f"adjoint_product_{dtype}"] = product(dtype, left=(2, 9, 6), right=(2, 9, 3), adj_x=True)
    return made


MODELS = models()


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c")
    for name, model in MODELS.items():
        for file_name, text in compile_model(model, f"model_{name}", SIZE).files.items():
            (folder / file_name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("compiler", "dialect"),
    [
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m4", "-mthumb", "-O2"]),
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m0plus", "-mthumb", "-Os"]),
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


def test_runs_are_clean_under_the_address_and_undefined_behaviour_sanitizers(sources):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    text = "#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
    text += "".join(f'#include "model_{name}.h"\n' for name in MODELS)
    for name, model in MODELS.items():
        dtype = compile_model(model, "model").input.dtype
        c_type = "float" if dtype == "float32" else f"{dtype}_t"
        replaced = RUN.replace("NAME", f"model_{name}").replace("UPPER", f"MODEL_{name.upper()}")
        if dtype == "int16":
            replaced = (
                replaced.replace("-128 :", "-32768 :").replace("127 :", "32767 :").replace("- 128;", "* 250;")
            )
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


@pytest.mark.parametrize("name", [name for name in MODELS if not name.endswith("float32")])
def test_a_layer_equals_the_reference_on_a_cortex_m4(name):
    try:
        arm_toolchain()
    except ProfileError as reason:
        pytest.skip(str(reason))
    compiled = compile_model(MODELS[name], "model", SIZE)
    inputs = random_inputs(compiled.input, 2, np.random.default_rng(3))
    outputs = run_on_cortex_m4(compiled, inputs).outputs
    np.testing.assert_array_equal(outputs, run_reference(MODELS[name], inputs).reshape(outputs.shape))
