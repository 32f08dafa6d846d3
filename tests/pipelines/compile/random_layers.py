"""The layers that random graphs are grown from: each a function that reads its shape off a number.

A layer is a function (maker, choose) with `@layer(kind, ...)`, the operators that it needs; `choose(n)` is a number
from 0 to n - 1, the simplest first. A layer that does not fit the current tensor does nothing.
"""

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels import KERNELS

from .builder import options
from .operators import ACTIVATIONS, PADDINGS, output_size
from .random_graphs import GraphMaker

LAYERS = {}
DTYPES = ("int8", "int8", "int8", "int16", "int4")
UNARY = ("RELU", "RELU6", "LOGISTIC", "QUANTIZE", "TANH", "LEAKY_RELU")
MOVES = {"RESHAPE", "TRANSPOSE", "SLICE", "STRIDED_SLICE", "SPLIT"}
OPERATOR_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
MAX_ELEMENTS = 3000
ACTIVATION_NAMES = tuple(ACTIVATIONS)


def layer(function):
    LAYERS[function.__name__] = function
    return function


class Chooser:
    """Splits one number into small ones."""

    def __init__(self, number):
        self.number = number

    def __call__(self, count):
        self.number, chosen = divmod(self.number, count)
        return chosen


class RandomMaker(GraphMaker):
    """Zero points are at the ends every other time; some filters are zero, some channels unread."""

    zero_points = (-128, -128, 127, 0)

    def grow(self, name, number):
        LAYERS[name](self, Chooser(number))

    def sparse(self, weights, axis, choose):
        """Make some of the filters, or what reads some inputs, zero."""
        dead = choose(4)
        if dead == 0 or self.dtype == "float32":
            return weights
        tensor = self.builder.graph.tensors[weights]
        buffer = self.builder.model.buffers[tensor.buffer]
        if self.weights_dtype != "int8":
            return weights
        values = buffer.data.view(np.int8).reshape(tensor.shape).copy()
        along = np.moveaxis(values, axis, 0) if dead < 3 else np.moveaxis(values, -1, 0)
        along[self.rng.random(len(along)) < 0.4] = 0
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        return weights

    def computes(self):
        """Whether the current tensor is surely more than another view of the model's input."""
        last = self.builder.graph.operators[-1] if self.builder.graph.operators else None
        kind = OPERATOR_NAMES[self.builder.model.operatorCodes[-1].builtinCode] if last else ""
        return self.current in (last.outputs if last else []) and kind not in MOVES

    def reshaped(self, shape):
        """To an image of another shape, without a copy."""
        wanted = self.builder.constant([1, *shape], "int32")
        target = self.image(shape, **self.own_quantization(self.current))
        self.push("RESHAPE", [self.current, wanted], target, options("Reshape", newShape=[1, *shape]), 1)

    def partners(self, same_numbers=False, axis=None):
        """Earlier tensors of the current shape (but for one axis), of the same quantization where wanted."""
        shape = self.shape()
        numbers = self.own_quantization(self.current)
        return [
            tensor
            for tensor in self.earlier
            if len(self.shape(tensor)) == 3
            and all(
                a == b or i == axis for i, (a, b) in enumerate(zip(self.shape(tensor), shape, strict=True))
            )
            and (not same_numbers or self.own_quantization(tensor) == numbers)
        ]

    def own_quantization(self, tensor):
        if self.dtype == "float32":
            return {"scale": 1.0, "zero_point": 0}
        return super().own_quantization(tensor)


def grown(dtype, seed, shape, layers, classes=0):
    """A model of these (name, number) layers, and of a classifier's last layers where it has classes."""
    make = RandomMaker(seed, *shape, dtype=dtype)
    for name, number in layers:
        make.grow(name, number)
    if classes > 1 and dtype != "int16":
        make.classify(classes)
    elif not make.computes():
        make.grow("convolution", 0)
    return make.finish()


def random_model(rng):
    """By a `random.Random`."""
    layers = [(rng.choice(sorted(LAYERS)), rng.getrandbits(32)) for _ in range(rng.randint(1, 9))]
    shape = [rng.randint(1, 9), rng.randint(1, 9), rng.randint(1, 6)]
    dtype = rng.choice(DTYPES)
    return grown(dtype, rng.getrandbits(32), shape, layers, rng.choice((0, 0, 3)))


def _window(make, choose, reach=4):
    """Kernel, stride, dilation and padding that fit the current image."""
    size = make.shape()[:2]
    kernel = tuple(1 + choose(reach) for _ in size)
    stride = tuple((1, 2, 3, 5)[choose(4)] for _ in size)
    dilation = tuple((1, 1, 2, 3)[choose(4)] for _ in size)
    fits = all((k - 1) * d + 1 <= n for k, d, n in zip(kernel, dilation, size, strict=True))
    padding = ("same", "valid")[choose(2) if fits else 0]
    return kernel, stride, dilation, padding


@layer
def convolution(make, choose):
    channels = make.shape()[2]
    kernel, stride, dilation, padding = _window(make, choose)
    outputs = (1, 2, 3, 4, 5, 7, 8, 12, 17)[choose(9)]
    size = [
        output_size(*each, padding) for each in zip(make.shape()[:2], kernel, stride, dilation, strict=True)
    ]
    if size[0] * size[1] * outputs > MAX_ELEMENTS:
        return
    weights = make.sparse(make.weights((outputs, *kernel, channels), 0, choose(3) > 0), 0, choose)
    bias = make.bias(make.current, weights, outputs)
    table = options("Conv2D", strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
                    dilationWFactor=dilation[1], padding=PADDINGS[padding],
                    fusedActivationFunction=ACTIVATIONS[ACTIVATION_NAMES[choose(4)]])  # fmt: skip
    make.push("CONV_2D", [make.current, weights, bias], make.image((*size, outputs)), table, version=5)


@layer
def depthwise(make, choose):
    channels = make.shape()[2]
    kernel, stride, dilation, padding = _window(make, choose)
    multiplier = (1, 1, 2, 3)[choose(4)]
    outputs = channels * multiplier
    size = [
        output_size(*each, padding) for each in zip(make.shape()[:2], kernel, stride, dilation, strict=True)
    ]
    if size[0] * size[1] * outputs > MAX_ELEMENTS:
        return
    weights = make.sparse(make.weights((1, *kernel, outputs), 3, choose(3) > 0), 3, choose)
    table = options("DepthwiseConv2D", strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0],
                    dilationWFactor=dilation[1], padding=PADDINGS[padding], depthMultiplier=multiplier,
                    fusedActivationFunction=ACTIVATIONS[ACTIVATION_NAMES[choose(4)]])  # fmt: skip
    inputs = [make.current, weights, make.bias(make.current, weights, outputs)]
    make.push("DEPTHWISE_CONV_2D", inputs, make.image((*size, outputs)), table, version=6)


@layer
def dense(make, choose):
    """Over the whole flattened image; the result is an image of one pixel."""
    shape = make.shape()
    make.reshaped((1, 1, int(np.prod(shape))))
    outputs = (1, 2, 3, 4, 6, 9, 16)[choose(7)]
    weights = make.sparse(make.weights((outputs, int(np.prod(shape))), 0, choose(2) == 1), 0, choose)
    bias = make.bias(make.current, weights, outputs) if choose(4) else -1
    table = options("FullyConnected", fusedActivationFunction=ACTIVATIONS[ACTIVATION_NAMES[choose(4)]])
    version = 11 if make.dtype == "int16" else 5
    make.push(
        "FULLY_CONNECTED", [make.current, weights, bias], make.image((outputs,)), table, version=version
    )
    make.reshaped((1, 1, outputs))


@layer
def pool(make, choose):
    height, width, channels = make.shape()
    kernel, stride, _, padding = _window(make, choose)
    if any(k > n for k, n in zip(kernel, (height, width), strict=True)):
        padding = "same"
    size = [output_size(*each, 1, padding) for each in zip((height, width), kernel, stride, strict=True)]
    table = options("Pool2D", strideH=stride[0], strideW=stride[1], filterHeight=kernel[0], filterWidth=kernel[1],
                    padding=PADDINGS[padding], fusedActivationFunction=ACTIVATIONS[("none", "relu", "relu6")[choose(3)]])  # fmt: skip
    target = make.image((*size, channels), **make.own_quantization(make.current))
    make.push(("MAX_POOL_2D", "AVERAGE_POOL_2D")[choose(2)], [make.current], target, table, version=3)


@layer
def fork(make, choose):
    """Go on from an earlier tensor; what was made since is an input of later joins, or dead."""
    images = [tensor for tensor in make.earlier if len(make.shape(tensor)) == 3]
    if images:
        make.earlier.append(make.current)
        make.current = images[-1 - choose(len(images))]


@layer
def join(make, choose):
    """With an earlier tensor of the same shape, with itself, or with a constant that broadcasts."""
    kind = ("ADD", "MUL", "SUB", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE")[
        choose(5 if make.dtype == "int16" else 6)
    ]
    same = kind in ("MAXIMUM", "MINIMUM")
    shape, numbers = make.shape(), make.own_quantization(make.current)
    given = numbers if same else make.quantization()
    found = make.partners(same_numbers=same)
    constants = [shape[-1:], (1,), (1, *shape), (1, shape[0], 1, 1), (1, 1, 1, shape[-1])]
    what = choose(len(found) + 2)
    if what < len(found):
        other = found[-1 - what]
    else:
        other = make.current if what == len(found) else make.constant(constants[choose(5)], **given)
    inputs = [make.current, other]
    if choose(2):
        inputs.reverse()
    target = make.image(shape, **numbers) if same else make.image(shape)
    if kind == "SQUARED_DIFFERENCE":
        scale = max(make.scale(each) or 1.0 for each in inputs) ** 2
        target = make.image(shape, scale=float(np.float32(scale * (2 + choose(3)))), zero_point=-128)
    names = {"ADD": "Add", "MUL": "Mul", "SUB": "Sub", "SQUARED_DIFFERENCE": "SquaredDifference"}
    table = options(names.get(kind, "MaximumMinimum"))
    if kind in ("ADD", "MUL", "SUB"):
        table.fusedActivationFunction = ACTIVATIONS[ACTIVATION_NAMES[choose(4)]]
    make.push(kind, inputs, target, table, version=2)


@layer
def concatenation(make, choose):
    axis = (2, 1, 0)[choose(3)]
    shape, numbers = list(make.shape()), make.own_quantization(make.current)
    parts = make.partners(same_numbers=True, axis=axis)[-1 - choose(3) :][:2]
    if not parts or choose(3) == 0:
        part = [*shape[:axis], 1 + choose(3), *shape[axis + 1 :]]
        parts = [make.constant((1, *part), **numbers)]
    inputs = [make.current, *parts] if choose(2) else [*parts, make.current]
    shape[axis] = sum(make.shape(each)[axis] for each in inputs)
    if np.prod(shape) <= MAX_ELEMENTS:
        target = make.image(shape, **numbers)
        make.push("CONCATENATION", inputs, target, options("Concatenation", axis=axis + 1))


@layer
def pad(make, choose):
    amounts = np.array([[0, 0], *([choose(3), choose(3)] for _ in range(2)), [0, choose(4) // 2]])
    shape = [size + int(sum(each)) for size, each in zip(make.shape(), amounts[1:], strict=True)]
    if np.prod(shape) <= MAX_ELEMENTS:
        target = make.image(shape, **make.own_quantization(make.current))
        make.push("PAD", [make.current, make.builder.constant(amounts, "int32")], target, options("Pad"))


@layer
def unary(make, choose):
    kinds = [kind for kind in UNARY if {(kind, None), (kind, DType(make.dtype))} & KERNELS.keys()]
    kind = kinds[choose(len(kinds))]
    fixed = {"LOGISTIC": {"scale": 1 / 256, "zero_point": -128}, "TANH": {"scale": 1 / 128, "zero_point": 0}}
    if make.dtype == "int16" and kind in fixed:
        fixed = {name: {"scale": 1 / 32768, "zero_point": 0} for name in fixed}
    given = fixed.get(kind, make.own_quantization(make.current) if choose(2) else make.quantization())
    table = options("LeakyRelu", alpha=(0.1, 0.25, 1.5)[choose(3)]) if kind == "LEAKY_RELU" else None
    target = make.image(make.shape(), **given)
    make.push(kind, [make.current], target, table, version=1 if kind in ("QUANTIZE", "RELU6") else 2)


@layer
def reshape(make, choose):
    height, width, channels = make.shape()
    shapes = [(width, height, channels), (1, height * width, channels), (height, 1, width * channels),
              (1, 1, height * width * channels)]  # fmt: skip
    make.reshaped(shapes[choose(4)])


@layer
def transpose(make, choose):
    order = ((0, 2, 1, 3), (0, 3, 1, 2), (0, 2, 3, 1), (0, 1, 3, 2))[choose(4)]
    shape = (1, *make.shape())
    target = make.image([shape[axis] for axis in order][1:], **make.own_quantization(make.current))
    make.push("TRANSPOSE", [make.current, make.builder.constant(order)], target, options("Transpose"))


@layer
def cut(make, choose):
    """A SLICE, or a STRIDED_SLICE."""
    shape = make.shape()
    begin = [choose(size) // 2 for size in shape]
    size = [
        1 + (whole - first - 1 - choose(2)) % (whole - first)
        for whole, first in zip(shape, begin, strict=True)
    ]
    numbers = make.own_quantization(make.current)
    if choose(2) == 0:
        operands = [make.builder.constant([0, *begin]), make.builder.constant([1, *size])]
        make.push("SLICE", [make.current, *operands], make.image(size, **numbers), options("Slice"))
        return
    steps = [1 + choose(2) for _ in shape]
    end = [first + count for first, count in zip(begin, size, strict=True)]
    operands = [make.builder.constant([first, *rest]) for first, rest in ((0, begin), (1, end), (1, steps))]
    target = make.image([-(-count // step) for count, step in zip(size, steps, strict=True)], **numbers)
    make.push("STRIDED_SLICE", [make.current, *operands], target, options("StridedSlice"), version=4)


@layer
def mean(make, choose):
    axes = ((1, 2), (1,), (2,), (3,))[choose(4)]
    shape = [1 if axis + 1 in axes else size for axis, size in enumerate(make.shape())]
    target = make.image(shape, **(make.own_quantization(make.current) if choose(2) else {}))
    table = options("Reducer", keepDims=True)
    make.push("MEAN", [make.current, make.builder.constant(list(axes))], target, table)


@layer
def split(make, choose):
    """Into two parts along the channels; one of them goes on, the other is there for joins."""
    height, width, channels = make.shape()
    if channels % 2:
        return
    numbers = make.own_quantization(make.current)
    parts = [make.image((height, width, channels // 2), **numbers) for _ in range(2)]
    axis = make.builder.constant(np.int32(3))
    make.builder.operator("SPLIT", [axis, make.current], parts, options("Split", numSplits=2), version=2)
    make.earlier += [make.current, parts[0]]
    make.current = parts[1]


@layer
def again(make, choose):
    """The same function of the current tensor twice, and their sum: only one of the two need be computed."""
    numbers = make.quantization()
    for _ in range(2):
        target = make.image(make.shape(), **numbers)
        make.builder.operator("RELU", [make.current], [target], version=2)
        make.earlier.append(target)
    make.earlier.append(make.current)
    make.current = make.earlier[-2]
    table = options("Add", fusedActivationFunction=ACTIVATIONS[ACTIVATION_NAMES[choose(4)]])
    make.push("ADD", [make.current, make.earlier[-3]], make.image(make.shape()), table, version=2)


@layer
def curve(make, choose):
    """HARD_SWISH, ABS, or a PRELU with a slope for each channel; there are none of them for int16."""
    if make.dtype == "int16":
        return
    kind = ("PRELU", "HARD_SWISH", "ABS")[choose(3)]
    inputs = [make.current, make.constant((1, 1, make.shape()[2]))] if kind == "PRELU" else [make.current]
    table = {"HARD_SWISH": options("HardSwish"), "ABS": options("Abs")}.get(kind)
    version = 2 if kind == "ABS" and make.dtype == "int8" else 1
    make.push(kind, inputs, make.image(make.shape()), table, version=version)


@layer
def resize(make, choose):
    """To the nearest pixel or bilinearly; larger and smaller."""
    kinds = {"RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighbor", "RESIZE_BILINEAR": "ResizeBilinear"}
    kind = [*kinds][choose(1 if make.dtype == "int16" else 2)]
    height, width, channels = make.shape()
    size = [1 + choose(2 * each) for each in (height, width)]
    if size[0] * size[1] * channels > MAX_ELEMENTS:
        return
    centres = ({}, {"halfPixelCenters": True}, {"alignCorners": True})[choose(3)]
    target = make.image((*size, channels), **make.own_quantization(make.current))
    inputs = [make.current, make.builder.constant(size)]
    make.push(kind, inputs, target, options(kinds[kind], **centres), version=3)


@layer
def shuffle(make, choose):
    """The channels in another order, some of them more than once: GATHER."""
    height, width, channels = make.shape()
    picked = make.rng.integers(0, channels, 1 + choose(channels + 2))
    target = make.image((height, width, len(picked)), **make.own_quantization(make.current))
    inputs = [make.current, make.builder.constant(picked)]
    make.push("GATHER", inputs, target, options("Gather", axis=3), version=2)


@layer
def extreme(make, choose):
    """REDUCE_MAX or REDUCE_MIN over rows, columns or channels."""
    axes = ((1, 2), (3,), (1, 3))[choose(3)]
    shape = [1 if axis + 1 in axes else size for axis, size in enumerate(make.shape())]
    target = make.image(shape, **make.own_quantization(make.current))
    inputs = [make.current, make.builder.constant(list(axes))]
    make.push(("REDUCE_MAX", "REDUCE_MIN")[choose(2)], inputs, target, options("Reducer", keepDims=True))
