"""Sound files that ask for too much compile in time or are refused in time; a device's model never looks so."""

import contextlib
import resource
import time

import numpy as np
import pytest

from pipelines.compile import CompileError, compile_model
from pipelines.compile.reader import MAX_OPERATORS

from .builder import ModelBuilder, options
from .damage import TIME_LIMIT_S

INT8 = {"dtype": "int8", "scale": 0.1}
MEMORY_LIMIT_BYTES = 1 << 30


def image(builder, shape=(1, 8, 8, 4), zero_point=0):
    return builder.tensor(shape, **INT8, zero_point=zero_point)


def chain(count, kind="SOFTMAX"):
    builder = ModelBuilder()
    source = x = builder.tensor((1, 4, 4, 2), "int8", scale=1 / 256, zero_point=-128)
    for _ in range(count):
        target = builder.tensor((1, 4, 4, 2), "int8", scale=1 / 256, zero_point=-128)
        if kind == "ADD":
            builder.operator(kind, [x, x], [target], options("Add"))
        else:
            builder.operator(kind, [x], [target], options("Softmax", beta=1.0) if kind == "SOFTMAX" else None)
        x = target
    return builder.finish(source, x)


def fan(count):
    """Very many tensors that live at once."""
    builder = ModelBuilder()
    source = image(builder)
    parts = [image(builder, zero_point=number % 100) for number in range(count)]
    for part in parts:
        builder.operator("ADD", [source, source], [part], options("Add"))
    total = parts[0]
    for part in parts[1:]:
        target = image(builder)
        builder.operator("ADD", [total, part], [target], options("Add"))
        total = target
    return builder.finish(source, total)


def diamonds(count):
    """Branches that meet again, over and over: every order of the operators is possible."""
    builder = ModelBuilder()
    source = x = image(builder)
    for _ in range(count):
        parts = [image(builder, zero_point=number) for number in range(4)]
        for part in parts:
            builder.operator("ADD", [x, x], [part], options("Add"))
        while len(parts) > 1:
            target = image(builder)
            builder.operator("ADD", [parts.pop(0), parts.pop(0)], [target], options("Add"))
            parts.append(target)
        x = parts[0]
    return builder.finish(source, x)


def convolutions(count):
    builder = ModelBuilder()
    source = x = image(builder)
    rng = np.random.default_rng(0)
    for _ in range(count):
        weights = builder.constant(rng.integers(-3, 4, (4, 3, 3, 4)), "int8", scale=0.01)
        bias = builder.constant(np.zeros(4), "int32", scale=0.001)
        target = image(builder)
        builder.operator("CONV_2D", [x, weights, bias], [target], options("Conv2D", strideH=1, strideW=1))
        x = target
    return builder.finish(source, x)


def views(count):
    builder = ModelBuilder()
    source = x = image(builder)
    shape = builder.constant([1, 8, 8, 4])
    for _ in range(count):
        target = image(builder)
        builder.operator("RESHAPE", [x, shape], [target], options("Reshape"), version=1)
        x = target
    target = image(builder, zero_point=3)
    builder.operator("RELU", [x], [target], version=2)
    return builder.finish(source, target)


def on_constants(count):
    builder = ModelBuilder()
    source = builder.tensor((1, 16384), **INT8)
    x = builder.constant(np.zeros((1, 16384)), **INT8)
    for _ in range(count):
        target = builder.tensor((1, 16384), **INT8)
        builder.operator("ADD", [x, x], [target], options("Add"))
        x = target
    target = builder.tensor((1, 16384), **INT8)
    builder.operator("ADD", [source, x], [target], options("Add"))
    return builder.finish(source, target)


def padded(amount):
    builder = ModelBuilder()
    source, target = image(builder, (1, 1, 1, 1)), image(builder, (1, 2048, 2048, 2))
    amounts = builder.constant([[0, 0], [amount, 2047 - amount], [2047, 0], [0, 1]])
    builder.operator("PAD", [source, amounts], [target], options("Pad"))
    return builder.finish(source, target)


def large_images(count):
    builder = ModelBuilder()
    source = x = builder.tensor((1, 2048, 2048, 2), "float32")
    for _ in range(count):
        target = builder.tensor((1, 2048, 2048, 2), "float32")
        builder.operator("LOGISTIC", [x], [target])
        x = target
    return builder.finish(source, x)


HOSTILE = {
    "a chain": lambda: chain(MAX_OPERATORS),
    "a chain of sums": lambda: chain(MAX_OPERATORS, "ADD"),
    "a chain of tables": lambda: chain(MAX_OPERATORS, "LOGISTIC"),
    "a fan": lambda: fan(MAX_OPERATORS // 2),
    "diamonds": lambda: diamonds(MAX_OPERATORS // 7),
    "convolutions": lambda: convolutions(300),
    "views": lambda: views(MAX_OPERATORS - 1),
    "constants": lambda: on_constants(MAX_OPERATORS - 1),
    "padding": lambda: padded(1000),
    "negative padding": lambda: padded(-5),
    "large images": lambda: large_images(6),
    "too many operators": lambda: chain(MAX_OPERATORS + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_model_takes_little_time_and_memory(name):
    model = HOSTILE[name]()
    start = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(CompileError):
        compile_model(model, "model")
    assert time.process_time() - start < TIME_LIMIT_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MEMORY_LIMIT_BYTES


def layer(shape=(1, 6, 6, 2), scale=0.1, bias_dtype="int32", bias_scale=0.001, weights_scale=0.01, target=(1, 6, 6, 3),
          **table):  # fmt: skip
    """A CONV_2D with something odd about it."""
    builder = ModelBuilder()
    source = builder.tensor(shape, "int8", scale=scale)
    weights = builder.constant(np.ones((3, 3, 3, 2)), "int8", scale=weights_scale)
    bias = builder.constant(np.ones(3), bias_dtype, scale=bias_scale)
    output = builder.tensor(target, "int8", scale=0.1)
    builder.operator(
        "CONV_2D",
        [source, weights, bias],
        [output],
        options("Conv2D", **{"strideH": 1, "strideW": 1, **table}),
    )
    return builder.finish(source, output)


@pytest.mark.parametrize(
    "model",
    [
        layer(shape=(1, 0, 6, 2)),
        layer(shape=(1, 6, 6, 2), target=(1, 6, 0, 3)),
        layer(shape=(0, 6, 6, 2)),
        layer(strideH=2**31 - 1),
        layer(strideH=0),
        layer(strideW=-3),
        layer(dilationHFactor=2**31 - 1),
        layer(dilationWFactor=-1),
        layer(padding=7),
        layer(fusedActivationFunction=99),
        layer(scale=1e30),
        layer(scale=float("nan")),
        layer(scale=0.0),
        layer(bias_dtype="int64"),
        layer(bias_dtype="float32"),
    ],
    ids=range(15),
)
def test_numbers_without_sense_are_refused(model):
    with pytest.raises(CompileError):
        compile_model(model, "model")


def test_a_scale_that_is_hardly_a_number_compiles():
    compile_model(layer(scale=1e-40, weights_scale=1e-38), "model")
