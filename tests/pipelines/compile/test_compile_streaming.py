"""Layers that run row by row, and in strips of columns, compute what they compute on whole images, byte for byte."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .builder import options, random_inputs
from .operators import ACTIVATIONS, PADDINGS, output_size
from .streamed import any_segments, run_beside, with_segments
from .test_compile_random_graphs import GraphMaker


class ImageMaker(GraphMaker):
    """Graphs of layers that work on images: windows of any kind, residuals, joins of channels."""

    def window(self, number):
        """A convolution, depthwise or not, of any kernel, stride and padding that the image allows."""
        height, width, channels = self.shape()
        draw = np.random.default_rng(number)
        padding = "same" if draw.random() < 0.6 else "valid"
        kernel = tuple(int(min(draw.choice([1, 3, 3, 5, 2]), size)) for size in (height, width))
        stride = tuple(int(draw.choice([1, 1, 2, 3])) for _ in range(2))
        size = [
            output_size(n, k, s, 1, padding) for n, k, s in zip((height, width), kernel, stride, strict=True)
        ]
        fields = {
            "strideH": stride[0],
            "strideW": stride[1],
            "padding": PADDINGS[padding],
            "fusedActivationFunction": ACTIVATIONS[("none", "relu", "relu6")[number % 3]],
        }
        if draw.random() < 0.4:
            weights = self.weights((1, *kernel, channels), 3, True)
            table, kind, outputs = (
                options("DepthwiseConv2D", depthMultiplier=1, **fields),
                "DEPTHWISE_CONV_2D",
                channels,
            )
        else:
            outputs = int(draw.integers(1, 7))
            weights = self.weights((outputs, *kernel, channels), 0, True)
            table, kind = options("Conv2D", **fields), "CONV_2D"
        inputs = [self.current, weights, self.bias(self.current, weights, outputs)]
        self.push(kind, inputs, self.image((*size, outputs)), table, version=3)

    def beside(self, number):
        """Join the channels with those of an earlier image of the same size."""
        shape = self.shape()
        quantization = self.own_quantization(self.current)
        partners = [
            tensor
            for tensor in self.earlier
            if self.shape(tensor)[:2] == shape[:2] and self.own_quantization(tensor) == quantization
        ]
        if not partners:
            return
        partner = partners[number % len(partners)]
        target = self.image((*shape[:2], shape[2] + self.shape(partner)[2]), **quantization)
        self.push("CONCATENATION", [self.current, partner], target, options("Concatenation", axis=3))

    def residual(self, number):
        """A window that keeps the size, added to what it reads."""
        height, width, channels = self.shape()
        source = self.current
        weights = self.weights((channels, 3, 3, channels), 0, True)
        table = options("Conv2D", strideH=1, strideW=1, padding=PADDINGS["same"])
        inputs = [source, weights, self.bias(source, weights, channels)]
        self.push("CONV_2D", inputs, self.image((height, width, channels)), table, version=3)
        if number % 2:
            self.table(number)
        table = options("Add", fusedActivationFunction=ACTIVATIONS["relu"])
        self.push("ADD", [self.current, source], self.image((height, width, channels)), table)


LAYERS = (
    "window",
    "window",
    "window",
    "residual",
    "pool",
    "join",
    "beside",
    "pad",
    "table",
    "reshape",
    "concatenate",
)


def grown(seed, shape, choices):
    maker = ImageMaker(seed, *shape)
    maker.grow("window", seed)
    for choice, number in choices:
        maker.grow(choice, number)
    return maker.finish()


@settings(max_examples=24, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 5)),
    choices=st.lists(st.tuples(st.sampled_from(LAYERS), st.integers(0, 60)), min_size=1, max_size=9),
)
def test_any_segments_of_any_images_give_the_same_bytes(seed, shape, choices):
    model = grown(seed, shape, choices)
    rng = np.random.default_rng(seed)
    lowered = with_segments(model, any_segments(rng))
    inputs = random_inputs(lowered.input, 4, rng)
    whole, rows = run_beside(model, inputs, lowered)
    np.testing.assert_array_equal(rows, whole)
