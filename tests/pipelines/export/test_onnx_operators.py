"""Every operator of the ONNX export against the compiled code, whose integers equal TFLite's reference."""

import numpy as np
import onnx
import onnxruntime
import pytest

from pipelines.compile import compile_model
from pipelines.compile.errors import UnsupportedOpError
from pipelines.compile.native import build_native
from pipelines.export.onnx import onnx_model
from tests.pipelines.compile import operators, operators_shapes
from tests.pipelines.compile.builder import options, random_inputs


def joined(dtype):
    """An input beside itself."""
    make = operators.Maker(dtype, 15)
    quantization = operators.quantized(make.rng)
    source = make.activation((1, 3, 4, 2), **quantization)
    target = make.activation((1, 3, 4, 4), **quantization)
    make.builder.operator("CONCATENATION", [source, source], [target], options("Concatenation", axis=3))
    return make.builder.finish(source, target)


ROUNDED = {
    "convolution": lambda dtype: operators.convolution(dtype),
    "strided convolution": lambda dtype: operators.convolution(
        dtype, 1, stride=(2, 3), kernel=(3, 2), activation="relu6"
    ),
    "dilated convolution": lambda dtype: operators.convolution(
        dtype, 2, dilation=(2, 1), padding="valid", activation="relu"
    ),
    "grouped convolution": lambda dtype: operators.convolution(
        dtype, 3, channels=6, outputs=4, groups=2, bias=False
    ),
    "depthwise": lambda dtype: operators.depthwise(dtype, 4, stride=(2, 2)),
    "depthwise, two a channel": lambda dtype: operators.depthwise(dtype, 5, multiplier=2, per_channel=False),
    "dense": lambda dtype: operators.dense(dtype, 6),
    "dense, per channel": lambda dtype: operators.dense(dtype, 7, per_channel=True, activation="relu"),
    "average pool": lambda dtype: operators.pool("AVERAGE_POOL_2D", dtype, 8),
    "average pool over the border": lambda dtype: operators.pool("AVERAGE_POOL_2D", dtype, 9, padding="same"),
    "max pool": lambda dtype: operators.pool("MAX_POOL_2D", dtype, 10, padding="same"),
    "mean": lambda dtype: operators.mean(dtype, 11),
    "mean of rows": lambda dtype: operators.mean(dtype, 12, shape=(1, 9, 7), axes=(1,), keep_dims=True),
    "add": lambda dtype: operators.binary("ADD", dtype, 13, activation="relu"),
    "pad": lambda dtype: operators.pad(dtype, 14),
    "concatenation": joined,
    "transpose": lambda dtype: operators_shapes.transpose(dtype, (1, 2, 3, 4), (0, 3, 1, 2)),
}
WITHIN_A_STEP = {
    "sub": lambda dtype: operators.binary("SUB", dtype, 16),
    "mul": lambda dtype: operators.binary("MUL", dtype, 17, constant_first=True),
    "logistic": lambda dtype: operators.unary(
        "LOGISTIC", dtype, 18, quantization={"scale": 1 / 256, "zero_point": -128}
    ),
    "tanh": lambda dtype: operators.unary("TANH", dtype, 19, quantization={"scale": 1 / 128, "zero_point": 0}),
    "softmax": lambda dtype: operators.unary(
        "SOFTMAX", dtype, 20, table=options("Softmax", beta=1.0),
        quantization={"scale": 1 / 256, "zero_point": -128},
    ),
    "relu": lambda dtype: operators.unary("RELU", dtype, 21, same=True),
}  # fmt: skip


def compared(model, count=30):
    """(ours, theirs) of random inputs, each ``[count, values]``."""
    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, count, np.random.default_rng(5))
    theirs = build_native(compiled).invoke_batch(inputs).reshape(count, -1)
    exported = onnx_model(model)
    session = onnxruntime.InferenceSession(exported, providers=["CPUExecutionProvider"])
    rows = inputs.reshape(count, *compiled.input.shape[1:])
    return session.run(None, {"features": rows})[0].reshape(count, -1), theirs


@pytest.mark.parametrize("name", [*ROUNDED, *WITHIN_A_STEP])
def test_float32_operators_agree(name):
    ours, theirs = compared({**ROUNDED, **WITHIN_A_STEP}[name]("float32"))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * max(1, float(np.abs(theirs).max())))


@pytest.mark.parametrize("name", ROUNDED)
def test_int8_operators_that_round_agree_in_every_byte(name):
    ours, theirs = compared(ROUNDED[name]("int8"))
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", WITHIN_A_STEP)
def test_other_int8_operators_are_at_most_a_step_apart(name):
    ours, theirs = compared(WITHIN_A_STEP[name]("int8"))
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_without_exact_rounding_a_layer_is_three_operators():
    model = onnx.load_from_string(onnx_model(operators.dense("int8", 6), exact=False))
    kinds = [node.op_type for node in model.graph.node if node.op_type != "DequantizeLinear"]
    assert kinds == ["Gemm", "QuantizeLinear"]


def test_an_operator_without_a_counterpart_is_named_with_those_that_there_are():
    model = operators_shapes.move("REVERSE_V2", "float32", (1, 4), (1, 4), [[1]])
    with pytest.raises(UnsupportedOpError, match=r"REVERSE_V2.*exported are ABS, ADD"):
        onnx_model(model)


def test_a_constant_that_is_joined_has_no_batch_and_is_refused():
    with pytest.raises(UnsupportedOpError, match="joins a constant"):
        onnx_model(operators.concatenation("int8", 15))
