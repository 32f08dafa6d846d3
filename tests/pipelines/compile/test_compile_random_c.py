"""The C of random graphs: no warnings, and clean under the sanitizers while it runs."""

import random
import shutil
import subprocess

import pytest

from .batches import Case, compiled
from .random_layers import random_model
from .test_compile_c import STRICT

COUNT = 14
HARNESS = """
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
INCLUDES
int main(void)
{
CALLS
    return 0;
}
"""
# An arena of exactly the promised size, so that the address sanitizer sees one byte too many.
CALL = """
    {
        unsigned char *arena = (unsigned char *)malloc(UPPER_ARENA_BYTES);
        for (int run = 0; run < 4; ++run) {
            memset(arena, run * 85, UPPER_ARENA_BYTES);
            for (size_t i = 0; i < UPPER_INPUT_SIZE * sizeof *NAME_input(arena); ++i) {
                ((unsigned char *)NAME_input(arena))[i] = (unsigned char)(run < 2 ? 127 + run : (int)i * 37 + run * 101);
            }
            NAME_invoke(arena);
        }
        free(arena);
    }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("random_c")
    rng = random.Random(3)
    for position in range(COUNT):
        case = Case(random_model(rng), squeezed=position % 2 == 1)
        for name, text in compiled(case, f"model_{position}").files.items():
            (found / name).write_text(text)
    return found


@pytest.mark.parametrize("compiler", ["gcc", "clang", "arm-none-eabi-gcc"])
def test_random_graphs_compile_without_a_warning(compiler, folder):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    core = ["-mcpu=cortex-m4", "-mthumb"] if compiler.startswith("arm") else []
    for position in range(COUNT):
        command = [compiler, "-std=c99", "-O1", *core, *STRICT, f"model_{position}.c"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr


def test_random_graphs_run_clean_under_the_sanitizers(folder):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    names = [f"model_{position}" for position in range(COUNT)]
    calls = "".join(CALL.replace("NAME", name).replace("UPPER", name.upper()) for name in names)
    text = HARNESS.replace("INCLUDES", "\n".join(f'#include "{name}.h"' for name in names)).replace(
        "CALLS", calls
    )
    (folder / "harness.c").write_text(text)
    flags = ["-std=c99", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(
        ["gcc", *flags, "harness.c", *(f"{name}.c" for name in names), "-o", "harness"],
        cwd=folder,
        check=True,
    )
    result = subprocess.run(["./harness"], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
