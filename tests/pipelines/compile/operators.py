"""Models of one operator each, with random weights and quantization."""

import numpy as np

from .builder import ModelBuilder, options

ACTIVATIONS = {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}
PADDINGS = {"same": 0, "valid": 1}


def output_size(size, kernel, stride, dilation, padding):
    reach = (kernel - 1) * dilation + 1
    return -(-size // stride) if padding == "same" else (size - reach) // stride + 1


def quantized(rng):
    return {"scale": float(rng.uniform(0.002, 0.2)), "zero_point": int(rng.integers(-128, 128))}


class Maker:
    """A builder that makes tensors of one type, quantized at random where that is a type of integers.

    `int16` means int16 activations with int8 weights, `int4` int8 activations with int4 weights.
    """

    def __init__(self, dtype, seed):
        self.dtype = "int8" if dtype == "int4" else dtype
        self.weights_dtype = "int4" if dtype == "int4" else "int8"
        self.bias_dtype = "int64" if dtype == "int16" else "int32"
        self.rng, self.builder = np.random.default_rng(seed), ModelBuilder()

    def chosen_quantization(self, given):
        found = given or quantized(self.rng)
        return {**found, "zero_point": 0} if self.dtype == "int16" else found

    def activation(self, shape, **quantization):
        if self.dtype == "float32":
            return self.builder.tensor(shape, "float32")
        return self.builder.tensor(shape, self.dtype, **self.chosen_quantization(quantization))

    def scale(self, tensor):
        quantization = self.builder.graph.tensors[tensor].quantization
        return None if quantization is None else float(quantization.scale[0])

    def constant(self, shape, **quantization):
        if self.dtype == "float32":
            return self.builder.constant(self.rng.standard_normal(shape), "float32")
        limits = np.iinfo(self.dtype)
        values = self.rng.integers(limits.min, limits.max + 1, shape)
        return self.builder.constant(values, self.dtype, **self.chosen_quantization(quantization))

    def weights(self, shape, axis, per_channel):
        if self.dtype == "float32":
            return self.builder.constant(self.rng.standard_normal(shape) / np.sqrt(np.prod(shape)), "float32")
        scales = self.rng.uniform(0.001, 0.02, shape[axis] if per_channel else 1)
        greatest = 7 if self.weights_dtype == "int4" else 127
        values = self.rng.integers(-greatest, greatest + 1, shape)
        return self.builder.constant(values, self.weights_dtype, scale=scales, axis=axis)

    def bias(self, image, weights, count):
        if self.dtype == "float32":
            return self.builder.constant(self.rng.standard_normal(count), "float32")
        scales = np.float32(self.scale(image)) * self.builder.graph.tensors[weights].quantization.scale
        reach = 5_000_000 if self.dtype == "int16" else 5000
        return self.builder.constant(self.rng.integers(-reach, reach, count), self.bias_dtype, scale=scales)


def convolution(
    dtype, seed=0, height=7, width=9, channels=3, outputs=5, kernel=(3, 3), stride=(1, 1), dilation=(1, 1),
    padding="same", activation="none", per_channel=True, bias=True, groups=1,
):  # fmt: skip
    make = Maker(dtype, seed)
    image = make.activation((1, height, width, channels))
    weights = make.weights((outputs, *kernel, channels // groups), 0, per_channel)
    inputs = [image, weights] + ([make.bias(image, weights, outputs)] if bias else [])
    size = [
        output_size(*each, padding) for each in zip((height, width), kernel, stride, dilation, strict=True)
    ]
    target = make.activation((1, *size, outputs))
    make.builder.operator(
        "CONV_2D",
        inputs,
        [target],
        options(
            "Conv2D", strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0], dilationWFactor=dilation[1],
            padding=PADDINGS[padding], fusedActivationFunction=ACTIVATIONS[activation],
        ),
        version=3,
    )  # fmt: skip
    return make.builder.finish(image, target)


def depthwise(
    dtype, seed=0, height=7, width=9, channels=5, multiplier=1, kernel=(3, 3), stride=(1, 1), dilation=(1, 1),
    padding="same", activation="none", per_channel=True,
):  # fmt: skip
    make = Maker(dtype, seed)
    image = make.activation((1, height, width, channels))
    outputs = channels * multiplier
    weights = make.weights((1, *kernel, outputs), 3, per_channel)
    size = [
        output_size(*each, padding) for each in zip((height, width), kernel, stride, dilation, strict=True)
    ]
    target = make.activation((1, *size, outputs))
    make.builder.operator(
        "DEPTHWISE_CONV_2D",
        [image, weights, make.bias(image, weights, outputs)],
        [target],
        options(
            "DepthwiseConv2D", strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
            dilationWFactor=dilation[1], padding=PADDINGS[padding], depthMultiplier=multiplier,
            fusedActivationFunction=ACTIVATIONS[activation],
        ),
        version=3,
    )  # fmt: skip
    return make.builder.finish(image, target)


def dense(dtype, seed=0, rows=1, inputs=13, outputs=7, activation="none", per_channel=False, bias=True):
    make = Maker(dtype, seed)
    vector = make.activation((rows, inputs))
    weights = make.weights((outputs, inputs), 0, per_channel)
    target = make.activation((rows, outputs))
    operands = [vector, weights, make.bias(vector, weights, outputs) if bias else -1]
    make.builder.operator(
        "FULLY_CONNECTED",
        operands,
        [target],
        options("FullyConnected", fusedActivationFunction=ACTIVATIONS[activation]),
        version=5,
    )
    return make.builder.finish(vector, target)


def pool(kind, dtype, seed=0, height=8, width=7, channels=5, kernel=(2, 3), stride=(2, 2), padding="valid",
         activation="none"):  # fmt: skip
    make = Maker(dtype, seed)
    quantization = quantized(make.rng)
    image = make.activation((1, height, width, channels), **quantization)
    size = [output_size(*each, 1, padding) for each in zip((height, width), kernel, stride, strict=True)]
    target = make.activation((1, *size, channels), **quantization)
    make.builder.operator(
        kind,
        [image],
        [target],
        options(
            "Pool2D", strideH=stride[0], strideW=stride[1], filterHeight=kernel[0], filterWidth=kernel[1],
            padding=PADDINGS[padding], fusedActivationFunction=ACTIVATIONS[activation],
        ),
        version=2,
    )  # fmt: skip
    return make.builder.finish(image, target)


def mean(dtype, seed=0, shape=(1, 6, 5, 4), axes=(1, 2), keep_dims=False):
    make = Maker(dtype, seed)
    source = make.activation(shape)
    kept = [1 if axis in axes else size for axis, size in enumerate(shape) if keep_dims or axis not in axes]
    target = make.activation(kept)
    axes_tensor = make.builder.constant(list(axes), "int32")
    make.builder.operator(
        "MEAN", [source, axes_tensor], [target], options("Reducer", keepDims=keep_dims), version=2
    )
    return make.builder.finish(source, target)


def binary(kind, dtype, seed=0, shape=(1, 4, 5, 3), other=(3,), activation="none", constant_first=False):
    make = Maker(dtype, seed)
    source, operand = make.activation(shape), make.constant(other)
    target = make.activation(np.broadcast_shapes(shape, other))
    inputs = [operand, source] if constant_first else [source, operand]
    table = options(kind.capitalize(), fusedActivationFunction=ACTIVATIONS[activation])
    make.builder.operator(kind, inputs, [target], table, version=2)
    return make.builder.finish(source, target)


def unary(kind, dtype, seed=0, shape=(1, 4, 17), table=None, quantization=None, same=False):
    make = Maker(dtype, seed)
    given = quantized(make.rng)
    source = make.activation(shape, **given)
    target = make.activation(shape, **(given if same else quantization or quantized(make.rng)))
    make.builder.operator(kind, [source], [target], table, version=2)
    return make.builder.finish(source, target)


def pad(dtype, seed=0, shape=(1, 3, 4, 2), amounts=((0, 0), (1, 2), (3, 0), (0, 1)), value=False):
    make = Maker(dtype, seed)
    quantization = quantized(make.rng)
    source = make.activation(shape, **quantization)
    target = make.activation(
        [size + sum(each) for size, each in zip(shape, amounts, strict=True)], **quantization
    )
    inputs = [source, make.builder.constant(amounts, "int32")]
    if value:
        inputs.append(make.constant((1,), **quantization))
    kind = "PADV2" if value else "PAD"
    make.builder.operator(kind, inputs, [target], options("PadV2" if value else "Pad"), version=2)
    return make.builder.finish(source, target)


def concatenation(dtype, seed=0, shape=(1, 3, 4, 2), axis=3, others=((1, 3, 4, 5), (1, 3, 4, 1))):
    make = Maker(dtype, seed)
    quantization = quantized(make.rng)
    source = make.activation(shape, **quantization)
    operands = [source] + [make.constant(each, **quantization) for each in others]
    joined = list(shape)
    joined[axis] += sum(each[axis] for each in others)
    target = make.activation(joined, **quantization)
    make.builder.operator("CONCATENATION", operands, [target], options("Concatenation", axis=axis), version=2)
    return make.builder.finish(source, target)


def conversion(kind, seed=0, shape=(1, 50)):
    """QUANTIZE float32 -> int8, or DEQUANTIZE int8 -> float32."""
    rng, builder = np.random.default_rng(seed), ModelBuilder()
    real, integer = builder.tensor(shape, "float32"), builder.tensor(shape, "int8", **quantized(rng))
    source, target = (real, integer) if kind == "QUANTIZE" else (integer, real)
    builder.operator(kind, [source], [target], version=2)
    return builder.finish(source, target)
