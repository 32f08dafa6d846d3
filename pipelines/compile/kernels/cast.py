"""CAST between types of numbers: the integers of quantized tensors are taken as they are, as in TFLite."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel

SOURCES = {DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.FLOAT32, DType.BOOL}
TARGETS = {DType.INT32, DType.INT64, DType.FLOAT32}


@kernel("CAST")
def cast(layer: Layer) -> Step:
    """Input and output of one shape. A pass drops a CAST to its own type."""
    source, output = layer.input(0), layer.output
    layer.require_non_empty(source)
    layer.require_shape(output, source.shape)
    if source.dtype not in SOURCES or output.dtype not in TARGETS or source.dtype is output.dtype:
        layer.unsupported(
            f"makes {output.dtype.value} of {source.dtype.value}", "use float32, int32 or int64 there"
        )
    function = f"cast_{source.dtype.value}_to_{output.dtype.value}"
    return Step(call=f"{function}({source.elements}, {{input0}}, {{output}})", source=f"{function}.h")
