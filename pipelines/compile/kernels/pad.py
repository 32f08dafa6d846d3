"""PAD and PADV2 of up to four axes, in int8, int16 and float32."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel

AXES = 4


@kernel("PAD", "PADV2")
def pad(layer: Layer) -> Step:
    """Input copied into an output that is filled with zero, or with PADV2's value."""
    source = layer.input(0)
    layer.require_non_empty(source)
    dtype = layer.require_types(source, layer.output, int16=True)
    rank = len(source.shape)
    if rank > AXES:
        layer.unsupported(f"has {rank} axes", "reshape its input to at most four axes")
    amounts = layer.constant(1, DType.INT32)
    if amounts.shape != (rank, 2) or amounts.min() < 0:
        layer.malformed(f"pads {list(source.shape)} by {amounts.tolist()}")
    padded = tuple(size + sum(amount) for size, amount in zip(source.shape, amounts.tolist(), strict=True))
    layer.require_shape(layer.output, padded)
    missing = AXES - rank
    return Step(
        call=f"pad_{dtype.value}({{parameters}}, {{input0}}, {{output}})",
        source=f"pad_{dtype.value}.h",
        parameters_type=f"pad_{dtype.value}_parameters",
        parameters={
            "size": (1,) * missing + source.shape,
            "before": (0,) * missing + tuple(amounts[:, 0].tolist()),
            "output_size": (1,) * missing + padded,
            "value": _value(layer, dtype),
        },
    )


def _value(layer: Layer, dtype: DType) -> int | float:
    if layer.optional_input(2) is not None:
        values = layer.constant(2, dtype).reshape(-1)
        if len(values) != 1:
            layer.malformed(f"pads with {len(values)} values")
        if dtype is not DType.FLOAT32:
            layer.require_same_quantization(layer.input(2))
            return int(values[0])
        return float(values[0])
    return layer.scale_and_zero_point(layer.output)[1] if dtype is not DType.FLOAT32 else 0.0
