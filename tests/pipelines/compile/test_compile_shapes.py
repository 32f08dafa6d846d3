"""Operators that only move elements give the bytes of the TFLite reference."""

import numpy as np
import pytest

from pipelines.compile import CompileError, compile_model

from . import operators_shapes as shapes
from .builder import assert_equals_the_reference, options

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
BOTH = pytest.mark.parametrize("dtype", ["int8", "float32"])
ALL = pytest.mark.parametrize("dtype", ["int8", "float32", "int16"])


@ALL
@pytest.mark.parametrize(
    ("shape", "permutation"),
    [
        ((5, 7), (1, 0)),
        ((1, 4, 5, 6), (0, 3, 1, 2)),
        ((1, 4, 5, 6), (0, 2, 1, 3)),
        ((2, 3, 4), (2, 1, 0)),
        ((2, 3, 2, 4, 3), (4, 2, 0, 3, 1)),
        ((3, 2, 5), (0, 2, 1)),
    ],
    ids=str,
)
def test_transpose_equals_the_reference(dtype, shape, permutation):
    assert_equals_the_reference(shapes.transpose(dtype, shape, permutation), count=2, micro=False)


def test_a_transpose_that_moves_only_axes_of_size_one_costs_nothing():
    builder = shapes.ModelBuilder()
    source, middle, last = (
        shapes.tensor(builder, each, "int8") for each in ((1, 6, 1, 5), (6, 1, 1, 5), (6, 5))
    )
    builder.operator("TRANSPOSE", [source, builder.constant([1, 0, 2, 3])], [middle], options("Transpose"))
    builder.operator("RELU", [middle], [last])
    builder.graph.tensors[last].shape = [6, 1, 1, 5]
    compiled = assert_equals_the_reference(builder.finish(source, last), micro=False)
    assert [layer.op for layer in compiled.layers] == ["RELU"]


@ALL
@pytest.mark.parametrize(
    ("shape", "begin", "size"),
    [
        ((9,), (2,), (4,)),
        ((1, 6, 5, 3), (0, 2, 0, 0), (1, 3, -1, -1)),
        ((1, 6, 5, 3), (0, 1, 2, 1), (1, 4, 3, 1)),
        ((4, 6), (1, 0), (2, 6)),
        ((2, 3, 2, 4, 3), (0, 1, 1, 2, 0), (2, 2, 1, 2, 2)),
    ],
    ids=str,
)
def test_slice_equals_the_reference(dtype, shape, begin, size):
    assert_equals_the_reference(shapes.slice_model(dtype, shape, begin, size), count=2, micro=False)


def test_slice_takes_indices_of_64_bits():
    model = shapes.slice_model("int8", (1, 6, 5), (0, 1, 2), (1, -1, 2), "int64")
    assert_equals_the_reference(model, count=2, micro=False)


def test_what_lies_together_is_copied_at_once():
    compiled = compile_model(shapes.slice_model("int8", (1, 6, 5, 3), (0, 2, 0, 0), (1, 3, 5, 3)), "model")
    assert "copy_whole(45," in compiled.files["model.c"]


@BOTH
@pytest.mark.parametrize(
    "case",
    [
        {"begin": (0, 1, 0, 0), "end": (1, 5, 5, 3), "strides": (1, 2, 1, 1), "target": (1, 2, 5, 3)},
        {"begin": (0, -1, 4, 2), "end": (1, -7, 0, -9), "strides": (1, -2, -1, -1), "target": (1, 3, 4, 3)},
        {"begin": (0, 9, 9, 0), "end": (9, 0, 0, 9), "strides": (1, -1, 3, 2), "target": (1, 6, 2, 2),
         "beginMask": 7, "endMask": 2 | 4},
        {"begin": (0, 2, 0, 0), "end": (0, 0, 0, 0), "strides": (1, 1, 1, 1), "target": (5, 3),
         "endMask": 12, "beginMask": 12, "shrinkAxisMask": 3},
        {"begin": (0, -1), "end": (0, 0), "strides": (1, 1), "target": (1, 5, 3), "shrinkAxisMask": 2,
         "beginMask": 1, "endMask": 1},
        {"begin": (0, 1), "end": (0, 3), "strides": (1, 1), "target": (1, 6, 5, 2), "ellipsisMask": 1},
        {"begin": (0, 0, 1), "end": (1, 0, 2), "strides": (1, 1, 1), "target": (1, 6, 5), "ellipsisMask": 2,
         "shrinkAxisMask": 4},
        {"begin": (0, 0, 1), "end": (1, 0, 5), "strides": (1, 1, 2), "target": (1, 1, 2, 5, 3),
         "newAxisMask": 2},
        {"begin": (0, 0, 0, 2), "end": (1, 0, 0, 0), "strides": (1, 1, 1, -1), "target": (1, 1, 6, 5, 2),
         "newAxisMask": 2, "ellipsisMask": 4},
    ],
    ids=str,
)  # fmt: skip
def test_strided_slice_equals_the_reference(dtype, case):
    assert_equals_the_reference(shapes.strided_slice(dtype, (1, 6, 5, 3), **case), count=2, micro=False)


@pytest.mark.parametrize("seed", range(25))
def test_random_strided_slices_equal_the_reference(seed):
    rng = np.random.default_rng(seed)
    shape = (*rng.integers(1, 7, rng.integers(0, 4)).tolist(), 6)
    cuts = []
    # Neither nothing at all, nor the tensor as it is, which is no layer.
    while not cuts or np.zeros(shape)[tuple(cuts)].size in (0, np.prod(shape)):
        cuts = [
            slice(*rng.integers(-8, 9, 2).tolist(), int(rng.choice([-3, -2, -1, 1, 2, 3]))) for _ in shape
        ]
        masks = {name: int(rng.integers(2 ** len(shape))) for name in ("beginMask", "endMask")}
        cuts = [
            slice(
                None if masks["beginMask"] >> axis & 1 else each.start,
                None if masks["endMask"] >> axis & 1 else each.stop,
                each.step,
            )
            for axis, each in enumerate(cuts)
        ]
    target = np.zeros(shape)[tuple(cuts)].shape
    columns = [[getattr(each, name) or 0 for each in cuts] for name in ("start", "stop", "step")]
    model = shapes.strided_slice("int8", shape, *columns, target, **masks)
    assert_equals_the_reference(model, count=1, micro=False)


@BOTH
@pytest.mark.parametrize(
    "case",
    [
        {"kind": "SPLIT", "shape": (1, 6, 4), "axis": 1, "lengths": (2, 2, 2)},
        {"kind": "SPLIT", "shape": (1, 6, 4), "axis": 2, "lengths": (2, 2)},
        {"kind": "SPLIT", "shape": (1, 6, 4), "axis": -1, "lengths": (1, 1, 1, 1), "keep": (2, 0)},
        {"kind": "SPLIT_V", "shape": (1, 7, 3), "axis": 1, "lengths": (1, 4, 2)},
        {"kind": "SPLIT_V", "shape": (1, 2, 7, 3), "axis": 2, "lengths": (1, -1, 2), "keep": (1, 1, 2)},
        {"kind": "UNPACK", "shape": (3, 4, 2), "axis": 0, "lengths": (1,) * 3},
        {"kind": "UNPACK", "shape": (2, 3, 4), "axis": 2, "lengths": (1,) * 4, "keep": (3, 1)},
    ],
    ids=str,
)
def test_parts_equal_the_reference(dtype, case):
    assert_equals_the_reference(shapes.parts(dtype=dtype, **case), count=2, micro=False)


def test_parts_that_nobody_reads_are_not_made():
    model = shapes.parts("SPLIT", "int8", (1, 6, 4), 1, [1] * 6, keep=(4, 2))
    assert [layer.op for layer in compile_model(model, "model").layers].count("SPLIT") == 2


def test_parts_of_16_bits_equal_the_reference():
    assert_equals_the_reference(shapes.parts("UNPACK", "int16", (2, 3, 4), 2, (1,) * 4), count=2, micro=False)


@ALL
@pytest.mark.parametrize(("shape", "axis"), [((3, 4), 0), ((3, 4), 1), ((3, 4), 2), ((1, 2, 3), -2)], ids=str)
def test_pack_equals_the_reference(dtype, shape, axis):
    assert_equals_the_reference(shapes.pack(dtype, shape, axis), count=2, micro=False)


@ALL
@pytest.mark.parametrize(
    "case",
    [
        {"shape": (5, 3), "positions": [4, 0, 0, 2]},
        {"shape": (1, 5, 3), "positions": [2, 1], "axis": 2},
        {"shape": (1, 5, 3), "positions": [[2, 1], [4, 4]], "axis": 1},
        {"shape": (1, 5, 3), "positions": 3, "axis": 1, "index_type": "int64"},
        {"shape": (2, 5, 3), "positions": [[1, 4], [0, 2]], "axis": 1, "batch_axes": 1},
        {"shape": (2, 5, 3), "positions": [[1, 2], [0, 2]], "axis": 2, "batch_axes": 1},
    ],
    ids=str,
)
def test_gather_equals_the_reference(dtype, case):
    assert_equals_the_reference(shapes.gather(dtype, **case), count=2, micro=False)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (shapes.transpose("int8", (2, 3), (0, 0)), "permutes"),
        (shapes.gather("int8", (5, 3), [5]), "beyond the 5"),
        (shapes.slice_model("int8", (4, 6), (3, 0), (2, 6)), "cuts"),
        (shapes.parts("SPLIT_V", "int8", (1, 7, 3), 1, (1, 4, 3)), "3 parts of lengths"),
        (shapes.strided_slice("int8", (4,), (3,), (1,), (1,), (1,)), "empty slice"),
    ],
    ids=["transpose", "gather", "slice", "split_v", "strided_slice"],
)
def test_impossible_moves_are_refused_by_name(model, message):
    with pytest.raises(CompileError, match=message):
        compile_model(model, "model")
