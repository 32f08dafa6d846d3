"""Models of one operator each that moves elements: TRANSPOSE, slices, parts, PACK, GATHER, ..."""

import numpy as np

from .builder import ModelBuilder, options

QUANTIZATION = {"scale": 0.05, "zero_point": -7}


def tensor(builder, shape, dtype, data=None):
    """A tensor of this type, quantized alike everywhere where it is int8 or int16."""
    given = {"int8": QUANTIZATION, "int16": {"scale": 0.01}}.get(dtype, {})
    return builder.tensor(shape, dtype, data=data, **given)


def move(kind, dtype, shape, target, operands=(), table=None, version=2):
    """One input of `shape`, constants (int32 arrays, or (array, type)), one output of shape `target`."""
    builder = ModelBuilder()
    source = tensor(builder, shape, dtype)
    constants = [builder.constant(*(each if isinstance(each, tuple) else (each,))) for each in operands]
    output = tensor(builder, target, dtype)
    inputs = [*constants, source] if kind == "SPLIT" else [source, *constants]
    builder.operator(kind, inputs, [output], table, version=version)
    return builder.finish(source, output)


def transpose(dtype, shape, permutation):
    target = [shape[axis] for axis in permutation]
    return move("TRANSPOSE", dtype, shape, target, [list(permutation)], options("Transpose"))


def slice_model(dtype, shape, begin, size, index_type="int32"):
    stop = [
        whole if each == -1 else first + each for whole, first, each in zip(shape, begin, size, strict=True)
    ]
    target = [last - first for first, last in zip(begin, stop, strict=True)]
    return move(
        "SLICE", dtype, shape, target, [(list(begin), index_type), (list(size), index_type)], options("Slice")
    )


def strided_slice(dtype, shape, begin, end, strides, target, **masks):
    return move(
        "STRIDED_SLICE",
        dtype,
        shape,
        target,
        [list(begin), list(end), list(strides)],
        options("StridedSlice", **masks),
        version=4,
    )


def parts(kind, dtype, shape, axis, lengths, keep=None):
    """SPLIT, SPLIT_V or UNPACK, and a CONCATENATION (or PACK) of the parts `keep`, in that order."""
    builder = ModelBuilder()
    source = tensor(builder, shape, dtype)
    whole = [length if length != -1 else shape[axis] - sum(lengths) - 1 for length in lengths]
    unpacked = kind == "UNPACK"
    shapes = [
        [*shape[:axis], *([] if unpacked else [length]), *shape[axis % len(shape) + 1 :]] for length in whole
    ]
    outputs = [tensor(builder, each, dtype) for each in shapes]
    if kind == "SPLIT":
        inputs = [builder.constant(axis), source]
        table = options("Split", numSplits=len(lengths))
    elif kind == "SPLIT_V":
        inputs = [source, builder.constant(list(lengths)), builder.constant(axis)]
        table = options("SplitV", numSplits=len(lengths))
    else:
        inputs, table = [source], options("Unpack", num=len(lengths), axis=axis)
    builder.operator(kind, inputs, outputs, table, version=2)
    keep = range(len(outputs))[::-1] if keep is None else keep
    if unpacked:
        joined = [*shape[:axis], len(keep), *shape[axis + 1 :]]
        last = tensor(builder, joined, dtype)
        table = options("Pack", valuesCount=len(keep), axis=axis)
        builder.operator("PACK", [outputs[each] for each in keep], [last], table, version=2)
    else:
        joined = list(shape)
        joined[axis] = sum(whole[each] for each in keep)
        last = tensor(builder, joined, dtype)
        table = options("Concatenation", axis=axis)
        builder.operator("CONCATENATION", [outputs[each] for each in keep], [last], table, version=2)
    return builder.finish(source, last)


def pack(dtype, shape, axis, before=1, after=1):
    """The input between constants of its shape."""
    rng, builder = np.random.default_rng(1), ModelBuilder()
    source = tensor(builder, shape, dtype)
    constants = [
        tensor(builder, shape, dtype, data=rng.integers(-100, 100, shape)) for _ in range(before + after)
    ]
    inputs = [*constants[:before], source, *constants[before:]]
    target = list(shape)
    target.insert(axis if axis >= 0 else len(shape) + 1 + axis, len(inputs))
    output = tensor(builder, target, dtype)
    builder.operator("PACK", inputs, [output], options("Pack", valuesCount=len(inputs), axis=axis), version=2)
    return builder.finish(source, output)


def gather(dtype, shape, positions, axis=0, batch_axes=0, index_type="int32"):
    positions = np.asarray(positions)
    target = [*shape[:axis], *positions.shape[batch_axes:], *shape[axis + 1 :]]
    table = options("Gather", axis=axis, batchDims=batch_axes)
    return move("GATHER", dtype, shape, target, [(positions, index_type)], table)
