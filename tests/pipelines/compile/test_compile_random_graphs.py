"""Random int8 graphs: branches, joins, reshapes, pools and dense layers in any order.

The scales have few mantissa bits, so that a product of two is the same in float32 and float64: the two
interpreters round it differently (see test_compile_reference_models).
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .builder import assert_equals_the_reference, options
from .operators import ACTIVATIONS, PADDINGS, Maker, output_size

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


class GraphMaker(Maker):
    """Grows a graph from a list of choices; each choice is (operator, number)."""

    def __init__(self, seed, height, width, channels):
        super().__init__("int8", seed)
        self.current = self.source = self.image((height, width, channels))
        self.earlier = []

    def quantization(self):
        return {
            "scale": float(self.rng.integers(16, 256)) / 2048,
            "zero_point": int(self.rng.integers(-128, 128)),
        }

    def image(self, shape, **quantization):
        return self.activation((1, *shape), **(quantization or self.quantization()))

    def weights(self, shape, axis, per_channel):
        scales = self.rng.integers(16, 256, shape[axis] if per_channel else 1) / 2.0**14
        return self.builder.constant(self.rng.integers(-127, 128, shape), "int8", scale=scales, axis=axis)

    def shape(self, tensor=None):
        return tuple(self.builder.graph.tensors[self.current if tensor is None else tensor].shape)[1:]

    def own_quantization(self, tensor):
        found = self.builder.graph.tensors[tensor].quantization
        return {"scale": float(found.scale[0]), "zero_point": int(found.zeroPoint[0])}

    def push(self, kind, inputs, target, table=None, version=2):
        self.builder.operator(kind, inputs, [target], table, version=version)
        self.earlier.append(self.current)
        self.current = target

    def grow(self, choice, number):
        getattr(self, choice)(number)

    def conv(self, number):
        height, width, channels = self.shape()
        outputs, kernel, stride = 1 + number % 9, (1 + number % 3, 1 + number // 2 % 3), 1 + number % 2
        size = [output_size(n, k, stride, 1, "same") for n, k in zip((height, width), kernel, strict=True)]
        weights = self.weights((outputs, *kernel, channels), 0, True)
        table = options("Conv2D", strideH=stride, strideW=stride, padding=PADDINGS["same"],
                        fusedActivationFunction=ACTIVATIONS[("none", "relu", "relu6")[number % 3]])  # fmt: skip
        inputs = [self.current, weights, self.bias(self.current, weights, outputs)]
        self.push("CONV_2D", inputs, self.image((*size, outputs)), table, version=3)

    def depthwise(self, number):
        height, width, channels = self.shape()
        weights = self.weights((1, 3, 2, channels), 3, True)
        table = options("DepthwiseConv2D", strideH=1, strideW=1, padding=PADDINGS["same"], depthMultiplier=1,
                        fusedActivationFunction=ACTIVATIONS[("none", "relu")[number % 2]])  # fmt: skip
        inputs = [self.current, weights, self.bias(self.current, weights, channels)]
        self.push("DEPTHWISE_CONV_2D", inputs, self.image((height, width, channels)), table, version=3)

    def pool(self, number):
        height, width, channels = self.shape()
        kind = ("MAX_POOL_2D", "AVERAGE_POOL_2D")[number % 2]
        size = [output_size(n, 3, 2, 1, "same") for n in (height, width)]
        table = options(
            "Pool2D", strideH=2, strideW=2, filterHeight=3, filterWidth=3, padding=PADDINGS["same"]
        )
        self.push(
            kind, [self.current], self.image((*size, channels), **self.own_quantization(self.current)), table
        )

    def join(self, number):
        """ADD or MUL with an earlier tensor of the same shape, or with a constant."""
        kind = ("ADD", "MUL")[number % 2]
        shape = self.shape()
        partners = [tensor for tensor in self.earlier if self.shape(tensor) == shape]
        partner = (
            partners[number % len(partners)] if partners else self.constant(shape[-1:], **self.quantization())
        )
        table = options(kind.capitalize(), fusedActivationFunction=number % 2)
        self.push(kind, [self.current, partner], self.image(shape), table)

    def concatenate(self, number):
        quantization, shape = self.own_quantization(self.current), self.shape()
        partner = self.constant((1, *shape[:-1], 1 + number % 3), **quantization)
        target = self.image((*shape[:-1], shape[-1] + 1 + number % 3), **quantization)
        self.push("CONCATENATION", [self.current, partner], target, options("Concatenation", axis=3))

    def pad(self, number):
        height, width, channels = self.shape()
        amounts = self.builder.constant([[0, 0], [number % 3, 1], [0, number % 2], [0, 0]], "int32")
        target = self.image(
            (height + number % 3 + 1, width + number % 2, channels), **self.own_quantization(self.current)
        )
        self.push("PAD", [self.current, amounts], target, options("Pad"))

    def table(self, number):
        kind = ("LOGISTIC", "QUANTIZE", "RELU")[number % 3]
        given = {"scale": 1 / 256, "zero_point": -128} if kind == "LOGISTIC" else self.quantization()
        self.push(
            kind, [self.current], self.image(self.shape(), **given), version=1 if kind == "QUANTIZE" else 2
        )

    def reshape(self, number):
        height, width, channels = self.shape()
        target = self.image((width, height, channels), **self.own_quantization(self.current))
        wanted = self.builder.constant([1, width, height, channels], "int32")
        self.push(
            "RESHAPE",
            [self.current, wanted],
            target,
            options("Reshape", newShape=[1, width, height, channels]),
            1,
        )

    def classify(self, classes):
        """Average, dense and softmax, as classifiers end."""
        averaged = self.image((self.shape()[-1],))
        axes = self.builder.constant([1, 2], "int32")
        self.push("MEAN", [self.current, axes], averaged, options("Reducer", keepDims=False))
        weights = self.weights((classes, self.shape()[-1]), 0, False)
        bias = self.bias(self.current, weights, classes)
        self.push(
            "FULLY_CONNECTED",
            [self.current, weights, bias],
            self.image((classes,)),
            options("FullyConnected"),
        )
        target = self.image((classes,), scale=1 / 256, zero_point=-128)
        self.push("SOFTMAX", [self.current], target, options("Softmax", beta=1.0))

    def finish(self):
        return self.builder.finish(self.source, self.current)


LAYERS = ("conv", "depthwise", "pool", "join", "concatenate", "pad", "table", "reshape")


@settings(max_examples=16, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 6)),
    choices=st.lists(st.tuples(st.sampled_from(LAYERS), st.integers(0, 20)), min_size=1, max_size=9),
    classes=st.integers(0, 6),
)
def test_a_random_graph_equals_both_interpreters(seed, shape, choices, classes):
    maker = GraphMaker(seed, *shape)
    for choice, number in choices:
        maker.grow(choice, number)
    if maker.shape() == shape and set(choices) <= {("reshape", number) for number in range(21)}:
        maker.grow("conv", 1)
    if classes > 1:
        maker.classify(classes)
    assert_equals_the_reference(maker.finish(), count=6, seed=seed % 1000)


def test_skip_connections_keep_their_input_alive():
    maker = GraphMaker(0, 6, 6, 4)
    for choice, number in [
        ("conv", 6),
        ("depthwise", 0),
        ("join", 0),
        ("table", 2),
        ("join", 4),
        ("join", 1),
    ]:
        maker.grow(choice, number)
    compiled = assert_equals_the_reference(maker.finish(), count=20)
    assert compiled.arena_bytes == compiled.arena_lower_bound_bytes


def test_a_reshape_costs_nothing():
    maker = GraphMaker(0, 4, 6, 2)
    for choice, number in [("conv", 4), ("reshape", 0), ("conv", 5)]:
        maker.grow(choice, number)
    compiled = assert_equals_the_reference(maker.finish())
    assert [layer.op for layer in compiled.layers] == ["CONV_2D", "CONV_2D"]


def test_a_pad_in_front_of_a_valid_convolution_is_fused():
    maker = GraphMaker(1, 5, 5, 3)
    maker.grow("pad", 2)
    height, width, channels = maker.shape()
    weights = maker.weights((4, 3, 3, channels), 0, True)
    table = options("Conv2D", strideH=1, strideW=1, padding=PADDINGS["valid"])
    inputs = [maker.current, weights, maker.bias(maker.current, weights, 4)]
    maker.push("CONV_2D", inputs, maker.image((height - 2, width - 2, 4)), table, version=3)
    compiled = assert_equals_the_reference(maker.finish())
    assert [layer.op for layer in compiled.layers] == ["CONV_2D"]
    assert compiled.layers[0].scratch_bytes == 297, (
        "four patches of 3 x (9 + 3) 16-bit values, one row of 9 bytes"
    )
    assert compiled.arena_bytes == 76 + 72 + 300, "input, output and scratch"
