"""Each pass does what it says, and leaves the bytes of the result alone."""

import numpy as np
import pytest

from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.passes import registered
from pipelines.compile.passes.registry import graph_pass

from .builder import ModelBuilder, assert_equals_the_reference, options
from .operators import PADDINGS, Maker
from .random_graphs import GraphMaker

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def kinds(compiled):
    return [layer.op for layer in compiled.layers]


def start(seed=0, shape=(1, 5, 4, 3), **quantization):
    make = Maker("int8", seed)
    return make, make.activation(shape, **(quantization or {"scale": 0.05, "zero_point": -10}))


def then(make, kind, inputs, shape=None, table=None, version=2, scale=0.05, zero_point=-10):
    shape = shape or make.builder.graph.tensors[inputs[0]].shape
    target = make.activation(shape, scale=scale, zero_point=zero_point)
    make.builder.operator(kind, inputs, [target], table, version=version)
    return target


def test_no_two_passes_run_at_the_same_place():
    def other(graph):
        return graph

    with pytest.raises(ValueError, match="have the same order"):
        graph_pass(order=registered()[0].order)(other)


def test_a_pass_on_nothing_does_nothing():
    tensors = (Tensor(0, "in", (1, 2), DType.INT8), Tensor(1, "out", (1, 2), DType.INT8))
    graph = Graph(tensors, (Operator(0, "UNHEARD_OF", (0,), (1,)),), 0, 1)
    for each in registered():
        assert each.rewrite(graph).operators == graph.operators


def test_functions_of_one_value_become_one_table():
    make, source = start()
    x = then(make, "RELU", [source], scale=0.04, zero_point=3)
    x = then(make, "QUANTIZE", [x], version=1, scale=0.03, zero_point=-128)
    x = then(make, "ADD", [x, make.constant((1,), scale=0.02, zero_point=5)], table=options("Add"))
    x = then(make, "LOGISTIC", [x], version=1, scale=1 / 256, zero_point=-128)
    assert kinds(assert_equals_the_reference(make.builder.finish(source, x), micro=False)) == ["TABLE"]


def test_a_table_whose_input_is_read_elsewhere_stays():
    make, source = start()
    first = then(make, "RELU", [source], scale=0.04, zero_point=3)
    second = then(make, "RELU6", [first], version=1, scale=0.03, zero_point=-128)
    x = then(make, "ADD", [first, second], table=options("Add"))
    found = kinds(assert_equals_the_reference(make.builder.finish(source, x), micro=False))
    assert found == ["RELU", "RELU6", "ADD"]


def test_a_quantize_to_the_same_numbers_is_a_view():
    maker = GraphMaker(3, 4, 4, 3)
    maker.grow("conv", 4)
    same = maker.image(maker.shape(), **maker.own_quantization(maker.current))
    maker.push("QUANTIZE", [maker.current], same, version=1)
    maker.grow("conv", 5)
    assert kinds(assert_equals_the_reference(maker.finish())) == ["CONV_2D", "CONV_2D"]


def test_a_model_that_only_copies_its_input_still_computes():
    make, source = start()
    x = then(make, "QUANTIZE", [source], version=1)
    x = then(make, "QUANTIZE", [x], version=1)
    assert_equals_the_reference(make.builder.finish(source, x))


@pytest.mark.parametrize("layer", ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"])
@pytest.mark.parametrize("kind", ["RELU", "RELU6"])
def test_a_clamp_behind_a_layer_of_products_becomes_its_own(layer, kind):
    make, source = start(2)
    numbers = {"scale": 0.03, "zero_point": -20}
    if layer == "FULLY_CONNECTED":
        weights, shape, table = make.weights((7, 60), 0, False), (1, 7), options("FullyConnected")
    elif layer == "CONV_2D":
        weights, shape = make.weights((7, 3, 3, 3), 0, True), (1, 5, 4, 7)
        table = options("Conv2D", strideH=1, strideW=1, padding=PADDINGS["same"])
    else:
        weights, shape = make.weights((1, 3, 3, 3), 3, True), (1, 5, 4, 3)
        table = options("DepthwiseConv2D", strideH=1, strideW=1, padding=PADDINGS["same"], depthMultiplier=1)
    bias = make.bias(source, weights, shape[-1])
    x = then(make, layer, [source, weights, bias], shape, table, version=5, **numbers)
    x = then(make, kind, [x], **numbers)
    compiled = assert_equals_the_reference(make.builder.finish(source, x), count=30, micro=False)
    assert kinds(compiled) == [layer]


def test_what_is_computed_twice_is_computed_once():
    maker = GraphMaker(5, 5, 5, 3)
    table = options("Conv2D", strideH=1, strideW=1, padding=PADDINGS["same"])
    weights = maker.weights((4, 3, 3, 3), 0, True)
    values = maker.builder.model.buffers[maker.builder.graph.tensors[weights].buffer].data.view(np.int8)
    scales = maker.builder.graph.tensors[weights].quantization.scale
    again = maker.builder.constant(values.reshape(4, 3, 3, 3), "int8", scale=scales, axis=0)
    bias = maker.bias(maker.source, weights, 4)
    numbers = maker.quantization()
    for filters in (weights, again):
        maker.push("CONV_2D", [maker.source, filters, bias], maker.image((5, 5, 4), **numbers), table, 3)
    first, second = maker.earlier[-1], maker.current
    maker.push("ADD", [first, second], maker.image((5, 5, 4)), options("Add"))
    assert kinds(assert_equals_the_reference(maker.finish())) == ["CONV_2D", "ADD"]


def test_layers_that_differ_in_an_option_are_both_computed():
    maker = GraphMaker(5, 5, 5, 3)
    numbers = maker.own_quantization(maker.source)
    for kernel in (2, 3):
        table = options(
            "Pool2D", strideH=1, strideW=1, filterHeight=kernel, filterWidth=2, padding=PADDINGS["same"]
        )
        maker.push("MAX_POOL_2D", [maker.source], maker.image((5, 5, 3), **numbers), table)
    first, second = maker.earlier[-1], maker.current
    maker.push("ADD", [first, second], maker.image((5, 5, 3)), options("Add"))
    assert kinds(assert_equals_the_reference(maker.finish())) == ["MAX_POOL_2D", "MAX_POOL_2D", "ADD"]


def float_model(*constants):
    """A builder with a float32 input [1, 6]; `use(x)` multiplies it by x and finishes."""
    builder = ModelBuilder()
    source = builder.tensor((1, 6), "float32")

    def use(operand):
        target = builder.tensor((1, 6), "float32")
        builder.operator("MUL", [source, operand], [target], options("Mul"))
        return builder.finish(source, target)

    return builder, use


NUMBERS = np.arange(1, 7).astype(np.float32)


def transposed(b):
    target = b.tensor((1, 6), "float32")
    given = b.constant(NUMBERS.reshape(6, 1), "float32")
    b.operator("TRANSPOSE", [given, b.constant([1, 0])], [target], options("Transpose"))
    return target


def sliced(b):
    middle, target = b.tensor((1, 6), "float32"), b.tensor((1, 6), "float32")
    given = b.constant(np.arange(24).reshape(2, 12), "float32")
    b.operator("STRIDED_SLICE", [given, b.constant([1, 11]), b.constant([2, -14]), b.constant([1, -2])], [middle],
               options("StridedSlice"), version=4)  # fmt: skip
    b.operator("SLICE", [middle, b.constant([0, 0]), b.constant([1, -1])], [target], options("Slice"))
    return target


def packed(b):
    target = b.tensor((2, 3), "float32")
    parts = [b.constant(each, "float32") for each in NUMBERS.reshape(2, 3)]
    b.operator("PACK", parts, [target], options("Pack", axis=0, valuesCount=2))
    flat = b.tensor((1, 6), "float32")
    b.operator(
        "RESHAPE", [target, b.constant([1, 6])], [flat], options("Reshape", newShape=[1, 6]), version=1
    )
    return flat


def joined(b):
    target = b.tensor((1, 6), "float32")
    parts = [b.constant(each.reshape(1, 3), "float32") for each in NUMBERS.reshape(2, 3)]
    b.operator("CONCATENATION", parts, [target], options("Concatenation", axis=-1))
    return target


def gathered(b):
    target = b.tensor((1, 6), "float32")
    table = b.constant(np.arange(20).reshape(2, 10), "float32")
    b.operator(
        "GATHER",
        [table, b.constant([9, 0, 3, 3, 1, 2])],
        [b.tensor((2, 6), "float32")],
        options("Gather", axis=1),
    )
    first = len(b.graph.tensors) - 1
    b.operator("SLICE", [first, b.constant([1, 0]), b.constant([1, 6])], [target], options("Slice"))
    return target


def computed(b):
    """(a + b) * c - a, in float32."""
    x = b.constant(NUMBERS.reshape(1, 6), "float32")
    other = b.constant([[0.1]], "float32")
    for kind, table in (("ADD", "Add"), ("MUL", "Mul"), ("SUB", "Sub")):
        target = b.tensor((1, 6), "float32")
        b.operator(kind, [x, other], [target], options(table))
        x = target
    return target


def quantized_and_back(b):
    x = b.constant(np.linspace(-3, 3, 6).reshape(1, 6), "float32")
    middle, target = b.tensor((1, 6), "int8", scale=0.02, zero_point=4), b.tensor((1, 6), "float32")
    relu = b.tensor((1, 6), "int8", scale=0.03, zero_point=-7)
    b.operator("QUANTIZE", [x], [middle])
    b.operator("RELU", [middle], [relu], version=2)
    b.operator("DEQUANTIZE", [relu], [target], version=2)
    return target


@pytest.mark.parametrize(
    "make",
    [transposed, sliced, packed, joined, gathered, computed, quantized_and_back],
    ids=lambda make: make.__name__,
)
def test_what_depends_on_constants_only_is_computed_when_compiling(make):
    builder, use = float_model()
    assert kinds(assert_equals_the_reference(use(make(builder)), micro=False)) == ["MUL"]


def test_sums_of_int8_constants_are_those_of_the_reference():
    make, source = start(4)
    x = make.constant((1, 5, 4, 3), scale=0.03, zero_point=7)
    for kind in ("ADD", "MUL", "SUB"):
        x = then(make, kind, [x, make.constant((3,), scale=0.11, zero_point=-50)], (1, 5, 4, 3),
                 options(kind.capitalize()), scale=0.13)  # fmt: skip
    x = then(make, "ADD", [source, x], table=options("Add"))
    assert kinds(assert_equals_the_reference(make.builder.finish(source, x), micro=False)) == ["ADD"]


def test_the_arithmetic_of_shapes_disappears():
    builder = ModelBuilder()
    source, target = builder.tensor((1, 2, 3), "float32"), builder.tensor((1, 6), "float32")
    whole, batch, wanted = (
        builder.tensor((3,), "int32"),
        builder.tensor((), "int32"),
        builder.tensor((2,), "int32"),
    )
    flat = builder.tensor((1, 6), "float32")
    builder.operator("SHAPE", [source], [whole], options("Shape", outType=2))
    builder.operator("STRIDED_SLICE", [whole, *(builder.constant([each]) for each in (0, 1, 1))], [batch],
                     options("StridedSlice", shrinkAxisMask=1))  # fmt: skip
    builder.operator("PACK", [batch, builder.constant(np.int32(6))], [wanted], options("Pack", valuesCount=2))
    builder.operator("RESHAPE", [source, wanted], [flat], options("Reshape"), version=1)
    builder.operator("RELU", [flat], [target])
    assert kinds(assert_equals_the_reference(builder.finish(source, target), micro=False)) == ["RELU"]
