"""QUANTIZE to int8 (from float32, int16, or int8 of another scale) and DEQUANTIZE to float32."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Reach, Step, kernel
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.kernels.rescale_int16 import int16_to_float32, int16_to_int8
from pipelines.compile.quantize import multiply, quantize_multiplier


@kernel("QUANTIZE")
def quantize(layer: Layer) -> Step:
    """round(x / scale) + zero point, saturated."""
    source = layer.input(0)
    layer.require_shape(layer.output, source.shape)
    if (source.dtype, layer.output.dtype) == (DType.INT16, DType.INT8):
        return int16_to_int8(layer)
    if layer.output.dtype is not DType.INT8 or source.dtype not in (DType.FLOAT32, DType.INT8):
        layer.unsupported(
            f"makes {layer.output.dtype.value} of {source.dtype.value}", "convert the model to int8"
        )
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    if source.dtype is DType.INT8:
        scale_in, zero_in = layer.scale_and_zero_point(source)
        multiplier = quantize_multiplier(scale_in / scale)
        return lookup_step(layer, lambda raw: multiply(raw - zero_in, multiplier) + zero_point)
    return Step(
        call="quantize_float32({parameters}, {tile}, {input0}, {output})",
        source="quantize_float32.h",
        parameters_type="quantize_float32_parameters",
        parameters={"channels": pixel_values(source.shape), "scale": scale, "zero_point": zero_point},
        # Value by value from the front: four bytes are read before one is written.
        trails={0: 0},
        reach=Reach(),
    )


@kernel("DEQUANTIZE")
def dequantize(layer: Layer) -> Step:
    """(x - zero point) * scale; exact, because the product of float32 and 9 bits is rounded once."""
    source = layer.input(0)
    layer.require_shape(layer.output, source.shape)
    if (source.dtype, layer.output.dtype) == (DType.INT16, DType.FLOAT32):
        return int16_to_float32(layer)
    if source.dtype is not DType.INT8 or layer.output.dtype is not DType.FLOAT32:
        layer.unsupported(
            f"makes {layer.output.dtype.value} of {source.dtype.value}", "convert the model to int8"
        )
    scale, zero_point = layer.scale_and_zero_point(source)
    return Step(
        call="dequantize_int8({parameters}, {tile}, {input0}, {output})",
        source="dequantize_int8.h",
        parameters_type="dequantize_int8_parameters",
        parameters={"channels": pixel_values(source.shape), "scale": scale, "zero_point": zero_point},
        # Value by value from the front: the last one is written over itself.
        trails={0: -3 * source.elements},
        reach=Reach(),
    )
