"""Models of one operator with two operands each: one is the model's input, the other a constant or computed."""

import numpy as np

from .builder import options
from .operators import ACTIVATIONS, Maker

TABLES = {"SUB": "Sub", "DIV": "Div", "SQUARED_DIFFERENCE": "SquaredDifference", "MAXIMUM": "MaximumMinimum",
          "MINIMUM": "MaximumMinimum", "PRELU": None}  # fmt: skip
EDGES = (-128, 127, 0, 5)


def table_of(kind, activation="none"):
    fused = {"fusedActivationFunction": ACTIVATIONS[activation]} if kind in ("SUB", "DIV") else {}
    return options(TABLES[kind], **fused) if TABLES[kind] else None


def quantizations(kind, rng):
    """Of the two operands and the output; zero points at the edges of int8 every other time."""
    if kind in ("MAXIMUM", "MINIMUM"):
        return [{"scale": 0.05, "zero_point": int(rng.integers(-128, 128))}] * 3
    zero_points = rng.choice(EDGES, 3) if rng.integers(2) else rng.integers(-128, 128, 3)
    scales = np.exp(rng.uniform(np.log(0.003), np.log(0.3), 3))
    # (input scale)^2 / output scale of a square must stay below one, as the reference demands.
    scales[2] *= 3 if kind == "SQUARED_DIFFERENCE" else 1
    return [
        {"scale": float(scale), "zero_point": int(zero)}
        for scale, zero in zip(scales, zero_points, strict=True)
    ]


def pair(kind, dtype, seed=0, shape=(1, 4, 5, 3), other=(3,), activation="none", constant_first=False):
    """With a constant of shape `other`."""
    make = Maker(dtype, seed)
    given = [{} if dtype == "float32" else each for each in quantizations(kind, make.rng)]
    if dtype == "int16":
        source = make.builder.tensor(shape, dtype, scale=0.01)
        values = make.rng.integers(-30000, 30000, other)
        operand = make.builder.constant(values, dtype, scale=0.01)
        target = make.builder.tensor(np.broadcast_shapes(shape, other), dtype, scale=0.01)
    else:
        source, operand = make.activation(shape, **given[0]), make.constant(other, **given[1])
        target = make.activation(np.broadcast_shapes(shape, other), **given[2])
    inputs = [operand, source] if constant_first else [source, operand]
    version = 1 if kind == "PRELU" else 2
    make.builder.operator(kind, inputs, [target], table_of(kind, activation), version=version)
    return make.builder.finish(source, target)


def computed(kind, dtype, seed=0, shape=(1, 4, 5, 3), mean_axes=(1, 2)):
    """The input against its own MEAN over some axes, so that both operands are computed."""
    make = Maker(dtype, seed)
    given = [{} if dtype == "float32" else each for each in quantizations(kind, make.rng)]
    source = make.activation(shape, **given[0])
    mean = make.activation([1 if axis in mean_axes else size for axis, size in enumerate(shape)], **given[1])
    axes = make.builder.constant(list(mean_axes))
    make.builder.operator("MEAN", [source, axes], [mean], options("Reducer", keepDims=True), version=2)
    target = make.activation(shape, **given[2])
    make.builder.operator(kind, [source, mean], [target], table_of(kind), version=2)
    return make.builder.finish(source, target)


def with_itself(kind, dtype, seed=0, shape=(1, 4, 5, 3)):
    """The input and its RELU, two images of one size."""
    make = Maker(dtype, seed)
    given = [{} if dtype == "float32" else each for each in quantizations(kind, make.rng)]
    source, other = make.activation(shape, **given[0]), make.activation(shape, **given[1])
    target = make.activation(shape, **given[2])
    make.builder.operator("RELU", [source], [other], version=2)
    make.builder.operator(kind, [other, source], [target], table_of(kind), version=2)
    return make.builder.finish(source, target)
