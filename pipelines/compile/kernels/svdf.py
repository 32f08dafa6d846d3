"""SVDF in int8 (with a 16-bit state) and float32: the streaming layer of small keyword spotters.

A dense layer over time whose matrix is a sum of `rank` products of a filter over features and one over time (Nakkiran
et al., "Compressing Deep Neural Networks using a Rank-Constrained Topology", 2015). Source: `EvalFloatSVDF` and
`EvalIntegerSVDF` in `tensorflow/lite/kernels/internal/reference/svdf.h`, with the multipliers of `svdf.cc`.
"""

from __future__ import annotations

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import Constant, Layer, Step, float_limits, kernel
from pipelines.compile.quantize import activation_range_int8, quantize_multiplier


@kernel("SVDF")
def svdf(layer: Layer) -> Step:
    """Input [1, inputs]; feature weights [filters, inputs]; time weights [filters, memory]; output [1, units].

    The state [1, filters * memory] outlives the inference: each call is one step in time.
    """
    options = layer.options(tflite.SVDFOptions)
    vector, features, times, state = layer.input(0), layer.input(1), layer.input(2), layer.input(4)
    rank = int(options.Rank())
    if len(vector.shape) != 2 or len(features.shape) != 2 or len(times.shape) != 2:
        layer.malformed(f"has an input of shape {list(vector.shape)}, weights of {list(features.shape)}")
    if vector.shape[0] != 1:
        layer.unsupported(f"has batch size {vector.shape[0]}", "export the model with batch size 1")
    layer.require_non_empty(vector, features, times)
    (filters, inputs), memory = features.shape, times.shape[1]
    if rank < 1 or filters % rank or inputs != vector.shape[1] or times.shape[0] != filters:
        layer.malformed(
            f"has rank {rank} and weights of shapes {list(features.shape)} and {list(times.shape)}"
        )
    layer.require_shape(state, (1, filters * memory))
    if not state.variable:
        layer.malformed("has a state that is not a variable")
    layer.require_shape(layer.output, (1, filters // rank))
    sizes = {"inputs": inputs, "units": filters // rank, "rank": rank, "memory": memory}
    activation = layer.activation(options.FusedActivationFunction())
    dtype = layer.require_types(vector, features, layer.output)
    macs = filters * (inputs + memory)
    if dtype is DType.INT8:
        return _int8(layer, sizes, activation, macs)
    layer.require_types(times, state, layer.output)
    least, greatest = float_limits(activation)
    return Step(
        call="svdf_float32({parameters}, {input0}, {feature_weights}, {time_weights}, {bias}, {input4}, {output})",
        source="svdf_float32.h",
        parameters_type="svdf_float32_parameters",
        parameters={**sizes, "least": least, "greatest": greatest},
        constants=(
            Constant("feature_weights", "float", layer.constant(1, dtype)),
            Constant("time_weights", "float", layer.constant(2, dtype)),
            Constant("bias", "float", output_stage.bias_values(layer, 3, sizes["units"], DType.FLOAT32)),
        ),
        macs=macs,
    )


def _int8(layer: Layer, sizes: dict[str, int], activation: str, macs: int) -> Step:
    features, times = layer.constant(1, DType.INT8), layer.constant(2, DType.INT16)
    bias = output_stage.bias_values(layer, 3, sizes["units"], DType.INT32)
    if layer.input(4).dtype is not DType.INT16:
        layer.unsupported("has a state that is not int16", "convert it with full int8 quantization")
    input_scale, input_zero = layer.scale_and_zero_point(layer.input(0))
    features_scale, times_scale, state_scale = (
        np.float32(layer.quantization(layer.input(position)).scales[0]) for position in (1, 2, 4)
    )
    output_scale, output_zero = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore", divide="ignore"):
        to_state = quantize_multiplier(float(np.float32(input_scale) * features_scale / state_scale))
        to_output = quantize_multiplier(float(state_scale * times_scale / np.float32(output_scale)))
    least, greatest = activation_range_int8(activation, output_scale, output_zero)
    return Step(
        call="svdf_int8({parameters}, {input0}, {feature_weights}, {feature_bias}, {time_weights}, {bias}, "
        "{input4}, {output})",
        source="svdf_int8.h",
        parameters_type="svdf_int8_parameters",
        parameters={
            **sizes,
            "feature_multiplier": to_state.mantissa,
            "feature_shift": to_state.shift,
            "output_multiplier": to_output.mantissa,
            "output_shift": to_output.shift,
            "zero_point": output_zero,
            "least": least,
            "greatest": greatest,
        },
        constants=(
            Constant("feature_weights", "int8_t", features),
            Constant(
                "feature_bias",
                "int32_t",
                output_stage.folded_bias(layer, np.zeros(len(features), np.int64), features, input_zero),
            ),
            Constant("time_weights", "int16_t", times),
            Constant("bias", "int32_t", bias),
        ),
        macs=macs,
    )
