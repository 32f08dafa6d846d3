"""How far the output of a sliding window may lie in its input: as far as no value is overwritten that is yet needed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile import compile_model
from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.kernels import Step
from pipelines.compile.kernels.spatial import Window
from pipelines.compile.trails import possible_trails, step_trails

from . import operators
from .builder import assert_equals_the_reference


@st.composite
def windows(draw):
    """A window, the shape of its image and the channels of its output."""

    def axis():
        kernel, stride, dilation = (draw(st.integers(1, most)) for most in (4, 3, 2))
        reach = (kernel - 1) * dilation + 1
        before, after = draw(st.integers(0, reach - 1)), draw(st.integers(0, reach - 1))
        size = draw(st.integers(max(1, reach - before - after), 7))
        return kernel, stride, dilation, before, (size + before + after - reach) // stride + 1, size

    rows, columns = axis(), axis()
    kernel, stride, dilation, before, output, size = zip(rows, columns, strict=True)
    return (
        Window(kernel, stride, dilation, before, output),
        (1, *size, draw(st.integers(1, 5))),
        draw(st.integers(1, 5)),
    )


def overwrites(window, image, channels, shift, gathers):
    """Whether a pixel is computed from a byte that was written before, when the output begins at `shift`."""
    _, height, width, depth = image
    written = set()
    for y in range(window.output[0]):
        for x in range(window.output[1]):
            rows = [
                y * window.stride[0] - window.pad_before[0] + k * window.dilation[0]
                for k in range(window.kernel[0])
            ]
            columns = [
                x * window.stride[1] - window.pad_before[1] + k * window.dilation[1]
                for k in range(window.kernel[1])
            ]
            needed = {
                (row * width + column) * depth + c
                for row in rows
                for column in columns
                for c in range(depth)
                if 0 <= row < height and 0 <= column < width
            }
            first = shift + (y * window.output[1] + x) * channels
            writes = set(range(first, first + channels))
            if needed & (written if gathers else written | writes):
                return True
            written |= writes
    return False


@settings(deadline=None, derandomize=True, max_examples=300)
@given(windows(), st.booleans())
def test_no_value_is_overwritten_that_a_later_pixel_needs(case, gathers):
    window, shape, channels = case
    image = Tensor(0, "image", shape, DType.INT8)
    output = Tensor(1, "output", (1, *window.output, channels), DType.INT8)
    for most in window.trails(image, output, gathers).values():
        for shift in (most, most - 1, most - 7):
            assert not overwrites(window, shape, channels, shift, gathers)


def test_a_trail_is_as_long_as_it_can_be():
    window = Window((3, 3), (1, 1), (1, 1), (1, 1), (6, 5))
    image, output = (Tensor(index, "", (1, 6, 5, 4), DType.INT8) for index in (0, 1))
    most = window.trails(image, output, True)[0]
    assert most == -(5 + 1) * 4, "one row and one pixel"
    assert overwrites(window, image.shape, 4, most + 1, True)


def test_a_1_x_1_convolution_to_more_channels_writes_in_front_of_what_it_reads():
    window = Window((1, 1), (1, 1), (1, 1), (0, 0), (6, 5))
    image, output = Tensor(0, "", (1, 6, 5, 4), DType.INT8), Tensor(1, "", (1, 6, 5, 8), DType.INT8)
    assert window.trails(image, output, True) == {0: -4 * 29}


def graph_of(inputs, sizes):
    tensors = tuple(Tensor(index, f"t{index}", (size,), DType.INT8) for index, size in enumerate(sizes))
    return Graph(tensors, (Operator(0, "OP", inputs, (len(sizes) - 1,)),), 0, len(sizes) - 1)


def test_what_is_read_through_two_inputs_must_allow_it_in_both():
    graph = graph_of((0, 0), [8, 8])
    assert not possible_trails(graph, Step("f()", "f.h", in_place_inputs=(0,)), 0)
    assert possible_trails(graph, Step("f()", "f.h", in_place_inputs=(0, 1)), 0)
    assert not possible_trails(graph, Step("f()", "f.h", trails={0: 0}), 0)


def test_an_input_that_is_read_later_keeps_its_bytes():
    graph = graph_of((0,), [8, 8])
    steps = [Step("f()", "f.h", in_place_inputs=(0,))]
    assert step_trails(graph, steps, 0, {0: (0, 0)})
    assert not step_trails(graph, steps, 0, {0: (0, 1)})


MODELS = {
    "conv": operators.convolution("int8", height=9, width=7, channels=8, outputs=8),
    "conv_dilated": operators.convolution("int8", height=9, width=7, channels=4, outputs=6, dilation=(2, 2)),
    "conv_strided": operators.convolution("int8", height=9, width=7, channels=3, outputs=9, stride=(2, 2)),
    "pointwise_to_more": operators.convolution(
        "int8", height=9, width=7, channels=4, outputs=9, kernel=(1, 1)
    ),
    "pointwise_to_fewer": operators.convolution(
        "int8", height=9, width=7, channels=9, outputs=4, kernel=(1, 1)
    ),
    "groups": operators.convolution("int8", height=9, width=7, channels=6, outputs=4, groups=2),
    "conv_float32": operators.convolution("float32", height=9, width=7, channels=8, outputs=8),
    "pointwise_float32": operators.convolution(
        "float32", height=9, width=7, channels=8, outputs=8, kernel=(1, 1)
    ),
    "conv_int16": operators.convolution("int16", height=9, width=7, channels=8, outputs=8),
    "depthwise": operators.depthwise("int8", height=9, width=7, channels=8),
    "depthwise_strided": operators.depthwise("int8", height=9, width=7, channels=8, stride=(2, 2)),
    "depthwise_multiplied": operators.depthwise("int8", height=9, width=7, channels=3, multiplier=2),
    "depthwise_float32": operators.depthwise("float32", height=9, width=7, channels=8),
    "max_pool": operators.pool("MAX_POOL_2D", "int8"),
    "average_pool": operators.pool("AVERAGE_POOL_2D", "float32"),
    "quantize": operators.conversion("QUANTIZE"),
    "dequantize": operators.conversion("DEQUANTIZE"),
}


@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
@pytest.mark.parametrize("name", MODELS)
def test_a_layer_that_overwrites_its_input_equals_the_reference(name):
    model = MODELS[name]
    compiled = compile_model(model, "model")
    sizes = [info.elements * np.dtype(info.dtype).itemsize for info in (compiled.input, compiled.output)]
    assert compiled.arena_bytes < sum(sizes) + compiled.layers[0].scratch_bytes, (
        "input and output share bytes"
    )
    assert_equals_the_reference(model, micro=False)
