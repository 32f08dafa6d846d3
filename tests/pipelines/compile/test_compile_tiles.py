"""Each kernel that works on tiles computes a row or some columns, from a ring of rows, as it computes the whole."""

import numpy as np
import pytest

from . import operators, operators_operands, operators_values
from .builder import random_inputs
from .streamed import between_pools, run_beside, with_segments

SHAPE = (1, 9, 11, 5)
WINDOWS = {
    "3x3": {"height": 9, "width": 11},
    "5x3, strides 2 and 3": {"height": 13, "width": 16, "kernel": (5, 3), "stride": (2, 3)},
    "valid": {"height": 10, "width": 10, "padding": "valid", "activation": "relu"},
    "1x1": {"height": 7, "width": 9, "kernel": (1, 1)},
    "1x1, stride 2": {"height": 9, "width": 12, "kernel": (1, 1), "stride": (2, 2)},
    "dilated": {"height": 12, "width": 13, "dilation": (2, 3)},
}
TYPES = ("int8", "int16", "int4", "float32")
OTHERS = {
    "grouped conv int8": lambda: operators.convolution("int8", channels=6, outputs=4, groups=2),
    "grouped conv float32": lambda: operators.convolution("float32", channels=6, outputs=4, groups=2),
    "multiplied depthwise int8": lambda: operators.depthwise("int8", multiplier=3),
    "multiplied depthwise float32": lambda: operators.depthwise("float32", multiplier=2, stride=(2, 1)),
    "PADV2 float32": lambda: operators.pad("float32", value=True),
    "QUANTIZE": lambda: operators.conversion("QUANTIZE", shape=SHAPE),
    "DEQUANTIZE": lambda: operators.conversion("DEQUANTIZE", shape=SHAPE),
    "LOGISTIC float32": lambda: operators.unary("LOGISTIC", "float32", shape=SHAPE),
    "TANH int8": lambda: operators_values.values("TANH", "int8", (0.03, 4), (1 / 128, 0), SHAPE),
    "HARD_SWISH float32": lambda: operators_values.values("HARD_SWISH", "float32", (1, 0), (1, 0), SHAPE),
}
for dtype in ("int8", "int16", "float32"):
    OTHERS |= {
        f"MAX_POOL_2D {dtype}": lambda dtype=dtype: operators.pool("MAX_POOL_2D", dtype, 0, 11, 12, kernel=(3, 3)),
        f"AVERAGE_POOL_2D {dtype}": lambda dtype=dtype: operators.pool(
            "AVERAGE_POOL_2D", dtype, 0, 9, 13, kernel=(2, 3), stride=(1, 2), padding="same"
        ),
        f"PAD {dtype}": lambda dtype=dtype: operators.pad(dtype),
        f"RELU {dtype}": lambda dtype=dtype: operators.unary("RELU", dtype, shape=SHAPE),
        f"ADD of channels {dtype}": lambda dtype=dtype: operators.binary("ADD", dtype, shape=SHAPE, other=(5,)),
        f"MUL by a value {dtype}": lambda dtype=dtype: operators.binary("MUL", dtype, shape=SHAPE, other=(1,)),
    }  # fmt: skip
for dtype in ("int8", "float32"):
    OTHERS |= {
        f"{kind} {dtype}": lambda kind=kind, dtype=dtype: operators_operands.with_itself(
            kind, dtype, shape=SHAPE
        )
        for kind in ("SUB", "SQUARED_DIFFERENCE", "MAXIMUM", "MINIMUM")
    }


def assert_tiles_equal_the_whole(model):
    """The operator between two pools, row by row from rings, in one strip of columns and in several."""
    model = between_pools(model)
    variants = [
        with_segments(model, lambda _, count, strips=strips: [(0, count - 1, strips)], f"strips{strips}")
        for strips in (1, 2, 3)
    ]
    inputs = random_inputs(variants[0].input, 3, np.random.default_rng(0))
    whole, *others = run_beside(model, inputs, *variants)
    for other in others:
        np.testing.assert_array_equal(other, whole)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("dtype", TYPES)
def test_convolutions_of_tiles_equal_those_of_the_whole(dtype, window):
    assert_tiles_equal_the_whole(operators.convolution(dtype, channels=6, outputs=7, **WINDOWS[window]))


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("dtype", TYPES)
def test_depthwise_convolutions_of_tiles_equal_those_of_the_whole(dtype, window):
    assert_tiles_equal_the_whole(operators.depthwise(dtype, channels=6, **WINDOWS[window]))


@pytest.mark.parametrize("layer", OTHERS)
def test_other_layers_of_tiles_equal_those_of_the_whole(layer):
    assert_tiles_equal_the_whole(OTHERS[layer]())
