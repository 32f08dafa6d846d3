"""LSTM as the converter fuses it, and SVDF: several inferences in a row equal the reference, which keeps its state too."""

import numpy as np
import pytest

from pipelines.compile import UnsupportedOpError, compile_model
from pipelines.compile.native import build_native

from .builder import random_inputs, run_reference
from .emulated import run_on_cortex_m4
from .operators_recurrent import LstmMaker, lstm, svdf

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")

LAYERS = {
    "lstm_float32": lstm("float32"),
    "lstm_float32_with_limited_cells": lstm("float32", seed=6, clip=0.6),
    "lstm_int8": lstm("int8"),
    "lstm_int8_time_first": lstm("int8", seed=3, time_major=True, cells=7),
    "lstm_int8_one_step_one_cell": lstm("int8", seed=4, steps=1, inputs=1, cells=1),
    "lstm_int8_with_large_cells": lstm("int8", seed=5, cell_scale=2.0**-9),
    "lstm_int8_with_limited_cells": lstm("int8", seed=6, cell_scale=2.0**-11, clip=0.6),
    "svdf_float32": svdf("float32"),
    "svdf_int8": svdf("int8"),
    "svdf_int8_of_rank_one": svdf("int8", seed=4, rank=1, memory=9, units=5),
    "svdf_int8_without_memory": svdf("int8", seed=7, memory=1),
}


@pytest.mark.parametrize("name", LAYERS)
def test_inferences_in_a_row_equal_the_reference(name):
    compiled = compile_model(LAYERS[name], "model")
    inputs = random_inputs(compiled.input, 24, np.random.default_rng(1))
    ours = build_native(compiled).invoke_sequence(inputs)
    theirs = run_reference(LAYERS[name], inputs).reshape(ours.shape)
    assert len(np.unique(ours)) > 3
    if compiled.output.dtype == "int8":
        np.testing.assert_array_equal(ours, theirs)
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["lstm_int8", "svdf_int8", "lstm_float32"])
def test_what_is_reset_forgets_the_past(name):
    native = build_native(compile_model(LAYERS[name], "model"))
    inputs = random_inputs(native.model.input, 4, np.random.default_rng(1))
    alone = native.invoke_batch(inputs)
    np.testing.assert_array_equal(alone, native.invoke_batch(inputs[::-1])[::-1])
    assert (native.invoke_sequence(inputs)[1:] != alone[1:]).any()


def test_the_first_inference_on_a_cortex_m4_equals_the_reference():
    compiled = compile_model(LAYERS["lstm_int8"], "model")
    inputs = random_inputs(compiled.input, 1, np.random.default_rng(1))
    run = run_on_cortex_m4(compiled, inputs)
    np.testing.assert_array_equal(
        run.outputs, run_reference(LAYERS["lstm_int8"], inputs).reshape(run.outputs.shape)
    )


@pytest.mark.parametrize(
    ("position", "what"), [(9, "peephole"), (16, "a projection"), (20, "layer normalisation")]
)
def test_variants_of_lstm_that_keras_does_not_make_are_refused_with_what_to_do(position, what):
    make = LstmMaker("float32", 0, 5, 3, 4, 1.0, 0.0, False)
    make.operands[position] = make.builder.constant(np.ones(4), "float32")
    with pytest.raises(UnsupportedOpError, match=f"{what}.*default activations"):
        compile_model(make.finish(), "model")
