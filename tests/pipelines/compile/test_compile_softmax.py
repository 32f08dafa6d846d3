"""SOFTMAX over many classes and along the last of any number of axes."""

import numpy as np
import pytest

from pipelines.compile import UnsupportedOpError, compile_model
from pipelines.compile.native import build_native

from . import operators
from .builder import assert_equals_the_reference, options

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def softmax(shape, scale=0.1, dtype="int8"):
    make = operators.Maker(dtype, 0)
    source = make.activation(shape, scale=scale, zero_point=3)
    target = make.activation(shape, scale=1 / 256, zero_point=-128)
    make.builder.operator("SOFTMAX", [source], [target], options("Softmax", beta=1.0), version=2)
    return make.builder.finish(source, target)


@pytest.mark.parametrize("shape", [(1, 700), (2, 4095), (3, 2, 5), (1, 2, 3, 4), (6,)], ids=str)
@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_softmax_equals_the_reference(shape, dtype):
    assert_equals_the_reference(softmax(shape, dtype=dtype), micro=False)


def test_more_than_512_equal_classes_have_no_probability_that_int8_can_tell():
    compiled = compile_model(softmax((1, 600)), "model")
    outputs = build_native(compiled).invoke_batch(np.zeros((1, 1, 600), np.int8))
    assert set(outputs.ravel().tolist()) == {-128}


def test_too_many_classes_are_refused():
    with pytest.raises(UnsupportedOpError, match="4096 classes"):
        compile_model(softmax((1, 4096)), "model")
