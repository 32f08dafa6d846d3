"""A maker of int8 graphs that grow layer by layer from a list of choices.

The scales have few mantissa bits, so that a product of two is the same in float32 and float64: the two
interpreters round it differently (see test_compile_reference_models).
"""

from .builder import options
from .operators import ACTIVATIONS, PADDINGS, Maker, output_size


class GraphMaker(Maker):
    """Grows a graph from a list of choices; each choice is (operator, number)."""

    def __init__(self, seed, height, width, channels, dtype="int8"):
        super().__init__(dtype, seed)
        self.current = self.source = self.image((height, width, channels))
        self.earlier = []

    # What a random zero point is drawn from, beside the whole range.
    zero_points = ()

    def quantization(self):
        return {
            "scale": float(self.rng.integers(16, 256)) / 2048,
            "zero_point": int(self.rng.choice([*self.zero_points, self.rng.integers(-128, 128)])),
        }

    def image(self, shape, **quantization):
        return self.activation((1, *shape), **(quantization or self.quantization()))

    def weights(self, shape, axis, per_channel):
        scales = self.rng.integers(16, 256, shape[axis] if per_channel else 1) / 2.0**14
        greatest = 7 if self.weights_dtype == "int4" else 127
        values = self.rng.integers(-greatest, greatest + 1, shape)
        return self.builder.constant(values, self.weights_dtype, scale=scales, axis=axis)

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
