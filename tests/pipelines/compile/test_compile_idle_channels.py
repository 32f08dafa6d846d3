"""Channels without weights, whose scales are arbitrary, keep no layer from the fast kernels."""

import numpy as np
import pytest

from pipelines.compile import compile_model

from .builder import assert_equals_the_reference, options
from .operators import PADDINGS, Maker

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")

OUTPUTS = 6


def layer_with_idle_channels(kind, bias):
    """A layer of six output channels, of which 1 and 4 have no weights, scales of 1e-9 and this bias."""
    make = Maker("int8", 3)
    scales = np.full(OUTPUTS, 0.004)
    scales[[1, 4]] = 1e-9
    shape, axis = {
        "CONV_2D": ((OUTPUTS, 3, 3, 4), 0),
        "DEPTHWISE_CONV_2D": ((1, 3, 3, OUTPUTS), 3),
        "FULLY_CONNECTED": ((OUTPUTS, 12), 0),
    }[kind]
    values = make.rng.integers(-127, 128, shape)
    values[(slice(None),) * axis + ([1, 4],)] = 0
    weights = make.builder.constant(values, "int8", scale=scales, axis=axis)
    biases = make.rng.integers(-500, 500, OUTPUTS)
    biases[[1, 4]] = bias
    image = (1, 12) if kind == "FULLY_CONNECTED" else (1, 5, 5, 4 if kind == "CONV_2D" else OUTPUTS)
    source = make.activation(image, scale=0.02, zero_point=-7)
    target = make.activation((*image[:-1], OUTPUTS), scale=0.05, zero_point=9)
    offsets = make.builder.constant(biases, "int32", scale=0.02 * scales)
    table = {
        "CONV_2D": options("Conv2D", strideH=1, strideW=1, padding=PADDINGS["same"]),
        "DEPTHWISE_CONV_2D": options(
            "DepthwiseConv2D", strideH=1, strideW=1, depthMultiplier=1, padding=PADDINGS["same"]
        ),
        "FULLY_CONNECTED": options("FullyConnected"),
    }[kind]
    make.builder.operator(kind, [source, weights, offsets], [target], table, version=3)
    return make.builder.finish(source, target)


@pytest.mark.parametrize("bias", [[0, 0], [2_000_000_000, -2_000_000_000], [400, -3]])
@pytest.mark.parametrize(
    ("kind", "fast"),
    [
        ("CONV_2D", "pairs_conv_2d_int8("),
        ("DEPTHWISE_CONV_2D", "depthwise_3x3_int8("),
        ("FULLY_CONNECTED", "dense_int8("),
    ],
)
def test_a_layer_with_idle_channels_is_fast_and_equals_the_reference(kind, fast, bias):
    model = layer_with_idle_channels(kind, bias)
    assert_equals_the_reference(model, micro=False)
    assert fast in compile_model(model, "model").files["model.c"]
