"""The C of the operators beyond the first ones is warning-free, clean under sanitizers, and right on an M4."""

import shutil
import subprocess

import pytest

from pipelines.compile import compile_model

from . import operators_operands as operands
from . import operators_shapes as shapes

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wshadow", "-Werror"]


def models():
    made = {}
    for dtype in ("int8", "float32"):
        made |= {
            f"transpose_{dtype}": shapes.transpose(dtype, (1, 4, 5, 6), (0, 3, 1, 2)),
            f"backwards_{dtype}": shapes.strided_slice(
                dtype, (1, 6, 5, 3), (0, -1, 4, 2), (1, -7, 0, -9), (1, -2, -1, -1), (1, 3, 4, 3)
            ),
            f"slice_{dtype}": shapes.slice_model(dtype, (1, 6, 5, 3), (0, 2, 0, 0), (1, 3, -1, -1)),
            f"parts_{dtype}": shapes.parts("UNPACK", dtype, (2, 3, 4), 2, (1,) * 4, keep=(3, 1)),
            f"gather_{dtype}": shapes.gather(dtype, (1, 5, 3), [2, 1], axis=2),
            f"sub_{dtype}": operands.pair("SUB", dtype, activation="relu"),
            f"sub_broadcast_{dtype}": operands.pair("SUB", dtype, other=(1, 4, 1, 3)),
            f"square_{dtype}": operands.with_itself("SQUARED_DIFFERENCE", dtype),
            f"maximum_{dtype}": operands.pair("MAXIMUM", dtype),
            f"minimum_{dtype}": operands.computed("MINIMUM", dtype),
            f"prelu_{dtype}": operands.pair("PRELU", dtype),
        }
    made["div"] = operands.pair("DIV", "float32")
    return made


MODELS = models()


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c")
    for name, model in MODELS.items():
        for file_name, text in compile_model(model, f"model_{name}").files.items():
            (folder / file_name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("compiler", "dialect"),
    [
        ("arm-none-eabi-gcc", ["-std=c99", "-mcpu=cortex-m4", "-mthumb", "-O3"]),
        ("gcc", ["-std=c99", "-O1"]),
        ("clang", ["-std=c99", "-O1"]),
        ("clang++", ["-std=c++17", "-x", "c++", "-O0"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_generated_c_compiles_without_a_warning(compiler, dialect, sources):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    command = [compiler, *dialect, *STRICT, "-c", *(f"model_{name}.c" for name in MODELS)]
    result = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
