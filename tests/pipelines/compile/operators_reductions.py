"""Models of one operator each that reduces axes: SUM, REDUCE_MAX, ARG_MAX, L2_NORMALIZATION, ..."""

from .builder import TYPES, ModelBuilder, options
from .operators import Maker, quantized


def reduction(kind, dtype, seed=0, shape=(2, 3, 4, 5), axes=(1,), keep=False):
    make = Maker(dtype, seed)
    given = {} if dtype == "float32" else quantized(make.rng)
    same = given if kind.startswith("REDUCE") else {}
    source = make.activation(shape, **given)
    positive = {axis % len(shape) for axis in axes}
    kept = [
        1 if axis in positive else size for axis, size in enumerate(shape) if keep or axis not in positive
    ]
    target = make.activation(kept, **same)
    axes_tensor = make.builder.constant(list(axes))
    make.builder.operator(kind, [source, axes_tensor], [target], options("Reducer", keepDims=keep), version=2)
    return make.builder.finish(source, target)


def int8_sum(scales, zero_points, shape=(2, 3, 4, 5), axes=(1,), keep=False):
    builder = ModelBuilder()
    positive = {axis % len(shape) for axis in axes}
    kept = [
        1 if axis in positive else size for axis, size in enumerate(shape) if keep or axis not in positive
    ]
    source, target = (
        builder.tensor(each, "int8", scale=scale, zero_point=zero)
        for each, scale, zero in zip((shape, kept), scales, zero_points, strict=True)
    )
    builder.operator(
        "SUM", [source, builder.constant(list(axes))], [target], options("Reducer", keepDims=keep), version=2
    )
    return builder.finish(source, target)


def arg(kind, dtype, shape=(2, 3, 4), axis=1, index="int32"):
    """ARG_MAX or ARG_MIN, and a CAST of what it finds to float32."""
    builder, table = ModelBuilder(), {"ARG_MAX": "ArgMax", "ARG_MIN": "ArgMin"}[kind]
    given = {"scale": 0.1, "zero_point": 3} if dtype == "int8" else {}
    source = builder.tensor(shape, dtype, **given)
    kept = [*shape[:axis], *(shape[axis % len(shape) + 1 :])]
    found, target = builder.tensor(kept, index), builder.tensor(kept, "float32")
    code = {"int32": 2, "int64": 4}[index]
    builder.operator(kind, [source, builder.constant(axis)], [found], options(table, outputType=code))
    builder.operator("CAST", [found], [target], options("Cast", inDataType=code, outDataType=0))
    return builder.finish(source, target)


def classifier(dtype, index="int64"):
    """A model that ends in ARG_MAX, with plain integers as its output."""
    make, table = Maker(dtype, 0), options("ArgMax", outputType={"int32": 2, "int64": 4}[index])
    source = make.activation((1, 4, 9))
    target = make.builder.tensor((1, 4), index)
    make.builder.operator("ARG_MAX", [source, make.builder.constant(2)], [target], table)
    return make.builder.finish(source, target)


def lookup(positions=6, rows=20, columns=3):
    """A model that takes int32 indices and gives rows of a table."""
    make = Maker("int8", 0)
    given = {"scale": 0.1, "zero_point": 2}
    source, target = (
        make.builder.tensor((1, positions), "int32"),
        make.activation((1, positions, columns), **given),
    )
    make.builder.operator(
        "GATHER", [make.constant((rows, columns), **given), source], [target], options("Gather")
    )
    return make.builder.finish(source, target)


def l2_normalization(dtype, seed=0, shape=(2, 3, 7), zero_point=None):
    make = Maker(dtype, seed)
    given = quantized(make.rng) if zero_point is None else {"scale": 0.1, "zero_point": zero_point}
    source = make.activation(shape, **({} if dtype == "float32" else given))
    target = make.activation(shape, **({} if dtype == "float32" else {"scale": 1 / 128, "zero_point": 0}))
    make.builder.operator("L2_NORMALIZATION", [source], [target], options("L2Norm"), version=2)
    return make.builder.finish(source, target)


def casts(dtypes, shape=(1, 40)):
    """float32 through all of these types and back."""
    builder = ModelBuilder()
    codes = {"float32": 0, "int32": 2, "int64": 4}
    path = ["float32", *dtypes, "float32"]
    tensors = [builder.tensor(shape, dtype) for dtype in path]
    for position in range(len(path) - 1):
        table = options("Cast", inDataType=codes[path[position]], outDataType=codes[path[position + 1]])
        builder.operator("CAST", [tensors[position]], [tensors[position + 1]], table)
    return builder.finish(tensors[0], tensors[-1])


def cast_of_integers(source, target, shape=(1, 40)):
    """Quantized integers, taken as they are."""
    builder = ModelBuilder()
    values, result = builder.tensor(shape, source, scale=1.0), builder.tensor(shape, target)
    table = options("Cast", inDataType=TYPES[source], outDataType=TYPES[target])
    builder.operator("CAST", [values], [result], table)
    return builder.finish(values, result)


def cast_of_conditions(target, shape=(1, 40)):
    """Which values are below zero, as numbers."""
    builder = ModelBuilder()
    values, result = builder.tensor(shape, "float32"), builder.tensor(shape, target)
    zero, below = builder.constant([[0.0]], "float32"), builder.tensor(shape, "bool")
    builder.operator("LESS", [values, zero], [below], options("Less"))
    table = options("Cast", inDataType=TYPES["bool"], outDataType=TYPES[target])
    builder.operator("CAST", [below], [result], table)
    return builder.finish(values, result)


def embedding(values=(20, 3), positions=6):
    """A table, of which rows are gathered by the model's input, cast to int32."""
    make = Maker("float32", 0)
    source, indices = (
        make.builder.tensor((1, positions), "float32"),
        make.builder.tensor((1, positions), "int32"),
    )
    target = make.builder.tensor((1, positions, values[1]), "float32")
    make.builder.operator("CAST", [source], [indices], options("Cast", inDataType=0, outDataType=2))
    make.builder.operator("GATHER", [make.constant(values), indices], [target], options("Gather"))
    return make.builder.finish(source, target)
