"""Kernels for int16 activations and packed int4 weights compute tiles as they compute the whole."""

import pytest

from pipelines.compile.options import CompileOptions

from . import operators, streamed
from .builder import options
from .test_compile_int16 import curve
from .test_compile_tiles import SHAPE, assert_tiles_equal_the_whole

LAYERS = {
    "packed conv": lambda: operators.convolution("int4", channels=6, outputs=7, height=9, width=11),
    "packed strided conv": lambda: operators.convolution(
        "int4", channels=3, height=13, width=16, stride=(2, 3)
    ),
    "packed pointwise conv": lambda: operators.convolution("int4", channels=6, kernel=(1, 1), stride=(2, 2)),
    "packed grouped conv": lambda: operators.convolution("int4", channels=6, outputs=4, groups=2),
    "packed depthwise": lambda: operators.depthwise("int4", channels=9, height=9, width=11),
    "packed multiplied depthwise": lambda: operators.depthwise("int4", multiplier=3, stride=(2, 1)),
    "conv with wide sums": lambda: operators.convolution(
        "int16", channels=17, kernel=(7, 9), height=12, width=12
    ),
    "grouped conv": lambda: operators.convolution("int16", channels=6, outputs=4, groups=2),
    "multiplied depthwise": lambda: operators.depthwise("int16", multiplier=3, stride=(2, 1)),
    "TANH": lambda: curve("TANH", 0.002, SHAPE),
    "LEAKY_RELU": lambda: operators.unary(
        "LEAKY_RELU", "int16", shape=SHAPE, table=options("LeakyRelu", alpha=0.3)
    ),
    "SUB": lambda: operators.binary("SUB", "int16", shape=SHAPE, other=(5,)),
    "QUANTIZE": lambda: operators.unary("QUANTIZE", "int16", shape=SHAPE),
}


@pytest.mark.parametrize("layer", LAYERS)
def test_tiles_equal_the_whole(layer, monkeypatch):
    monkeypatch.setattr(streamed, "WHOLE", CompileOptions(optimize="size"))
    assert_tiles_equal_the_whole(LAYERS[layer]())
