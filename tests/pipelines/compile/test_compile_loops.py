"""Loops: Keras's recurrent layers as they are exported, and WHILE as it may come."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from pipelines.compile import ModelFormatError, UnsupportedOpError, compile_model

from .builder import ModelBuilder, assert_equals_the_reference, options

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*tf.lite.Interpreter is deprecated", "ignore:Statistics for quantized inputs"
)

STEPS, CHANNELS = 6, 3


def recurrent(layer, unroll):
    source = keras.Input((STEPS, CHANNELS), batch_size=1)
    hidden = getattr(keras.layers, layer)(5, unroll=unroll)(source)
    return keras.Model(source, keras.layers.Dense(3, activation="softmax")(hidden))


def converted(model, int8):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if int8:
        rng = np.random.default_rng(0)
        shape = (1, STEPS, CHANNELS)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [rng.standard_normal(shape).astype(np.float32)] for _ in range(20)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "SimpleRNN"])
def test_a_recurrent_layer_that_keras_exports_as_a_loop_equals_the_reference(layer):
    compiled = assert_equals_the_reference(converted(recurrent(layer, False), False), micro=False)
    assert not any(found.op == "WHILE" for found in compiled.layers)


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "SimpleRNN"])
def test_an_unrolled_recurrent_layer_in_int8_equals_the_reference(layer):
    assert_equals_the_reference(converted(recurrent(layer, True), True), micro=False)


def test_the_turns_of_a_loop_share_their_weights():
    model = recurrent("GRU", False)
    compiled = compile_model(converted(model, False), "model")
    assert compiled.weights_bytes < 4 * model.count_params() + 300, "once, not once a turn"


class Loop(ModelBuilder):
    """x doubled until a counter reaches its limit; the counter and the limit are carried along."""

    def __init__(self, limit=None, condition="LESS"):
        super().__init__()
        counter, source = self.constant(0), self.tensor((1, 4), "float32")
        bound = self.constant(3) if limit is None else limit(self, source)
        ends = [self.tensor((), "int32"), self.tensor((), "int32"), self.tensor((1, 4), "float32")]
        self.operator(
            "WHILE",
            [counter, bound, source],
            ends,
            options("While", condSubgraphIndex=1, bodySubgraphIndex=2),
        )
        self.finished = (source, ends[2])
        self.condition(condition)
        self.body()
        self.graph = self.model.subgraphs[0]

    def carried(self):
        self.subgraph()
        return [self.tensor((), "int32"), self.tensor((), "int32"), self.tensor((1, 4), "float32")]

    def condition(self, kind):
        inputs = self.carried()
        answer = self.tensor((), "bool")
        self.operator(kind, inputs[:2], [answer], options(kind.capitalize()))
        self.graph.inputs, self.graph.outputs = inputs, [answer]

    def body(self):
        inputs = self.carried()
        one, counter, doubled = self.constant(1), self.tensor((), "int32"), self.tensor((1, 4), "float32")
        self.operator("ADD", [inputs[0], one], [counter], options("Add"))
        self.operator("ADD", [inputs[2], inputs[2]], [doubled], options("Add"))
        self.graph.inputs, self.graph.outputs = inputs, [counter, inputs[1], doubled]

    def bytes(self):
        return self.finish(*self.finished)


def test_a_loop_with_a_fixed_number_of_turns_is_written_out():
    compiled = assert_equals_the_reference(Loop().bytes(), micro=False)
    assert [layer.op for layer in compiled.layers] == ["ADD", "ADD", "ADD"]


def test_a_loop_that_depends_on_the_data_is_refused_with_what_to_do():
    def from_data(loop, source):
        bound = loop.tensor((), "int32")
        loop.operator("ARG_MAX", [source, loop.constant([1])], [bound], options("ArgMax"))
        return bound

    with pytest.raises(UnsupportedOpError, match="fixed number of time steps"):
        compile_model(Loop(from_data).bytes(), "model")


def test_a_loop_without_end_is_refused():
    with pytest.raises(UnsupportedOpError, match=r"over \d+ operators"):
        compile_model(Loop(condition="GREATER", limit=lambda loop, _: loop.constant(-1)).bytes(), "model")


def test_a_loop_that_calls_no_function_is_refused():
    loop = Loop()
    loop.graph.operators[0].builtinOptions.bodySubgraphIndex = 9
    with pytest.raises(ModelFormatError, match="calls subgraph 9"):
        compile_model(loop.bytes(), "model")
