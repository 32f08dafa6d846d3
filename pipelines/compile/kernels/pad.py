"""PAD and PADV2 of up to four axes, in int8, int16 and float32."""

from __future__ import annotations

from pipelines.compile.graph import DType, Shape
from pipelines.compile.kernels.base import Layer, Reach, Step, kernel
from pipelines.compile.kernels.images import is_image

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
    before = tuple(amounts[:, 0].tolist())
    if is_image(source.shape) and is_image(padded):
        return _of_image(source.shape, before, padded[3], _value(layer, dtype), dtype)
    missing = AXES - rank
    return Step(
        call=f"pad_{dtype.value}({{parameters}}, {{input0}}, {{output}})",
        source=f"pad_{dtype.value}.h",
        parameters_type=f"pad_{dtype.value}_parameters",
        parameters={
            "size": (1,) * missing + source.shape,
            "before": (0,) * missing + before,
            "output_size": (1,) * missing + padded,
            "value": _value(layer, dtype),
        },
    )


def _of_image(
    shape: Shape, before: tuple[int, ...], output_channels: int, value: int | float, dtype: DType
) -> Step:
    """A step that works on tiles."""
    source = f"pad_image_{dtype.value}"
    return Step(
        call=f"{source}({{parameters}}, {{tile}}, {{input0}}, {{output}})",
        source=f"{source}.h",
        parameters_type=f"{source}_parameters",
        parameters={
            "height": shape[1],
            "width": shape[2],
            "channels": shape[3],
            "top": before[1],
            "left": before[2],
            "front": before[3],
            "output_channels": output_channels,
            "value": value,
        },
        reach=Reach(before=(before[1], before[2])),
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
