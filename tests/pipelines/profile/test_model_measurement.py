"""What a compiled model takes on a board, and each layer's share."""

import numpy as np
import pytest

from pipelines.compile import CompileOptions, compile_model
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import arm_toolchain
from pipelines.profile.boards import board_of
from pipelines.profile.model_measurement import measure_model
from tests.pipelines.compile import operators
from tests.pipelines.compile.builder import random_inputs, run_reference
from tests.pipelines.compile.test_compile_c import int8_model

from .conftest import needs_qemu, toolchain_params

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


@pytest.fixture(scope="module")
def compiled():
    return compile_model(int8_model(), "model")


@pytest.fixture(scope="module")
def inputs(compiled):
    return random_inputs(compiled.input, 3, np.random.default_rng(5))


@pytest.fixture(scope="module")
def expected(inputs):
    return run_reference(int8_model(), inputs)


@pytest.mark.parametrize("toolchain", toolchain_params())
@pytest.mark.parametrize("board_id", ["nano33ble", "pico", "cortex-m33", "stm32h7a3"])
def test_a_board_answers_what_the_reference_does_and_the_layers_add_up(
    compiled, inputs, expected, board_id, toolchain
):
    found = measure_model(compiled, board_of(board_id), inputs, arm_toolchain(toolchain), by_layer=True)
    np.testing.assert_array_equal(found.outputs, expected.reshape(found.outputs.shape))
    assert len(found.layers) == len(compiled.layers)
    assert sum(layer.instructions for layer in found.layers) == found.instructions
    assert all(layer.instructions > 0 for layer in found.layers)
    assert found.cycles.low <= found.cycles.typical <= found.cycles.high
    assert 500 < found.code_bytes < 60_000
    assert 0 < found.stack_bytes < 4_000


@needs_qemu
def test_a_core_that_unicorn_lacks_is_measured_on_qemu(compiled, inputs, expected):
    found = measure_model(compiled, board_of("cortex-m55"), inputs, by_layer=True)
    np.testing.assert_array_equal(found.outputs, expected.reshape(found.outputs.shape))
    assert found.emulator == "QEMU mps3-an547"
    assert sum(layer.instructions for layer in found.layers) == found.instructions > 1000


@needs_qemu
def test_qemu_counts_what_unicorn_counts_within_what_reading_the_timer_takes(compiled, inputs):
    board = board_of("nano33ble")
    elsewhere = board.model_copy(update={"emulator": board.emulator.model_copy(update={"unicorn": None})})
    ours, theirs = (measure_model(compiled, each, inputs) for each in (board, elsewhere))
    assert theirs.instructions == pytest.approx(ours.instructions, abs=60 * len(compiled.layers))
    assert theirs.stack_bytes == pytest.approx(ours.stack_bytes, abs=400)


def test_markers_change_next_to_nothing_and_the_shares_are_those_of_the_unmarked_code(compiled, inputs):
    found = measure_model(compiled, board_of("nano33ble"), inputs, by_layer=True)
    plain = measure_model(compiled, board_of("nano33ble"), inputs)
    assert (plain.instructions, plain.code_bytes) == (found.instructions, found.code_bytes)
    assert sum(layer.total.typical for layer in found.layers) == pytest.approx(plain.cycles.typical)
    assert plain.layers == ()


def test_weights_that_are_copied_to_ram_are_no_code_and_wait_for_no_flash():
    tflite = operators.dense("int8", inputs=301, outputs=70)
    found = {}
    for place in ("flash", "ram"):
        compiled = compile_model(tflite, "model", CompileOptions(weights_in=place))
        inputs = random_inputs(compiled.input, 1, np.random.default_rng(1))
        found[place] = measure_model(compiled, board_of("stm32l4r5"), inputs, by_layer=True)
    np.testing.assert_array_equal(found["ram"].outputs, found["flash"].outputs)
    assert found["ram"].code_bytes == pytest.approx(found["flash"].code_bytes, abs=200)
    assert found["ram"].cycles.typical < found["flash"].cycles.typical


def test_without_an_input_nothing_is_measured(compiled):
    with pytest.raises(ProfileError, match="no input"):
        measure_model(compiled, board_of("nano33ble"), np.zeros((0, 1), np.int8))
