"""L2_NORMALIZATION over the last axis, in int8 and float32."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel

# So that the sum of the squares of a row stays below 2**31.
MAX_DEPTH_INT8 = 2**31 // 255**2


@kernel("L2_NORMALIZATION")
def l2_normalization(layer: Layer) -> Step:
    """Input and output [..., depth]; the int8 output has scale 1 / 128 and zero point 0."""
    source = layer.input(0)
    layer.require_non_empty(source)
    layer.require_shape(layer.output, source.shape)
    dtype = layer.require_types(source, layer.output)
    if layer.activation(layer.options(tflite.L2NormOptions).FusedActivationFunction()) != "NONE":
        layer.unsupported("has a fused activation", "make the activation a layer of its own")
    if not source.shape:
        layer.malformed("has a scalar input")
    depth = source.shape[-1]
    parameters = {"rows": source.elements // depth, "depth": depth}
    if dtype is DType.INT8:
        if layer.scale_and_zero_point(layer.output) != (1 / 128, 0):
            layer.unsupported(
                "has an output scale other than 1/128", "quantize again with the TFLite converter"
            )
        if depth > MAX_DEPTH_INT8:
            layer.unsupported(f"normalises {depth} values at once", f"use at most {MAX_DEPTH_INT8}")
        parameters["zero_point"] = layer.scale_and_zero_point(source)[1]
    function = f"l2_normalization_{dtype.value}"
    return Step(
        call=f"{function}({{parameters}}, {{input0}}, {{output}})",
        source=f"{function}.h",
        parameters_type=f"{function}_parameters",
        parameters=parameters,
        in_place_inputs=(0,),
    )
