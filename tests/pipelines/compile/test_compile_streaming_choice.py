"""Which layers run row by row or in strips: as little memory as can be had, and work done twice only under a limit."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.compile.compiler import compiled_model
from pipelines.compile.errors import CompileError
from pipelines.compile.native import build_native
from pipelines.compile.options import CompileOptions
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import arm_toolchain

from .builder import options, random_inputs, run_reference
from .emulated import run_on_cortex_m4
from .operators import PADDINGS
from .streamed import longest_segments, with_segments
from .test_compile_c import HARNESS
from .test_compile_streaming import ImageMaker

MODELS = Path(__file__).parents[4] / "shared" / "data" / "models"
pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
SPEED = CompileOptions(optimize="speed")


def tower(height=24, width=40, channels=8, layers=4):
    """Convolutions of one size between a small input and a small output: the images between them are the peak."""
    maker = ImageMaker(5, height, width, 1)
    for index in range(layers):
        source = maker.shape()[2]
        outputs, stride = (2, 4) if index == layers - 1 else (channels, 1)
        weights = maker.weights((outputs, 3, 3, source), 0, True)
        table = options("Conv2D", strideH=stride, strideW=stride, padding=PADDINGS["same"])
        inputs = [maker.current, weights, maker.bias(maker.current, weights, outputs)]
        size = -(-height // stride), -(-width // stride)
        maker.push("CONV_2D", inputs, maker.image((*size, outputs)), table, version=3)
    return maker.finish()


def assert_reference(compiled, model, count=5):
    inputs = random_inputs(compiled.input, count, np.random.default_rng(1))
    ours = build_native(compiled).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_reference(model, inputs).reshape(ours.shape))


def test_images_between_convolutions_are_never_whole():
    model = tower()
    whole, rows = compile_model(model, "model", SPEED), compile_model(model, "model")
    assert whole.segments == ()
    assert whole.arena_bytes > 24 * 40 * 8
    (segment,) = rows.segments
    assert (segment.first, segment.last, segment.strips, rows.recomputed_macs) == (0, 3, 1, 0)
    assert segment.ring_rows == {0: 3, 1: 3, 2: 3}
    assert segment.ring_bytes == 9 * 40 * 8
    assert rows.arena_bytes < 5200
    assert_reference(rows, model)


def test_speed_runs_by_rows_only_where_the_limit_asks_for_it():
    model = tower()
    whole = compile_model(model, "model", SPEED).arena_bytes
    assert compile_model(model, "model", CompileOptions("speed", whole)).segments == ()
    limited = compile_model(model, "model", CompileOptions("speed", whole - 1))
    assert limited.segments
    assert limited.arena_bytes < whole
    assert_reference(limited, model)


def test_strips_of_columns_meet_a_limit_that_rows_alone_do_not():
    model = tower()
    rows = compile_model(model, "model")
    limit = rows.arena_bytes - 900
    strips = compile_model(model, "model", CompileOptions(ram_limit_bytes=limit))
    assert strips.arena_bytes <= limit
    assert max(segment.strips for segment in strips.segments) > 1
    assert 0 < strips.recomputed_macs < 0.4 * strips.macs
    assert strips.macs == rows.macs
    assert_reference(strips, model)


def test_the_cheapest_plan_within_the_limit_is_taken():
    model = tower()
    most = compile_model(model, "model").arena_bytes
    work = [
        compile_model(model, "model", CompileOptions(ram_limit_bytes=most - less)).recomputed_macs
        for less in (0, 400, 800, 1200)
    ]
    assert work == sorted(work)
    assert work[0] == 0 < work[1]


def test_a_limit_that_nothing_meets_is_refused_with_the_smallest_arena_there_is():
    model = tower()
    with pytest.raises(
        CompileError, match=r"smallest arena .* has (\d+) bytes, and ram_limit_bytes is 1500"
    ) as caught:
        compile_model(model, "model", CompileOptions(ram_limit_bytes=1500))
    smallest = int(str(caught.value).split(" has ")[1].split()[0])
    assert compile_model(model, "model", CompileOptions(ram_limit_bytes=smallest)).arena_bytes <= smallest
    with pytest.raises(CompileError):
        compile_model(model, "model", CompileOptions(ram_limit_bytes=smallest - 1))


def test_a_few_bytes_are_not_worth_a_loop():
    assert compile_model(tower(6, 6, 4, 2), "model").segments == ()


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
def test_resnet_8_takes_less_memory_by_rows_at_no_more_instructions():
    model = (MODELS / "ic_int8.tflite").read_bytes()
    whole, rows = compile_model(model, "model", SPEED), compile_model(model, "model")
    assert rows.arena_bytes <= min(19_000, 0.6 * whole.arena_bytes)
    assert rows.recomputed_macs == 0
    assert_reference(rows, model)
    strips = compile_model(model, "model", CompileOptions(ram_limit_bytes=17_500))
    assert strips.arena_bytes <= 17_500
    assert_reference(strips, model, 2)
    try:
        toolchain = arm_toolchain()
    except ProfileError as reason:
        pytest.skip(str(reason))
    inputs = random_inputs(rows.input, 1, np.random.default_rng(0))
    before, after = (run_on_cortex_m4(each, inputs, toolchain) for each in (whole, rows))
    np.testing.assert_array_equal(after.outputs, before.outputs)
    assert after.instructions <= 1.02 * before.instructions


def mobilenet() -> bytes:
    """MobileNetV1 0.25 on 96 x 96 x 3, as in MLPerf Tiny, with random weights."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    initial = {"bias_initializer": "random_normal"}
    blocks = ((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1))
    source = keras.Input((96, 96, 3), batch_size=1)
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same", kernel_initializer="he_normal", **initial)(
        source
    )
    x = keras.layers.ReLU()(x)
    for filters, strides in blocks:
        x = keras.layers.DepthwiseConv2D(
            3, strides=strides, padding="same", depthwise_initializer="he_normal", **initial
        )(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.Conv2D(filters, 1, kernel_initializer="he_normal", **initial)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(keras.layers.AveragePooling2D(3)(x))
    model = keras.Model(source, keras.layers.Dense(2, activation="softmax")(x))
    rng = np.random.default_rng(0)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: (
        [rng.uniform(-1, 1, (1, 96, 96, 3)).astype(np.float32)] for _ in range(4)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def test_a_mobilenet_needs_hardly_more_than_its_input():
    model = mobilenet()
    compiled = compile_model(model, "model")
    assert compiled.input.elements == 27_648
    assert compiled.arena_bytes <= 29_000
    assert compiled.recomputed_macs == 0
    assert_reference(compiled, model)


@pytest.mark.parametrize("strips", [1, 3])
def test_rows_and_strips_are_clean_under_the_sanitizers(strips, tmp_path):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    maker = ImageMaker(3, 13, 17, 3)
    for choice, number in [
        ("window", 4),
        ("residual", 1),
        ("pool", 0),
        ("window", 9),
        ("residual", 2),
        ("table", 1),
    ]:
        maker.grow(choice, number)
    lowered = with_segments(maker.finish(), longest_segments(strips))
    assert lowered.segments[0].last - lowered.segments[0].first >= 5
    for name, text in compiled_model(lowered).files.items():
        (tmp_path / name).write_text(text)
    harness = HARNESS.replace("NAME", "rows").replace("UPPER", "ROWS").replace("(INPUT)", "(int8_t)")
    (tmp_path / "harness.c").write_text(harness)
    flags = ["-std=c99", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    warnings = ["-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Wshadow", "-Werror"]
    subprocess.run(["gcc", *flags, *warnings, "rows.c", "harness.c", "-o", "rows"], cwd=tmp_path, check=True)
    result = subprocess.run(["./rows"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("strips", [1, 2])
def test_rows_and_strips_compute_the_same_on_the_core(strips):
    maker = ImageMaker(7, 11, 14, 4)
    for choice, number in [("residual", 0), ("window", 12), ("window", 5), ("residual", 1), ("pool", 1)]:
        maker.grow(choice, number)
    model = maker.finish()
    lowered = with_segments(model, longest_segments(strips))
    compiled = compiled_model(lowered)
    inputs = random_inputs(compiled.input, 2, np.random.default_rng(4))
    try:
        run = run_on_cortex_m4(compiled, inputs)
    except ProfileError as reason:
        pytest.skip(str(reason))
    np.testing.assert_array_equal(run.outputs, run_reference(model, inputs).reshape(run.outputs.shape))
