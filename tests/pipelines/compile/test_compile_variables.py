"""Resource variables: models that carry their past from one inference to the next."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

from pipelines.compile import ModelFormatError, UnsupportedOpError, compile_model
from pipelines.compile.native import build_native

from .builder import ModelBuilder, options, random_inputs

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*tf.lite.Interpreter is deprecated", "ignore:Statistics for quantized inputs"
)


class Stream(tf.Module):
    """A convolution over the last six steps in time, given two at a time."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.past = tf.Variable(tf.constant(rng.standard_normal((1, 6, 4)), tf.float32))
        self.kernel = tf.constant(rng.standard_normal((3, 4, 5)), tf.float32)
        self.dense = tf.constant(rng.standard_normal((20, 3)), tf.float32)

    @tf.function(input_signature=[tf.TensorSpec((1, 2, 4), tf.float32)])
    def step(self, news):
        known = tf.concat([self.past[:, 2:], news], axis=1)
        self.past.assign(known)
        found = tf.nn.relu(tf.nn.conv1d(known, self.kernel, 1, "VALID"))
        return tf.nn.softmax(tf.reshape(found, (1, 20)) @ self.dense)


def streaming(int8):
    stream = Stream()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([stream.step.get_concrete_function()], stream)
    converter.experimental_enable_resource_variables = True
    if int8:
        rng = np.random.default_rng(0)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [rng.standard_normal((1, 2, 4)).astype(np.float32)] for _ in range(20)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def in_a_row(model, inputs):
    """The reference's outputs; it keeps its variables between inferences."""
    reference = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=model, experimental_op_resolver_type=reference)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for values in inputs:
        interpreter.set_tensor(source["index"], values.reshape(source["shape"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]).copy())
    return np.stack(outputs)


@pytest.mark.parametrize("int8", [False, True])
def test_a_streaming_model_equals_the_reference_inference_by_inference(int8):
    model = streaming(int8)
    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, 12, np.random.default_rng(2))
    ours = build_native(compiled).invoke_sequence(inputs)
    theirs = in_a_row(model, inputs).reshape(ours.shape)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=0 if int8 else 1e-6)
    assert "model_reset" in compiled.files["model.h"]


class Counter(ModelBuilder):
    """output = old value + input, where the old value was read before the variable was set to the input."""

    def __init__(self, shape=(1, 3), first=True):
        super().__init__()
        handle, old = self.handle(), self.tensor(shape, "float32")
        self.source, self.target = self.tensor((1, 3), "float32"), self.tensor((1, 3), "float32")
        if first:
            self.operator("CALL_ONCE", [], [], options("CallOnce", initSubgraphIndex=1))
        self.named(handle)
        self.operator("READ_VARIABLE", [handle], [old], options("ReadVariable"))
        self.operator("ASSIGN_VARIABLE", [handle, self.source], [], options("AssignVariable"))
        self.operator("ADD", [old, self.source], [self.target], options("Add"))
        self.subgraph()
        handle = self.handle()
        self.named(handle)
        begin = self.constant(np.float32([[1, 2, 3]]), "float32")
        self.operator("ASSIGN_VARIABLE", [handle, begin], [], options("AssignVariable"))
        self.graph.inputs, self.graph.outputs = [], []
        self.graph = self.model.subgraphs[0]

    def handle(self):
        handle = self.tensor((), "int32")
        self.graph.tensors[handle].type = schema.TensorType.RESOURCE
        return handle

    def named(self, handle):
        self.operator("VAR_HANDLE", [], [handle], options("VarHandle", container="", sharedName="past"))

    def bytes(self):
        return self.finish(self.source, self.target)


def test_what_was_read_before_an_assignment_stays_what_it_was():
    native = build_native(compile_model(Counter().bytes(), "model"))
    inputs = np.float32([[[10, 20, 30]], [[100, 200, 300]], [[0, 0, 0]]])
    expected = np.float32([[11, 22, 33], [110, 220, 330], [100, 200, 300]])
    np.testing.assert_array_equal(native.invoke_sequence(inputs), expected)
    np.testing.assert_array_equal(in_a_row(Counter().bytes(), inputs)[:, 0], expected)


def test_without_a_first_value_a_variable_begins_with_zeros():
    native = build_native(compile_model(Counter(first=False).bytes(), "model"))
    np.testing.assert_array_equal(native.invoke_batch(np.float32([[[10, 20, 30]]])), [[10, 20, 30]])


def test_a_variable_that_changes_its_shape_is_refused():
    with pytest.raises(ModelFormatError, match="variable of"):
        compile_model(Counter(shape=(1, 1)).bytes(), "model")


def test_a_first_value_that_is_computed_is_refused_with_what_to_do():
    model = Counter()
    model.model.subgraphs[1].operators[1].inputs[1] = model.model.subgraphs[1].operators[0].outputs[0]
    with pytest.raises(UnsupportedOpError, match="constant initial values"):
        compile_model(model.bytes(), "model")
