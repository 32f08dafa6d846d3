"""Operators that change an image's size equal the TFLite reference."""

import pytest

from pipelines.compile import CompileError, compile_model

from . import operators_images as images
from .builder import assert_equals_the_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
BOTH = pytest.mark.parametrize("dtype", ["int8", "float32"])
ALL = pytest.mark.parametrize("dtype", ["int8", "float32", "int16"])
SIZES = [
    ((4, 5), (8, 10)),
    ((8, 10), (4, 5)),
    ((5, 7), (11, 4)),
    ((3, 3), (1, 9)),
    ((1, 6), (4, 6)),
    ((13, 2), (7, 31)),
]
CENTRES = [{}, {"align": True}, {"half": True}]


@ALL
@pytest.mark.parametrize(("size", "to"), SIZES, ids=str)
def test_resizing_to_the_nearest_pixel_equals_the_reference(size, to, dtype):
    for centres in [*CENTRES, {"align": True, "half": True}]:
        model = images.resize("RESIZE_NEAREST_NEIGHBOR", dtype, size, to, **centres)
        assert_equals_the_reference(model, count=2, micro=False)


@BOTH
@pytest.mark.parametrize(("size", "to"), SIZES, ids=str)
def test_bilinear_resizing_equals_the_reference(size, to, dtype):
    for centres in CENTRES:
        model = images.resize("RESIZE_BILINEAR", dtype, size, to, **centres)
        assert_equals_the_reference(model, count=4, micro=False)


@BOTH
@pytest.mark.parametrize("kind", ["DEPTH_TO_SPACE", "SPACE_TO_DEPTH"])
@pytest.mark.parametrize(
    ("shape", "block"), [((1, 4, 6, 8), 2), ((2, 3, 6, 9), 3), ((1, 4, 4, 4), 2)], ids=str
)
def test_blocks_of_pixels_equal_the_reference(kind, shape, block, dtype):
    assert_equals_the_reference(images.blocks(kind, dtype, shape, block), count=2, micro=False)


@BOTH
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize(
    ("shape", "amounts"),
    [
        ((1, 4, 5, 3), ((0, 0), (1, 2), (3, 0), (0, 0))),
        ((1, 6, 3), ((0, 0), (2, 2), (0, 0))),
        ((1, 6), ((0, 0), (0, 3))),
        ((1, 2, 4, 3), ((0, 0), (0, 0), (1, 1), (2, 1))),
    ],
    ids=str,
)
def test_mirrored_edges_equal_the_reference(shape, amounts, symmetric, dtype):
    assert_equals_the_reference(images.mirror_pad(dtype, shape, amounts, symmetric), count=2, micro=False)


@BOTH
def test_repetition_equals_the_reference(dtype):
    for shape, counts in (((1, 3, 2), (2, 1, 3)), ((5,), (4,)), ((1, 2, 3, 2), (1, 2, 2, 1))):
        assert_equals_the_reference(images.tile(dtype, shape, counts), count=2, micro=False)
    for shape, target in (((3, 1), (2, 3, 4)), ((1, 2, 1, 3), (1, 2, 5, 3)), ((4,), (2, 3, 4))):
        assert_equals_the_reference(images.broadcast_to(dtype, shape, target), count=2, micro=False)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (images.mirror_pad("int8", (1, 4, 5, 3), ((0, 0), (4, 0), (0, 0), (0, 0)), False), "pads"),
        (images.mirror_pad("int8", (2, 4, 5, 3), ((1, 0), (0, 0), (0, 0), (1, 0)), True), "two neighbouring axes"),
        (images.resize("RESIZE_BILINEAR", "int8", (2, 2), (4, 4), align=True, half=True), "corners and centres"),
    ],
    ids=["reflected_too_far", "scattered", "centres"],
)  # fmt: skip
def test_impossible_images_are_refused_by_name(model, message):
    with pytest.raises(CompileError, match=message):
        compile_model(model, "model")
