"""Models of one function of each value: TANH, EXP, HARD_SWISH, ..."""

from .builder import ModelBuilder, options
from .operators import Maker

TABLES = {
    "ABS": "Abs", "NEG": "Neg", "SQUARE": "Square", "EXP": "Exp", "HARD_SWISH": "HardSwish", "GELU": "Gelu",
    "LEAKY_RELU": "LeakyRelu",
}  # fmt: skip
# The version in which the int8 form came.
VERSIONS = {"ABS": 2, "TANH": 2, "EXP": 2, "LOG": 2, "RSQRT": 2, "LEAKY_RELU": 2, "GELU": 2}


def values(kind, dtype, source, target, shape=(1, 2, 8, 16), **fields):
    """`source` and `target` are (scale, zero point) of quantized tensors."""
    make = Maker(dtype, 0)
    before, after = (
        make.builder.tensor(
            shape, dtype, **({} if dtype == "float32" else {"scale": scale, "zero_point": zero})
        )
        for scale, zero in (source, target)
    )
    table = options(TABLES[kind], **fields) if kind in TABLES else None
    version = VERSIONS.get(kind, 1) if dtype != "float32" or kind == "LEAKY_RELU" else 1
    make.builder.operator(kind, [before], [after], table, version=version)
    return make.builder.finish(before, after)


def of_positive_values(kind, dtype, source, target, shape=(1, 2, 8, 16)):
    """The same behind a RELU, which leaves no value below zero; in float32 behind RELU and x + 0.001."""
    builder = ModelBuilder()
    if dtype == "int8":
        tensors = [
            builder.tensor(shape, "int8", scale=scale, zero_point=zero)
            for scale, zero in (source, source, target)
        ]
        builder.operator("RELU", tensors[:1], tensors[1:2], version=2)
    else:
        tensors = [builder.tensor(shape, "float32") for _ in range(4)]
        builder.operator("RELU", tensors[:1], tensors[1:2])
        offset = builder.constant(0.001, "float32")
        builder.operator("ADD", [tensors[1], offset], tensors[2:3], options("Add"))
    builder.operator(kind, [tensors[-2]], [tensors[-1]], version=VERSIONS.get(kind, 1))
    return builder.finish(tensors[0], tensors[-1])
