"""What an emulated Cortex-M4F computes with the DSP extension equals the TFLite reference in every byte."""

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import arm_toolchain

from . import operators
from .builder import random_inputs, run_reference
from .emulated import run_on_cortex_m4
from .test_compile_c import int8_model
from .test_compile_reference_models import MODELS

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")

GRAPHS = {
    "pixels_in_groups_of_four_and_single": operators.convolution("int8", height=3, width=3, channels=7),
    "one_channel": operators.convolution("int8", channels=1, kernel=(4, 5), stride=(2, 1), outputs=3),
    "row_of_whole_words": operators.convolution("int8", channels=4, kernel=(3, 3), activation="relu"),
    "narrow_activation": operators.convolution("int8", channels=6, activation="relu6", padding="valid"),
    "dilated": operators.convolution("int8", channels=3, dilation=(2, 2)),
    "tall_dilated_column": operators.convolution("int8", channels=5, kernel=(3, 1), dilation=(2, 1)),
    "pointwise": operators.convolution("int8", channels=13, outputs=13, kernel=(1, 1)),
    "pointwise_strided": operators.convolution("int8", channels=8, kernel=(1, 1), stride=(2, 3)),
    "kernel_wider_than_the_image": operators.convolution("int8", height=2, width=2, kernel=(5, 5)),
    "one_pixel": operators.convolution("int8", height=1, width=1, channels=9),
    "groups": operators.convolution("int8", channels=6, outputs=4, groups=2),
    "one_scale": operators.convolution("int8", per_channel=False),
    "depthwise": operators.depthwise("int8", channels=7),
    "depthwise_strided": operators.depthwise("int8", channels=3, stride=(2, 2)),
    "depthwise_valid_relu6": operators.depthwise("int8", padding="valid", activation="relu6"),
    "depthwise_on_a_column": operators.depthwise("int8", height=5, width=1, channels=4),
    "depthwise_on_a_row": operators.depthwise("int8", height=1, width=6, channels=4, stride=(2, 2)),
    "depthwise_on_a_tall_image": operators.depthwise(
        "int8", height=9, width=4, channels=3, activation="relu6"
    ),
    "depthwise_strided_down": operators.depthwise("int8", height=9, width=4, channels=3, stride=(2, 1)),
    "depthwise_of_another_size": operators.depthwise("int8", kernel=(5, 2)),
    "depthwise_in_several_bands": operators.depthwise("int8", height=21, width=40, channels=2, kernel=(5, 5)),
    "depthwise_in_time": operators.depthwise("int8", height=1, width=30, kernel=(1, 7), stride=(1, 2)),
    "depthwise_dilated_down": operators.depthwise("int8", kernel=(3, 2), dilation=(2, 1), activation="relu6"),
    "depthwise_multiplied": operators.depthwise("int8", multiplier=3),
    "dense": operators.dense("int8", inputs=19, outputs=9),
    "dense_in_whole_words": operators.dense("int8", rows=3, inputs=24, outputs=8, activation="relu"),
    "dense_in_several_chunks": operators.dense("int8", rows=2, inputs=301, outputs=70),
    "dense_per_channel": operators.dense("int8", inputs=6, outputs=5, per_channel=True),
    "dense_too_long_for_24_bits": operators.dense("int8", rows=2, inputs=1201, outputs=70),
    "dense_of_one_output": operators.dense("int8", inputs=7, outputs=1),
    "one_output": operators.convolution("int8", channels=5, outputs=1),
    "two_outputs_of_six_groups": operators.convolution("int8", channels=8, kernel=(1, 3), outputs=2),
    "many_layers": int8_model(),
}


@pytest.fixture(scope="module", params=["gcc", "zig"])
def toolchain(request):
    try:
        return arm_toolchain(request.param)
    except ProfileError as reason:
        pytest.skip(str(reason))


def assert_equals_the_reference_on_the_core(model, count, toolchain):
    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, count, np.random.default_rng(3))
    run = run_on_cortex_m4(compiled, inputs, toolchain)
    np.testing.assert_array_equal(run.outputs, run_reference(model, inputs).reshape(run.outputs.shape))
    return run


@pytest.mark.parametrize("name", GRAPHS)
def test_a_layer_equals_the_reference_on_a_core_with_dsp_instructions(name):
    assert_equals_the_reference_on_the_core(GRAPHS[name], 4, None)


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
@pytest.mark.parametrize("name", ["kws_int8", "ic_int8", "ad_int8"])
def test_a_reference_model_equals_tflite_on_a_core_with_dsp_instructions(name, toolchain):
    model = (MODELS / f"{name}.tflite").read_bytes()
    assert_equals_the_reference_on_the_core(model, 2, toolchain)
