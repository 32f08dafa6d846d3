"""Channels without effect are dropped, with the weights that make and read them, and no byte changes."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.compile.native import build_native

from .builder import assert_equals_the_reference, options, random_inputs
from .operators import ACTIVATIONS, PADDINGS, Maker, output_size
from .passes import compile_without

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


class SparseMaker(Maker):
    """Chains of layers of which whole filters, or whole inputs, are zero."""

    def __init__(self, dtype, seed):
        super().__init__(dtype, seed)
        self.current = self.source = None

    def start(self, *shape, **quantization):
        self.current = self.source = self.activation((1, *shape), **quantization)
        return self

    def shape(self, tensor=None):
        return tuple(self.builder.graph.tensors[self.current if tensor is None else tensor].shape)

    def product(self, kind, outputs=8, kernel=(1, 1), stride=1, padding="same", dead_outputs=(), dead_inputs=(),
                bias=0, activation="relu6", zero_point=-128, per_channel=True, multiplier=1):  # fmt: skip
        """`bias`: that of the dead outputs."""
        shape = self.shape()
        channels = shape[-1]
        axis, table = 0, options("FullyConnected", fusedActivationFunction=ACTIVATIONS[activation])
        if kind == "FULLY_CONNECTED":
            sizes, target = (outputs, int(np.prod(shape))), (1, outputs)
        elif kind == "CONV_2D":
            sizes = (outputs, *kernel, channels)
        else:
            outputs, axis = channels * multiplier, 3
            sizes = (1, *kernel, outputs)
        if kind != "FULLY_CONNECTED":
            size = [output_size(n, k, stride, 1, padding) for n, k in zip(shape[1:3], kernel, strict=True)]
            target = (1, *size, outputs)
            name = "Conv2D" if kind == "CONV_2D" else "DepthwiseConv2D"
            table = options(name, strideH=stride, strideW=stride, padding=PADDINGS[padding],
                            fusedActivationFunction=ACTIVATIONS[activation])  # fmt: skip
            if kind == "DEPTHWISE_CONV_2D":
                table.depthMultiplier = multiplier
        weights = self.weights(sizes, axis, per_channel)
        buffer = self.builder.model.buffers[self.builder.graph.tensors[weights].buffer]
        dtype = np.dtype(self.dtype)
        values = buffer.data.view(dtype).reshape(sizes).copy()
        values = np.moveaxis(values, axis, 0)
        values[list(dead_outputs)] = 0
        if kind == "FULLY_CONNECTED":
            values.reshape(outputs, -1, channels)[..., list(dead_inputs)] = 0
        elif kind == "CONV_2D":
            values[..., list(dead_inputs)] = 0
        buffer.data = np.frombuffer(np.ascontiguousarray(np.moveaxis(values, 0, axis)).tobytes(), np.uint8)
        bias_tensor = self.bias(self.current, weights, outputs)
        buffer = self.builder.model.buffers[self.builder.graph.tensors[bias_tensor].buffer]
        biases = buffer.data.view("int32" if self.dtype == "int8" else "float32").copy()
        biases[list(dead_outputs)] = bias
        buffer.data = np.frombuffer(biases.tobytes(), np.uint8)
        made = self.activation(
            target, **({} if zero_point is None else {"scale": 0.02, "zero_point": zero_point})
        )
        self.builder.operator(kind, [self.current, weights, bias_tensor], [made], table, version=5)
        self.current = made
        return self

    def one(self, kind, shape=None, extra=(), table=None, same=True):
        """An operator with one computed input; its output has the same numbers, or the given ones."""
        found = self.builder.graph.tensors[self.current].quantization
        numbers = (
            {} if found is None else {"scale": float(found.scale[0]), "zero_point": int(found.zeroPoint[0])}
        )
        if not same:
            numbers = {"scale": 0.03, "zero_point": 5}
        made = self.activation(shape or self.shape(), **numbers)
        constants = [self.builder.constant(values, "int32") for values in extra]
        self.builder.operator(
            kind, [self.current, *constants], [made], table, version=1 if kind == "RESHAPE" else 2
        )
        self.current = made
        return self

    def join(self, kind, other, axis=3):
        shape = list(self.shape())
        found = self.builder.graph.tensors[self.current].quantization
        numbers = (
            {} if found is None else {"scale": float(found.scale[0]), "zero_point": int(found.zeroPoint[0])}
        )
        if kind == "CONCATENATION":
            shape[axis] += self.shape(other)[axis]
            table = options("Concatenation", axis=axis)
        else:
            table = options(kind.capitalize())
        made = self.activation(shape, **numbers)
        self.builder.operator(kind, [self.current, other], [made], table, version=2)
        self.current = made
        return self

    def finish(self):
        return self.builder.finish(self.source, self.current)


def macs_with_and_without(model, count=10, tolerance=0.0, micro=True):
    """MACs after the pass and before it, where both give the same bytes, which are the reference's."""
    compiled = assert_equals_the_reference(model, count=count, micro=micro)
    plain = compile_without(model, "drop_dead_channels")
    inputs = random_inputs(compiled.input, count, np.random.default_rng(1))
    ours, theirs = (build_native(each).invoke_batch(inputs) for each in (compiled, plain))
    if compiled.output.dtype == "int8":
        np.testing.assert_array_equal(ours, theirs)
    else:
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
    return compiled.macs, plain.macs


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_a_filter_of_zeros_goes_through_depthwise_layers_into_the_next_pointwise_one(dtype):
    make = SparseMaker(dtype, 1).start(6, 6, 3)
    make.product("CONV_2D", 8, (3, 3), dead_outputs=(1, 2, 5))
    make.product("DEPTHWISE_CONV_2D", kernel=(3, 3), stride=2)
    make.product("CONV_2D", 6, zero_point=None)
    less, all_of_it = macs_with_and_without(make.finish())
    assert all_of_it == 36 * 8 * 27 + 9 * 8 * 9 + 9 * 8 * 6
    # The depthwise layer's own bias makes its channels known, but not zero; a 1 x 1 kernel folds them.
    expected = 5 if dtype == "int8" else None
    if expected:
        assert less == 36 * 5 * 27 + 9 * 5 * 9 + 9 * 5 * 6


def test_a_constant_that_is_not_zero_stays_where_padding_would_show_it():
    def model(kernel, padding):
        make = SparseMaker("int8", 2).start(5, 5, 2)
        make.product("CONV_2D", 4, dead_outputs=(0, 3), bias=900)
        return make.product("CONV_2D", 4, kernel, padding=padding, zero_point=3, activation="none").finish()

    for kernel, padding, left in (((3, 3), "same", 4), ((3, 3), "valid", 2), ((1, 1), "same", 2)):
        less, _ = macs_with_and_without(model(kernel, padding))
        places = (25, 9)[padding == "valid"]
        assert less == 25 * 2 * left + places * 4 * left * kernel[0] * kernel[1]


def test_what_no_weight_reads_is_not_made():
    make = SparseMaker("int8", 3).start(4, 4, 3)
    make.product("CONV_2D", 8).product("DEPTHWISE_CONV_2D", kernel=(3, 3)).one("RELU", same=False)
    make.product("CONV_2D", 5, dead_inputs=(0, 1, 2, 6), zero_point=None)
    less, _ = macs_with_and_without(make.finish())
    assert less == 16 * (4 * 3 + 4 * 9 + 4 * 5)


def test_both_operands_of_a_sum_keep_what_either_needs():
    make = SparseMaker("int8", 4).start(4, 4, 3)
    make.product("CONV_2D", 8, dead_outputs=(0, 1, 2))
    first = make.current
    make.product("CONV_2D", 8, dead_outputs=(1, 2, 3), zero_point=-100)
    make.join("ADD", first)
    make.product("CONV_2D", 5, zero_point=None)
    less, _ = macs_with_and_without(make.finish())
    assert less == 16 * (6 * 3 + 6 * 6 + 6 * 5), "channels 1 and 2 are known on both sides"


def test_a_classifier_head_reads_fewer_channels():
    make = SparseMaker("int8", 5).start(4, 4, 3)
    make.product("CONV_2D", 8, dead_outputs=(0, 4, 5, 7))
    make.one("MEAN", (1, 8), [[1, 2]], options("Reducer", keepDims=False))
    make.product("FULLY_CONNECTED", 3, zero_point=None)
    less, _ = macs_with_and_without(make.finish())
    assert less == 16 * 4 * 3 + 4 * 3


def test_channels_stay_apart_in_a_flattened_image():
    make = SparseMaker("int8", 6).start(4, 4, 3)
    make.product("CONV_2D", 8, dead_outputs=(0, 4, 5), bias=700)
    make.one(
        "MAX_POOL_2D",
        (1, 2, 2, 8),
        table=options("Pool2D", strideH=2, strideW=2, filterHeight=2, filterWidth=2),
    )
    make.one("RESHAPE", (1, 32), [[1, 32]], options("Reshape", newShape=[1, 32]))
    make.product("FULLY_CONNECTED", 3, zero_point=None)
    less, _ = macs_with_and_without(make.finish())
    assert less == 16 * 5 * 3 + 4 * 5 * 3


@pytest.mark.parametrize("axis", [3, 2])
def test_a_concatenation_loses_channels_or_whole_inputs(axis):
    make = SparseMaker("int8", 7).start(4, 4, 3)
    make.product("CONV_2D", 4, dead_outputs=(0, 1, 2, 3))
    first = make.current
    make.current = make.source
    make.product("CONV_2D", 4, dead_outputs=(1, 2)).join("CONCATENATION", first, axis)
    make.product("CONV_2D", 3, zero_point=None)
    less, _ = macs_with_and_without(make.finish())
    assert less == (16 * 2 * 3 + 16 * 2 * 3 if axis == 3 else 16 * 4 * 3 + 32 * 2 * 3)


def test_a_sum_with_a_branch_that_is_wholly_known_reads_a_constant():
    make = SparseMaker("int8", 8).start(4, 4, 3)
    make.product("CONV_2D", 4)
    first = make.current
    make.product("CONV_2D", 4, dead_outputs=(0, 1, 2, 3), bias=300)
    make.join("ADD", first).product("CONV_2D", 3, zero_point=None)
    less, _ = macs_with_and_without(make.finish())
    assert less == 16 * 4 * 3 + 16 * 4 * 3


def test_a_layer_of_which_nothing_is_left_keeps_one_channel():
    make = SparseMaker("int8", 9).start(4, 4, 3)
    make.product("CONV_2D", 4, dead_outputs=range(4), bias=10).product("CONV_2D", 4, dead_outputs=range(3))
    less, _ = macs_with_and_without(make.product("CONV_2D", 3, zero_point=None).finish())
    assert less < 16 * (4 * 3 + 4 * 4 + 4 * 3)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_chain_of_sparse_layers_keeps_its_bytes(data):
    draw = data.draw
    make = SparseMaker("int8", draw(st.integers(0, 2**32 - 1)))
    make.start(draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 4)))
    some = st.sets(st.integers(0, 5), max_size=5)
    earlier = []
    for _ in range(draw(st.integers(2, 6))):
        channels = make.shape()[-1]
        kind = draw(
            st.sampled_from(
                ["CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "MUL", "CONCATENATION", "RELU"]
            )
        )
        partners = [tensor for tensor in earlier if make.shape(tensor) == make.shape()]
        earlier.append(make.current)
        if kind in ("ADD", "MUL", "CONCATENATION"):
            if kind == "CONCATENATION":
                partners = [tensor for tensor in partners if same_numbers(make, tensor)]
            if partners:
                make.join(kind, draw(st.sampled_from(partners)))
        elif kind == "RELU":
            make.one("RELU", same=draw(st.booleans()))
        else:
            outputs = draw(st.integers(1, 6)) if kind == "CONV_2D" else channels
            make.product(
                kind, outputs, (draw(st.integers(1, 3)), draw(st.integers(1, 3))), draw(st.integers(1, 2)),
                dead_outputs=[each for each in draw(some) if each < outputs],
                dead_inputs=[each for each in draw(some) if each < channels],
                bias=draw(st.sampled_from([0, 0, 250, -900])), zero_point=draw(st.sampled_from([-128, -128, 0, 127])),
                activation=draw(st.sampled_from(["none", "relu6"])), per_channel=draw(st.booleans()),
            )  # fmt: skip
    make.product("FULLY_CONNECTED", draw(st.integers(1, 4)), zero_point=None, per_channel=draw(st.booleans()))
    less, all_of_it = macs_with_and_without(make.finish(), micro=False)
    assert less <= all_of_it


def same_numbers(make, tensor):
    found, other = (make.builder.graph.tensors[index].quantization for index in (tensor, make.current))
    return (found.scale[0], found.zeroPoint[0]) == (other.scale[0], other.zeroPoint[0])


BLOCKS = (
    (16, 1, 0),
    (32, 2, 0),
    (32, 1, 8),
    (64, 2, 20),
    (64, 1, 40),
    (128, 2, 100),
    (128, 1, 110),
    (256, 2, 230),
)


def pruned_mobilenet() -> bytes:
    """MobileNetV1 0.25 as in MLPerf Tiny, smaller, of whose late pointwise filters most are zero."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    source = keras.Input((48, 48, 3), batch_size=1)
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same")(source)
    x = keras.layers.ReLU(6.0)(x)
    for filters, strides, _ in BLOCKS:
        x = keras.layers.DepthwiseConv2D(
            3, strides=strides, padding="same", bias_initializer="random_normal"
        )(x)
        x = keras.layers.ReLU(6.0)(x)
        x = keras.layers.Conv2D(filters, 1, bias_initializer="random_normal", name=f"p{filters}_{strides}")(x)
        x = keras.layers.ReLU(6.0)(x)
    x = keras.layers.AveragePooling2D(x.shape[1])(x)
    x = keras.layers.Flatten()(x)
    model = keras.Model(source, keras.layers.Dense(2, activation="softmax")(x))
    rng = np.random.default_rng(0)
    for filters, strides, dead in BLOCKS:
        layer = model.get_layer(f"p{filters}_{strides}")
        kernel, bias = (each.numpy() for each in layer.weights)
        chosen = rng.choice(filters, dead, replace=False)
        kernel[..., chosen] = 0
        bias[chosen] = 0
        layer.set_weights([kernel, bias])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: (
        [rng.uniform(-1, 1, (1, 48, 48, 3)).astype(np.float32)] for _ in range(8)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def test_a_mobilenet_of_mostly_dead_filters_shrinks_to_the_live_ones():
    model = pruned_mobilenet()
    compiled = assert_equals_the_reference(model, count=12)
    plain = compile_without(model, "drop_dead_channels")
    live, size, expected = 8, 24, 24 * 24 * 8 * 27
    for filters, strides, dead in BLOCKS:
        size = -(-size // strides)
        expected += size * size * live * (9 + filters - dead)
        live = filters - dead
    assert compiled.macs == expected + live * 2
    assert compiled.macs < 0.53 * plain.macs
    assert compiled.weights_bytes < 0.3 * plain.weights_bytes
