"""ARG_MAX and ARG_MIN along one axis, of int8, int16 and float32, as int32 or int64."""

from __future__ import annotations

import math

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel


@kernel("ARG_MAX", "ARG_MIN")
def arg_max(layer: Layer) -> Step:
    """Input [outer..., axis, inner...], output [outer..., inner...]: of several extremes, the first."""
    source, output = layer.input(0), layer.output
    dtype = layer.require_types(source, int16=True)
    layer.require_non_empty(source)
    if output.dtype not in (DType.INT32, DType.INT64):
        layer.malformed(f"makes {output.dtype.value}")
    axes = layer.constant(1, layer.input(1).dtype).reshape(-1).tolist()
    rank = len(source.shape)
    if len(axes) != 1 or not -rank <= int(axes[0]) < rank:
        layer.malformed(f"searches along the axes {axes} of {rank}")
    axis = int(axes[0]) % rank
    layer.require_shape(output, (*source.shape[:axis], *source.shape[axis + 1 :]))
    function = f"{layer.kind.lower()}_{dtype.value}_{output.dtype.value}"
    return Step(
        call=f"{function}({{parameters}}, {{input0}}, {{output}})",
        source=f"{function}.h",
        parameters_type="axis_sizes",
        parameters={
            "outer": math.prod(source.shape[:axis]),
            "axis": source.shape[axis],
            "inner": math.prod(source.shape[axis + 1 :]),
        },
    )
