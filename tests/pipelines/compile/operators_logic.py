"""Models that compare numbers and choose between them."""

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from .builder import TYPES, ModelBuilder, options
from .operators import Maker

TYPES.setdefault("bool", schema.TensorType.BOOL)
TABLES = {"LESS": "Less", "LESS_EQUAL": "LessEqual", "GREATER": "Greater", "GREATER_EQUAL": "GreaterEqual",
          "EQUAL": "Equal", "NOT_EQUAL": "NotEqual"}  # fmt: skip


def chosen(kind, dtype, seed=0, shape=(1, 4, 5, 3), other=(3,), rest=(1,), select="SELECT_V2"):
    """Where input `kind` a constant of shape `other`, the input, else a constant of shape `rest`."""
    make = Maker(dtype, seed)
    given = {} if dtype == "float32" else {"scale": 0.05, "zero_point": -4}
    source, target = make.activation(shape, **given), make.activation(shape, **given)
    condition = make.builder.tensor(np.broadcast_shapes(shape, other), "bool")
    make.builder.operator(kind, [source, make.constant(other)], [condition], options(TABLES[kind]), version=2)
    table = options("SelectV2" if select == "SELECT_V2" else "Select")
    make.builder.operator(select, [condition, source, make.constant(rest, **given)], [target], table)
    return make.builder.finish(source, target)


def indices(kind, value, shape=(1, 40), compare="LESS"):
    """float32 numbers, cast to int32, combined with `value`, compared with 2 and chosen by, cast back."""
    builder = ModelBuilder()
    source, target = builder.tensor(shape, "float32"), builder.tensor(shape, "float32")
    whole, combined, result = (builder.tensor(shape, "int32") for _ in range(3))
    condition = builder.tensor(shape, "bool")
    to_integer, to_float = (options("Cast", inDataType=a, outDataType=b) for a, b in ((0, 2), (2, 0)))
    builder.operator("CAST", [source], [whole], to_integer)
    builder.operator(kind, [whole, builder.constant(value)], [combined], options(kind.capitalize()))
    builder.operator(compare, [combined, builder.constant(2)], [condition], options(TABLES[compare]))
    builder.operator("SELECT_V2", [condition, whole, combined], [result], options("SelectV2"))
    builder.operator("CAST", [result], [target], to_float)
    return builder.finish(source, target)
