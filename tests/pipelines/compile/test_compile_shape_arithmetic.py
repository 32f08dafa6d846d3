"""Shapes that a file leaves open are worked out; what no rule covers stays as the file has it."""

import pytest

from pipelines.compile import CompileError, compile_model

from .builder import assert_equals_the_reference, options
from .operators import Maker

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
QUANTIZATION = {"scale": 0.1, "zero_point": 4}


def behind_a_computed_reshape(layer, declared=(1, 1)):
    """[1, 6, 4] as rows of 4, by a shape of which the file knows nothing; then what `layer` adds to these rows."""
    make = Maker("int8", 0)
    builder = make.builder
    source, rows = make.activation((1, 6, 4), **QUANTIZATION), make.activation(declared, **QUANTIZATION)
    shape, leading, count, depth, joined = (
        builder.tensor(each, "int32") for each in ((3,), (2,), (), (), (2,))
    )
    builder.operator("SHAPE", [source], [shape], options("Shape", outType=2))
    builder.operator("GATHER", [shape, builder.constant([0, 1])], [leading], options("Gather"))
    builder.operator("REDUCE_PROD", [leading, builder.constant([0])], [count], options("Reducer"))
    edges = [builder.constant([each]) for each in (2, 3, 1)]
    builder.operator("STRIDED_SLICE", [shape, *edges], [depth], options("StridedSlice", shrinkAxisMask=1))
    builder.operator("PACK", [count, depth], [joined], options("Pack", valuesCount=2))
    builder.operator("RESHAPE", [source, joined], [rows])
    return builder.finish(source, layer(make, rows))


def dense(make, rows):
    weights, target = make.weights((3, 4), 0, False), make.activation((1, 3))
    inputs = [rows, weights, make.bias(rows, weights, 3)]
    make.builder.operator("FULLY_CONNECTED", inputs, [target], options("FullyConnected"), version=5)
    return target


def transposed(make, rows):
    target = make.activation((1, 1), **QUANTIZATION)
    make.builder.operator("TRANSPOSE", [rows, make.builder.constant([1, 0])], [target], options("Transpose"))
    return target


def averaged(make, rows):
    target = make.activation((1,))
    make.builder.operator("MEAN", [rows, make.builder.constant([0])], [target], options("Reducer"), version=2)
    return target


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(dense, (6, 3)), (transposed, (4, 6)), (averaged, (4,))],
    ids=lambda value: str(value),
)
def test_layers_behind_a_computed_shape_equal_the_reference(layer, shape):
    compiled = assert_equals_the_reference(behind_a_computed_reshape(layer), micro=False)
    assert compiled.output.shape == shape
    assert len(compiled.layers) == 1


def test_a_shape_that_cannot_be_is_refused():
    make = Maker("int8", 0)
    source, rows = make.activation((1, 6, 4), **QUANTIZATION), make.activation((5, 5), **QUANTIZATION)
    make.builder.operator("RESHAPE", [source, make.builder.constant([5, 5])], [rows])
    with pytest.raises(CompileError, match="cannot turn"):
        compile_model(make.builder.finish(source, dense(make, rows)), "model")
