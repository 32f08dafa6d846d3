"""What an emulated Cortex-M55 computes with Helium instructions equals the TFLite reference in every byte."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipelines import profile
from pipelines.compile import compile_model
from pipelines.compile.compiler import compiled_model
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import FLAGS, arm_toolchain
from pipelines.profile.boards import board_of
from pipelines.profile.model_measurement import measure_model
from pipelines.profile.qemu import find_qemu

from . import operators
from .builder import ModelBuilder, random_inputs, run_reference
from .emulated_m55 import BOARD, run_on_cortex_m55
from .operators import ACTIVATIONS, options
from .streamed import any_segments, with_segments
from .test_compile_emulated import GRAPHS
from .test_compile_reference_models import MODELS
from .test_compile_streaming import LAYERS, grown

pytestmark = [
    pytest.mark.skipif(find_qemu() is None, reason="QEMU is absent: install Debian's qemu-system-arm"),
    pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated"),
]

# Instructions of an inference at -O3 with GCC 12.2. TensorFlow Lite Micro with CMSIS-NN takes 1,790,000, 4,810,000 and
# 285,000 (CMSIS-NN 99f736a, the same compiler and emulator).
INSTRUCTIONS = {"kws_int8": 880_000, "ic_int8": 2_650_000, "ad_int8": 60_000}
STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wshadow", "-Werror", "-c", "-o", "/dev/null"]


def sum_of_images(seed, scales, activation="none", shape=(1, 3, 5, 7)):
    """image + image, through a RELU that gives the second its own scale."""
    rng, builder = np.random.default_rng(seed), ModelBuilder()
    tensors = [
        builder.tensor(shape, "int8", scale=scale, zero_point=int(rng.integers(-128, 128)))
        for scale in scales
    ]
    builder.operator("RELU", [tensors[0]], [tensors[1]], version=2)
    table = options("Add", fusedActivationFunction=ACTIVATIONS[activation])
    builder.operator("ADD", [tensors[0], tensors[1]], [tensors[2]], table, version=2)
    return builder.finish(tensors[0], tensors[2])


# Vectors with tails of every kind, strips that do not fit, activations that cut and that do not.
HELIUM_GRAPHS = {
    "one_product": operators.convolution("int8", channels=1, kernel=(1, 1), outputs=1),
    "seventeen_products": operators.convolution("int8", channels=17, kernel=(1, 1), outputs=6, activation="relu"),
    "many_products": operators.convolution("int8", height=4, width=5, channels=24, outputs=18),
    "three_channels": operators.convolution("int8", height=11, channels=3, outputs=16, stride=(2, 2)),
    "depthwise_of_nine_channels": operators.depthwise("int8", channels=9, activation="relu"),
    "depthwise_of_seventeen_channels": operators.depthwise("int8", channels=17, padding="valid"),
    "depthwise_wide": operators.depthwise("int8", height=4, width=41, channels=8),
    "depthwise_wide_strided": operators.depthwise("int8", height=5, width=39, channels=3, stride=(2, 2)),
    "depthwise_strided_downwards": operators.depthwise("int8", height=8, channels=4, stride=(2, 1)),
    "depthwise_strided_sideways": operators.depthwise("int8", channels=4, stride=(1, 2)),
    "depthwise_strided_far": operators.depthwise("int8", height=9, channels=4, stride=(3, 3)),
    "sum_of_equal_scales": sum_of_images(1, (0.1, 0.1, 0.15)),
    "sum_with_a_coarse_first": sum_of_images(2, (0.1, 0.03, 0.12), "relu"),
    "sum_with_a_fine_first": sum_of_images(3, (0.02, 0.09, 0.05), "relu6"),
}  # fmt: skip


@pytest.fixture(scope="module", params=["gcc", "zig"])
def toolchain(request):
    try:
        return arm_toolchain(request.param)
    except ProfileError as reason:
        pytest.skip(str(reason))


def assert_equal_the_reference(models, compiled, count, toolchain):
    """All models in one image; `compiled` are theirs, by name."""
    inputs = {
        name: random_inputs(each.input, count, np.random.default_rng(3)) for name, each in compiled.items()
    }
    runs = run_on_cortex_m55([(compiled[name], inputs[name]) for name in models], toolchain)
    for name, run in zip(models, runs, strict=True):
        expected = run_reference(models[name], inputs[name]).reshape(run.outputs.shape)
        np.testing.assert_array_equal(run.outputs, expected, err_msg=name)


def test_layers_equal_the_reference_on_a_core_with_helium(toolchain):
    models = {**GRAPHS, **HELIUM_GRAPHS}
    compiled = {name: compile_model(model, name) for name, model in models.items()}
    assert_equal_the_reference(models, compiled, 3, toolchain)


def test_images_that_run_row_by_row_or_in_strips_equal_the_reference_on_a_core_with_helium():
    models, compiled = {}, {}
    for seed in range(16):
        rng = np.random.default_rng(seed)
        shape = (*rng.integers(1, 20, 2).tolist(), int(rng.integers(1, 20)))
        choices = [(str(rng.choice(LAYERS)), int(rng.integers(60))) for _ in range(4)]
        name = f"image_{seed}"
        models[name] = grown(seed, shape, choices)
        compiled[name] = compiled_model(with_segments(models[name], any_segments(rng), name))
    assert_equal_the_reference(models, compiled, 2, None)


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_a_reference_model_equals_tflite_and_takes_few_instructions(name):
    model = (MODELS / f"{name}.tflite").read_bytes()
    compiled = compile_model(model, name)
    inputs = random_inputs(compiled.input, 2, np.random.default_rng(3))
    found = measure_model(compiled, board_of(BOARD), inputs)
    np.testing.assert_array_equal(found.outputs, run_reference(model, inputs).reshape(found.outputs.shape))
    if found.toolchain.startswith("arm-none-eabi-gcc"):
        assert found.instructions <= INSTRUCTIONS[name]


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
def test_the_c_compiles_without_a_warning_on_a_core_with_helium(toolchain, tmp_path):
    models = {name: (MODELS / f"{name}.tflite").read_bytes() for name in INSTRUCTIONS}
    command = [*toolchain.command, *FLAGS, *toolchain.board_flags(board_of(BOARD)), *STRICT]
    command += ["-I", str(Path(profile.__file__).parent / "firmware" / "freestanding")]
    command += ["-fno-sanitize=all"] if toolchain.name == "zig" else []
    for name, model in {**models, "many": GRAPHS["many_layers"]}.items():
        for file_name, text in compile_model(model, name).files.items():
            (tmp_path / file_name).write_text(text)
        # Without optimisation compilers keep a register more for themselves than the assembly may need.
        for optimisation in ("-O0", "-O2"):
            arguments = [*command, optimisation, f"{name}.c"]
            result = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert result.returncode == 0, result.stderr
