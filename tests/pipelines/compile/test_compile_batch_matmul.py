"""Products of matrices, and attention made of them, compute what the TFLite reference kernels compute."""

import numpy as np
import pytest

from . import operators
from .builder import assert_equals_the_reference, options

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")


def product(dtype, seed=0, left=(1, 3, 5, 7), right=(1, 3, 7, 4), adj_x=False, adj_y=False, constant=None):
    """One operand is the model's input; the other is constant, or a view of the input where `constant` is None."""
    make = operators.Maker(dtype, seed)
    target_shape = [
        *np.broadcast_shapes(left[:-2], right[:-2]),
        left[-1 if adj_x else -2],
        right[-2 if adj_y else -1],
    ]
    if constant is None:
        operands = [make.activation(left), make.activation(right)]
        sizes = [int(np.prod(left)), int(np.prod(right))]
        source = make.activation((1, max(sizes)), **quantization_of(make, operands[0]))
        for operand, shape, size in zip(operands, (left, right), sizes, strict=True):
            tensor = make.builder.graph.tensors[operand]
            tensor.quantization = make.builder.graph.tensors[source].quantization
            part = make.activation((1, size), **quantization_of(make, operand))
            begin = make.builder.constant([0, max(sizes) - size], "int32")
            extent = make.builder.constant([1, size], "int32")
            make.builder.operator("SLICE", [source, begin, extent], [part], options("Slice"), version=3)
            wanted = make.builder.constant(list(shape), "int32")
            make.builder.operator(
                "RESHAPE", [part, wanted], [operand], options("Reshape", newShape=list(shape))
            )
    elif constant == 1:
        source = make.activation(left)
        operands = [source, make.constant(right)]
    else:
        source = make.activation(right)
        operands = [make.constant(left), source]
    target = make.activation(target_shape)
    make.builder.operator(
        "BATCH_MATMUL", operands, [target], options("BatchMatMul", adjX=adj_x, adjY=adj_y), version=3
    )
    return make.builder.finish(source, target)


def quantization_of(make, tensor):
    found = make.builder.graph.tensors[tensor].quantization
    return {} if found is None else {"scale": float(found.scale[0]), "zero_point": int(found.zeroPoint[0])}


@pytest.mark.parametrize("dtype", ["int8", "int16", "float32"])
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"left": (1, 2, 6, 9), "right": (1, 2, 4, 9), "adj_y": True},
        {"left": (2, 9, 6), "right": (2, 9, 3), "adj_x": True},
        {"left": (5, 8), "right": (8, 3), "constant": 1},
        {"left": (1, 4, 5, 8), "right": (8, 3), "constant": 1},
        {"left": (2, 1, 3, 5, 16), "right": (1, 4, 3, 2, 16), "adj_y": True, "constant": 0},
    ],
    ids=str,
)
def test_batch_matmul_equals_the_reference(dtype, case):
    compiled = assert_equals_the_reference(product(dtype, **case), micro=False)
    assert compiled.macs > 0
