"""Operators that reduce axes equal the TFLite reference."""

import numpy as np
import pytest

from pipelines.compile import UnsupportedOpError, compile_model
from pipelines.compile.native import build_native

from . import operators
from . import operators_reductions as reductions
from .builder import assert_equals_the_reference, run_micro, run_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
BOTH = pytest.mark.parametrize("dtype", ["int8", "float32"])
AXES = [
    {"axes": (1,)},
    {"axes": (3,), "keep": True},
    {"axes": (0, 2)},
    {"axes": (1, -1), "keep": True},
    {"axes": (0, 1, 2, 3), "keep": True},
    {"shape": (1, 6, 5, 3), "axes": (1, 2)},
    {"shape": (2, 2, 3, 2, 3), "axes": (0, 2, 4)},
    {"shape": (2, 3, 2, 4), "axes": (2, 0), "keep": True},
]


@BOTH
@pytest.mark.parametrize("kind", ["REDUCE_MAX", "REDUCE_MIN", "MEAN"])
@pytest.mark.parametrize("case", AXES, ids=str)
def test_a_reduction_over_any_axes_equals_the_reference(kind, case, dtype):
    for seed in range(2):
        assert_equals_the_reference(reductions.reduction(kind, dtype, seed, **case), count=4, micro=False)


@pytest.mark.parametrize("case", AXES, ids=str)
def test_a_float32_sum_equals_the_reference(case):
    assert_equals_the_reference(reductions.reduction("SUM", "float32", **case), count=4, micro=False)


@pytest.mark.parametrize("case", AXES, ids=str)
def test_an_int8_sum_equals_the_reference(case):
    """The reference kernel of TensorFlow 2.19 takes the bytes for uint8, so it is given values and zero points + 128."""
    rng = np.random.default_rng(3)
    for _ in range(2):
        zero_points = rng.integers(-128, 0, 2).tolist()
        scales = (0.05, float(0.05 * np.exp(rng.uniform(-1, 3))))
        ours, theirs = (
            reductions.int8_sum(scales, [zero + shift for zero in zero_points], **case) for shift in (0, 128)
        )
        compiled = compile_model(ours, "model")
        inputs = rng.integers(-128, 128, (4, *compiled.input.shape)).astype(np.int8)
        expected = run_reference(theirs, inputs ^ np.int8(-128)) ^ np.int8(-128)
        outputs = build_native(compiled).invoke_batch(inputs)
        np.testing.assert_array_equal(outputs, expected.reshape(outputs.shape))


def test_an_int8_sum_equals_tflite_micro():
    model = reductions.reduction("SUM", "int8", 3, (1, 6, 5, 3), (1, 2), True)
    inputs = np.random.default_rng(1).integers(-128, 128, (20, 1, 6, 5, 3)).astype(np.int8)
    ours = build_native(compile_model(model, "model")).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_micro(model, inputs).reshape(ours.shape))


@pytest.mark.parametrize("dtype", ["int8", "float32"])
@pytest.mark.parametrize("kind", ["ARG_MAX", "ARG_MIN"])
@pytest.mark.parametrize(
    "case", [{}, {"axis": 0}, {"axis": -1, "index": "int64"}, {"shape": (1, 300), "axis": 1}], ids=str
)
def test_where_an_extreme_is_equals_the_reference(kind, case, dtype):
    assert_equals_the_reference(reductions.arg(kind, dtype, **case), micro=False)


@BOTH
@pytest.mark.parametrize("index", ["int32", "int64"])
def test_a_model_may_end_in_plain_integers(index, dtype):
    compiled = assert_equals_the_reference(reductions.classifier(dtype, index), micro=False)
    assert (compiled.output.dtype, compiled.output.shape) == (index, (1, 4))
    assert f"{index}_t *model_output" in compiled.files["model.h"]


def test_a_model_may_begin_with_plain_integers():
    model = reductions.lookup()
    inputs = np.random.default_rng(0).integers(0, 20, (5, 1, 6)).astype(np.int32)
    ours = build_native(compile_model(model, "model")).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_reference(model, inputs).reshape(ours.shape))


@pytest.mark.parametrize("seed", range(6))
@BOTH
def test_l2_normalization_equals_the_reference(dtype, seed):
    depth = [1, 2, 7, 40, 300, 3][seed]
    model = reductions.l2_normalization(dtype, seed, (2, 3, depth))
    assert_equals_the_reference(model, count=20, micro=False)


@pytest.mark.parametrize("zero_point", [-128, 127, 0])
def test_l2_normalization_of_rows_of_zeros_equals_the_reference(zero_point):
    model = reductions.l2_normalization("int8", shape=(4, 3), zero_point=zero_point)
    inputs = np.full((1, 4, 3), zero_point, np.int8)
    inputs[0, 1:] += np.array([[0, 0, 1], [1, 1, 0], [0, 2, 0]], np.int8) * (-1 if zero_point == 127 else 1)
    ours = build_native(compile_model(model, "model")).invoke_batch(inputs)
    np.testing.assert_array_equal(ours, run_reference(model, inputs).reshape(ours.shape))


@pytest.mark.parametrize("dtypes", [("int32",), ("int64",), ("int32", "int64", "int32")], ids=str)
def test_a_cast_equals_the_reference(dtypes):
    assert_equals_the_reference(reductions.casts(dtypes), micro=False)


@pytest.mark.parametrize("target", ["float32", "int32", "int64"])
@pytest.mark.parametrize("source", ["int8", "int16"])
def test_a_cast_of_quantized_integers_takes_them_as_they_are(source, target):
    assert_equals_the_reference(reductions.cast_of_integers(source, target), micro=False)


@pytest.mark.parametrize("target", ["float32", "int32", "int64"])
def test_a_cast_of_conditions_equals_the_reference(target):
    assert_equals_the_reference(reductions.cast_of_conditions(target), micro=False)


def test_an_embedding_equals_the_reference_and_stays_in_its_table():
    model = reductions.embedding()
    native = build_native(compile_model(model, "model"))
    inputs = np.array([[0, 19, 3.7, 3, 12, 1]], np.float32)
    np.testing.assert_array_equal(native.invoke_batch(inputs), run_reference(model, inputs)[:, 0])
    beyond = native.invoke_batch(np.array([[-5, 1e30, np.nan, 20, 0, 19]], np.float32))
    ends = native.invoke_batch(np.array([[0, 19, 0, 19, 0, 19]], np.float32))
    np.testing.assert_array_equal(beyond, ends)


def test_a_mean_of_16_bits_over_scattered_axes_is_refused_with_a_cure():
    builder = reductions.ModelBuilder()
    source, target = (builder.tensor(shape, "int16", scale=0.1) for shape in ((2, 3, 4), (3,)))
    table = reductions.options("Reducer")
    builder.operator("MEAN", [source, builder.constant([0, 2])], [target], table, version=3)
    with pytest.raises(UnsupportedOpError, match="convert the model with full int8"):
        compile_model(builder.finish(source, target), "model")


def test_the_usual_mean_keeps_its_own_kernel():
    assert "mean_int8(" in compile_model(operators.mean("int8"), "model").files["model.c"]
