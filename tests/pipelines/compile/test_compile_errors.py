"""A model that cannot be compiled says why; broken bytes never crash the compiler."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile import CompileError, ModelFormatError, UnsupportedOpError, compile_model

from . import operators
from .builder import ModelBuilder, options
from .test_compile_random_graphs import GraphMaker


def small_model() -> bytes:
    maker = GraphMaker(2, 5, 4, 3)
    for choice in ("conv", "join", "pad", "pool", "concatenate", "reshape"):
        maker.grow(choice, 3)
    maker.classify(4)
    return maker.finish()


MODEL = small_model()


def compiles_or_explains(model: bytes) -> None:
    """Anything but a `CompileError` fails the test."""
    with contextlib.suppress(CompileError):
        compile_model(model, "model")


def test_an_unsupported_operator_is_named_with_its_layer_and_a_cure():
    builder = ModelBuilder()
    source = builder.tensor((1, 8), "float32", name="serving_default")
    target = builder.tensor((1, 8), "float32", name="functional_1/wave/Sin;other")
    builder.operator("SIN", [source], [target])
    with pytest.raises(
        UnsupportedOpError, match=r"layer 'wave/Sin': SIN is not supported; replace the layer"
    ) as caught:
        compile_model(builder.finish(source, target), "model")
    assert (caught.value.op, caught.value.layer) == ("SIN", "wave/Sin")
    assert "CONV_2D" in caught.value.cure


def test_a_custom_operator_is_named():
    builder = ModelBuilder()
    source, target = builder.tensor((1, 8), "float32"), builder.tensor((1, 8), "float32")
    builder.operator("CUSTOM", [source], [target], custom="MyOp")
    with pytest.raises(UnsupportedOpError, match="CUSTOM MyOp is not supported"):
        compile_model(builder.finish(source, target), "model")


def test_a_model_of_plain_int32_is_refused_with_what_to_do():
    builder = ModelBuilder()
    source = builder.tensor((1, 8), "int32")
    target = builder.tensor((1, 8), "int32")
    builder.operator("RELU", [source], [target])
    with pytest.raises(CompileError, match="convert the model with full int8 quantization"):
        compile_model(builder.finish(source, target), "model")


def test_a_model_with_two_inputs_is_refused():
    builder = ModelBuilder()
    first, second, target = (builder.tensor((1, 8), "float32") for _ in range(3))
    builder.operator("ADD", [first, second], [target], options("Add"))
    with pytest.raises(ModelFormatError, match="2 inputs; exactly one compiles"):
        compile_model(builder.finish([first, second], target), "model")


def test_a_batch_above_one_is_refused_with_what_to_do():
    builder = ModelBuilder()
    source, target = builder.tensor((2, 4, 4, 1), "float32"), builder.tensor((2, 2, 2, 1), "float32")
    table = options("Pool2D", strideH=2, strideW=2, filterHeight=2, filterWidth=2)
    builder.operator("MAX_POOL_2D", [source], [target], table)
    with pytest.raises(UnsupportedOpError, match="export the model with batch size 1"):
        compile_model(builder.finish(source, target), "model")


@pytest.mark.parametrize("name", ["", "Model", "1st", "a-b", "a b", "../x", "a" * 80, "a;int b"])
def test_a_name_must_be_an_identifier(name):
    with pytest.raises(CompileError, match="lower-case C identifier"):
        compile_model(MODEL, name)


@pytest.mark.parametrize(
    "data", [b"", b"TFL3", b"\0" * 64, b"\x1c\0\0\0TFL3" + b"\xff" * 64, b"PK\x03\x04" * 30]
)
def test_what_is_no_model_at_all_is_refused(data):
    with pytest.raises(ModelFormatError):
        compile_model(data, "model")


def test_an_operator_that_reads_a_tensor_before_it_is_written_is_refused():
    builder = ModelBuilder()
    source, middle, target = (builder.tensor((1, 8), "float32") for _ in range(3))
    builder.operator("RELU", [middle], [target])
    builder.operator("RELU", [source], [middle])
    with pytest.raises(ModelFormatError, match="before anything writes it"):
        compile_model(builder.finish(source, target), "model")


def test_weights_that_could_overflow_the_accumulator_are_refused():
    builder = ModelBuilder()
    source = builder.tensor((1, 4), "int8", scale=0.1)
    weights = builder.constant(np.full((2, 4), 127), "int8", scale=0.1)
    bias = builder.constant([2**31 - 1, 0], "int32", scale=0.01)
    target = builder.tensor((1, 2), "int8", scale=0.1)
    builder.operator("FULLY_CONNECTED", [source, weights, bias], [target], options("FullyConnected"))
    with pytest.raises(ModelFormatError, match="32-bit sum overflows"):
        compile_model(builder.finish(source, target), "model")


def test_scales_of_an_absurd_ratio_are_refused():
    builder = ModelBuilder()
    source = builder.tensor((1, 2), "int8", scale=1e30)
    target = builder.tensor((1, 2), "int8", scale=1e-3)
    builder.operator("QUANTIZE", [source], [target])
    with pytest.raises(ModelFormatError, match=r"scales of ratio 1e\+33"):
        compile_model(builder.finish(source, target), "model")


def test_weights_that_are_not_numbers_are_refused():
    builder = ModelBuilder()
    source, target = builder.tensor((1, 2), "float32"), builder.tensor((1, 2), "float32")
    constant = builder.constant([1.0, np.nan], "float32")
    builder.operator("ADD", [source, constant], [target], options("Add"))
    with pytest.raises(ModelFormatError, match="not finite"):
        compile_model(builder.finish(source, target), "model")


def test_a_hostile_layer_name_cannot_leave_its_comment():
    builder = ModelBuilder()
    source = builder.tensor((1, 8), "float32")
    target = builder.tensor((1, 8), "float32", name="x */ #error \\\n int main(void){} /* ??/")
    builder.operator("RELU", [source], [target])
    files = compile_model(builder.finish(source, target), "model").files
    for text in files.values():
        assert text.count("/*") == text.count("*/")
        assert "x */" not in text
    from pipelines.toolchain import build_shared_library

    build_shared_library(files)


@pytest.mark.parametrize("length", range(0, len(MODEL), max(1, len(MODEL) // 60)))
def test_a_truncated_model_is_refused(length):
    compiles_or_explains(MODEL[:length])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, len(MODEL) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_mutated_model_compiles_or_explains(changes):
    mutated = bytearray(MODEL)
    for position, value in changes:
        mutated[position] = value
    compiles_or_explains(bytes(mutated))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.integers(0, len(MODEL) // 4 - 1), st.sampled_from([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF])
)
def test_an_extreme_word_anywhere_compiles_or_explains(word, value):
    mutated = bytearray(MODEL)
    mutated[4 * word : 4 * word + 4] = value.to_bytes(4, "little")
    compiles_or_explains(bytes(mutated))


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_a_shape_that_does_not_follow_from_the_inputs_is_refused(dtype):
    make = operators.Maker(dtype, 0)
    source, target = make.activation((1, 8, 8, 3)), make.activation((1, 8, 9, 4))
    weights = make.weights((4, 3, 3, 3), 0, True)
    table = options("Conv2D", strideH=1, strideW=1)
    make.builder.operator("CONV_2D", [source, weights, make.bias(source, weights, 4)], [target], table)
    with pytest.raises(ModelFormatError, match=r"\[1, 8, 9, 4\] where \[1, 8, 8, 4\] belongs"):
        compile_model(make.builder.finish(source, target), "model")
