"""SUM, REDUCE_MAX and REDUCE_MIN over any axes; also MEAN, where its axes are no neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Fields, Layer, Step, kernel
from pipelines.compile.kernels.copies import element_strides
from pipelines.compile.quantize import quantize_multiplier

LOOPS = 3


@kernel("SUM")
def sum_layer(layer: Layer) -> Step:
    """Source of the int8 form: `QuantizedMeanOrSum` in `kernels/internal/reference/reduce.h`.

    The set of reference kernels in TensorFlow 2.19 takes int8 values for uint8 there. This SUM equals it where the
    two are the same, and otherwise TFLite Micro and later versions of LiteRT, which have that mended.
    """
    axes = reduced_axes(layer)
    if layer.require_types(layer.input(0), layer.output) is DType.FLOAT32:
        return reduction_step(layer, "sum_float32", axes, {"divisor": 1.0})
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    multiplier = quantize_multiplier(scale_in / scale_out)
    count = layer.input(0).elements // layer.output.elements
    return reduction_step(
        layer,
        "sum_int8",
        axes,
        {
            "zero_sum": zero_in * count,
            "multiplier": multiplier.mantissa,
            "shift": multiplier.shift,
            "zero_point": zero_out,
        },
    )


@kernel("REDUCE_MAX", "REDUCE_MIN")
def extreme(layer: Layer) -> Step:
    """The values are compared as they are: input and output have one quantization."""
    dtype = layer.require_types(layer.input(0), layer.output, int16=True)
    return reduction_step(layer, f"{layer.kind.lower()}_{dtype.value}", reduced_axes(layer), {})


def reduced_axes(layer: Layer) -> list[int]:
    """The axes of input 1, ascending; checks the output's shape."""
    shape = layer.input(0).shape
    layer.require_non_empty(layer.input(0))
    axes = layer.constant(1, DType.INT32).reshape(-1).tolist()
    if any(not -len(shape) <= axis < len(shape) for axis in axes):
        layer.malformed(f"reduces the axes {axes} of {len(shape)}")
    axes = sorted({axis % len(shape) for axis in axes})
    keep = bool(layer.options(tflite.ReducerOptions).KeepDims())
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(shape) if keep or axis not in axes)
    layer.require_shape(layer.output, kept)
    return axes


def reduction_step(layer: Layer, function: str, axes: Sequence[int], fields: Fields) -> Step:
    """Call `function`, whose parameters are the struct `reduction` and then `fields`."""
    return Step(
        call=f"{function}({{parameters}}, {{input0}}, {{output}})",
        source=f"{function}.h",
        parameters_type=f"{function}_parameters",
        parameters={"loops": _loops(layer, axes), **fields},
    )


def _loops(layer: Layer, axes: Sequence[int]) -> Fields:
    """Loops over what is kept and what is reduced; axes that lie next to each other are one loop."""
    shape = layer.input(0).shape
    loops: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    last = None
    for axis, (size, stride) in enumerate(zip(shape, element_strides(shape), strict=True)):
        if size == 1:
            continue
        reduced = axis in axes
        found = loops[reduced]
        if reduced is last:
            found[-1] = (found[-1][0] * size, stride)
        else:
            found.append((size, stride))
        last = reduced
    if max(len(found) for found in loops.values()) > LOOPS:
        layer.unsupported(f"reduces the axes {list(axes)} of {list(shape)}", "reduce neighbouring axes")
    filled = {key: [(1, 0)] * (LOOPS - len(found)) + found for key, found in loops.items()}
    return {
        "kept": tuple(size for size, _ in filled[False]),
        "kept_stride": tuple(stride for _, stride in filled[False]),
        "reduced": tuple(size for size, _ in filled[True]),
        "reduced_stride": tuple(stride for _, stride in filled[True]),
    }
