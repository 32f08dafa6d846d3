"""A dilated convolution, as TensorFlow writes it, becomes one convolution with the bytes of the whole chain."""

import numpy as np
import pytest

from pipelines.compile import UnsupportedOpError, compile_model

from .builder import assert_equals_the_reference, options
from .operators import ACTIVATIONS, Maker

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
BOTH = pytest.mark.parametrize("dtype", ["int8", "float32"])


def dilated(
    dtype, size, kernel, block, paddings, crops, channels=3, outputs=4, depthwise=False, activation="none",
    pad=None, seed=0,
):  # fmt: skip
    """SPACE_TO_BATCH_ND, convolution, BATCH_TO_SPACE_ND over a signal (one size) or an image (two)."""
    make = Maker(dtype, seed)
    axes, batch = len(size), int(np.prod(block))
    before = {} if dtype == "float32" else {"scale": 0.05, "zero_point": 9}
    after = {} if dtype == "float32" else {"scale": 0.11, "zero_point": -20}
    outputs = channels if depthwise else outputs
    source = image = make.activation((1, *size, channels), **before)
    if pad is not None:
        amounts = [[0, 0], *pad, [0, 0]]
        padded = [length + sum(pair) for length, pair in zip(size, pad, strict=True)]
        image = make.activation((1, *padded, channels), **before)
        make.builder.operator(
            "PAD", [source, make.builder.constant(amounts)], [image], options("Pad"), version=2
        )
        size = padded
    inner = [(length + sum(pair)) // step for length, pair, step in zip(size, paddings, block, strict=True)]
    result = [length - reach + 1 for length, reach in zip(inner, kernel[-axes:], strict=True)]
    final = [length * step - sum(pair) for length, step, pair in zip(result, block, crops, strict=True)]
    spread = make.activation((batch, *inner, channels), **before)
    tensors = [make.builder.constant(values) for values in (block, paddings, crops)]
    make.builder.operator(
        "SPACE_TO_BATCH_ND", [image, *tensors[:2]], [spread], options("SpaceToBatchND"), version=2
    )
    extra = [1] * (2 - axes)
    if axes == 1:
        spread = view(make, spread, (batch, *extra, *inner, channels), before)
    shape = (1, *kernel, outputs) if depthwise else (outputs, *kernel, channels)
    weights = make.weights(shape, 3 if depthwise else 0, True)
    convolved = make.activation((batch, *extra, *result, outputs), **after)
    kind = "DepthwiseConv2D" if depthwise else "Conv2D"
    fields = {"strideH": 1, "strideW": 1, "padding": 1, "fusedActivationFunction": ACTIVATIONS[activation]}
    make.builder.operator(
        "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D",
        [spread, weights, make.bias(spread, weights, outputs)],
        [convolved],
        options(kind, **fields, **({"depthMultiplier": 1} if depthwise else {})),
        version=3,
    )
    if axes == 1:
        convolved = view(make, convolved, (batch, *result, outputs), after)
    target = make.activation((1, *final, outputs), **after)
    make.builder.operator(
        "BATCH_TO_SPACE_ND",
        [convolved, tensors[0], tensors[2]],
        [target],
        options("BatchToSpaceND"),
        version=2,
    )
    return make.builder.finish(source, target)


def view(make, tensor, shape, quantization):
    result = make.activation(shape, **quantization)
    make.builder.operator("RESHAPE", [tensor, make.builder.constant(list(shape))], [result])
    return result


SIGNALS = [
    {"size": (40,), "kernel": (1, 3), "block": [4], "paddings": [[4, 4]], "crops": [[0, 0]]},
    {
        "size": (37,),
        "kernel": (1, 3),
        "block": [3],
        "paddings": [[0, 2]],
        "crops": [[0, 2]],
        "activation": "relu",
    },
    {"size": (40,), "kernel": (1, 5), "block": [2], "paddings": [[0, 0]], "crops": [[0, 0]], "pad": [[8, 0]]},
    {
        "size": (20,),
        "kernel": (1, 3),
        "block": [2],
        "paddings": [[2, 2]],
        "crops": [[0, 0]],
        "depthwise": True,
    },
]
IMAGES = [
    {"size": (12, 13), "kernel": (3, 3), "block": [2, 2], "paddings": [[0, 0], [0, 1]], "crops": [[0, 0], [0, 1]]},
    {"size": (8, 9), "kernel": (3, 2), "block": [2, 3], "paddings": [[2, 2], [3, 3]], "crops": [[0, 0], [0, 0]],
     "activation": "relu6"},
    {"size": (9, 9), "kernel": (3, 3), "block": [3, 3], "paddings": [[3, 3], [3, 3]], "crops": [[0, 0], [0, 0]],
     "depthwise": True},
    {"size": (6, 6), "kernel": (3, 3), "block": [2, 2], "paddings": [[0, 0], [1, 1]], "crops": [[0, 0], [0, 0]],
     "pad": [[2, 2], [1, 1]]},
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("case", [*SIGNALS, *IMAGES], ids=str)
def test_a_dilated_convolution_is_one_layer_and_equals_the_reference(case, dtype):
    compiled = assert_equals_the_reference(dilated(dtype, **case), count=4, micro=False)
    assert [layer.op for layer in compiled.layers] in (["CONV_2D"], ["DEPTHWISE_CONV_2D"])


def test_a_batch_that_is_no_dilated_convolution_is_refused():
    make = Maker("int8", 0)
    given = {"scale": 0.1, "zero_point": 0}
    source, target = make.activation((1, 4, 4, 2), **given), make.activation((4, 2, 2, 2), **given)
    operands = [make.builder.constant([2, 2]), make.builder.constant([[0, 0], [0, 0]])]
    make.builder.operator(
        "SPACE_TO_BATCH_ND", [source, *operands], [target], options("SpaceToBatchND"), version=2
    )
    with pytest.raises(UnsupportedOpError, match="SPACE_TO_BATCH_ND is not supported"):
        compile_model(make.builder.finish(source, target), "model")


@BOTH
def test_the_padding_of_a_causal_signal_is_the_convolutions_own(dtype):
    make = Maker(dtype, 0)
    given = {} if dtype == "float32" else {"scale": 0.05, "zero_point": 9}
    source, padded = make.activation((1, 20, 3), **given), make.activation((1, 24, 3), **given)
    amounts = make.builder.constant([[0, 0], [4, 0], [0, 0]])
    make.builder.operator("PAD", [source, amounts], [padded], options("Pad"), version=2)
    image = view(make, padded, (1, 1, 24, 3), given)
    weights, target = make.weights((4, 1, 5, 3), 0, True), make.activation((1, 1, 20, 4))
    table = options("Conv2D", strideH=1, strideW=1, padding=1)
    make.builder.operator(
        "CONV_2D", [image, weights, make.bias(image, weights, 4)], [target], table, version=3
    )
    compiled = assert_equals_the_reference(make.builder.finish(source, target), micro=False)
    assert [layer.op for layer in compiled.layers] == ["CONV_2D"]
