"""Int8 ADD at the ends of its arithmetic: equal scales, scales far apart, zero points at the extremes."""

import numpy as np
import pytest

from pipelines.compile import compile_model

from .builder import ModelBuilder, assert_equals_the_reference, options, run_reference
from .emulated import run_on_cortex_m4

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def sum_of_every_value(first, second, target, activation=0):
    """input + constant, for an image of 256 x 5 in which each row meets each of five constants."""
    builder = ModelBuilder()
    source = builder.tensor((1, 16, 16, 5), "int8", *first)
    operand = builder.constant(
        np.array([-128, -1, 0, 77, 127]), "int8", scale=second[0], zero_point=second[1]
    )
    total = builder.tensor((1, 16, 16, 5), "int8", *target)
    builder.operator("ADD", [source, operand], [total], options("Add", fusedActivationFunction=activation))
    return builder.finish(source, total)


CASES = {
    "equal_scales": ((0.5, 3), (0.5, -7), (0.7, 1), 0),
    "equal_scales_and_extreme_zero_points": ((0.5, -128), (0.5, 127), (0.25, -128), 1),
    "the_first_is_finer": ((0.013, 127), (0.5, -128), (0.51, 5), 0),
    "the_second_is_finer": ((0.5, -128), (0.00013, 127), (0.2, -3), 0),
    "far_apart": ((3e-9, 4), (2.0, 9), (0.9, 0), 0),
    "a_narrow_activation": ((0.1, 4), (0.08, 9), (0.05, -20), 3),
    "an_output_of_a_tiny_scale": ((0.9, 4), (0.8, 9), (3e-6, 3), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_sum_equals_the_reference_at_the_ends_of_its_arithmetic(name):
    model = sum_of_every_value(*CASES[name])
    assert_equals_the_reference(model, micro=False)
    compiled = compile_model(model, "model")
    inputs = np.repeat(np.arange(-128, 128, dtype=np.int8), 5).reshape(1, 1, 16, 16, 5)
    run = run_on_cortex_m4(compiled, inputs)
    np.testing.assert_array_equal(run.outputs, run_reference(model, inputs).reshape(run.outputs.shape))
