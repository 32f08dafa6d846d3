"""TRANSPOSE_CONV in int8, int16 and float32.

An output pixel takes every stride-th tap of the kernel, from a first one that depends on the pixel's row and column
modulo the stride: its phase. The weights are sorted by phase, so that each pixel is the product of a matrix with
a patch of the image, as in CONV_2D. The taps are in the order in which the reference's scattering loops
(`reference_ops::TransposeConv`) reach them: by rows and columns of the image.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels import int16, output_stage
from pipelines.compile.kernels.base import Constant, Fields, Layer, Step, float_limits, kernel
from pipelines.compile.kernels.conv_2d_int16 import DSP_ORDER
from pipelines.compile.kernels.spatial import require_image
from pipelines.compile.quantize import INT32_MAX

# Inputs of the operator: the output's shape, filters, image, bias.
FILTERS, IMAGE, BIAS = 1, 2, 3
MAX_STRIDE = 64


@kernel("TRANSPOSE_CONV")
def transpose_conv(layer: Layer) -> Step:
    """Image [1, h, w, c]; filters [outputs, kernel h, kernel w, c]; bias [outputs]; output [1, h', w', outputs]."""
    image, filters, output = layer.input(IMAGE), layer.input(FILTERS), layer.output
    require_image(layer, image)
    require_image(layer, output)
    if len(filters.shape) != 4 or filters.shape[3] != image.shape[3] or filters.shape[0] != output.shape[3]:
        layer.malformed(f"has filters of shape {list(filters.shape)}")
    layer.require_non_empty(filters)
    options = layer.options(tflite.TransposeConvOptions)
    stride = (int(options.StrideH()), int(options.StrideW()))
    if not all(1 <= each <= MAX_STRIDE for each in stride):
        layer.unsupported(f"has the stride {stride}", f"use strides of 1 to {MAX_STRIDE}")
    activation = layer.activation(options.FusedActivationFunction())
    dtype = layer.require_types(image, output, int16=True)
    weights = layer.constant(FILTERS, DType.FLOAT32 if dtype is DType.FLOAT32 else DType.INT8)
    phases = _phases(weights, stride)
    geometry = {
        "input_height": image.shape[1],
        "input_width": image.shape[2],
        "input_channels": image.shape[3],
        "output_height": output.shape[1],
        "output_width": output.shape[2],
        "output_channels": output.shape[3],
        "kernel_height": weights.shape[1],
        "kernel_width": weights.shape[2],
        "stride_height": stride[0],
        "stride_width": stride[1],
        **_padding(layer, stride, options.Padding()),
    }
    macs = image.shape[1] * image.shape[2] * weights.size
    if dtype is DType.FLOAT32:
        return _lower_float32(layer, phases, geometry, activation, macs)
    return _lower_integers(layer, weights, phases, geometry, activation, macs)


def _padding(layer: Layer, stride: tuple[int, int], padding: int) -> dict[str, int]:
    """Rows and columns that the output lacks of the whole, on its first side (`ComputePaddingHeightWidth`)."""
    if padding not in (tflite.Padding.SAME, tflite.Padding.VALID):
        layer.malformed(f"has padding {padding}")
    needed = []
    for axis in (1, 2):
        size, step, taps = layer.output.shape[axis], stride[axis - 1], layer.input(FILTERS).shape[axis]
        whole = -(-size // step) if padding == tflite.Padding.SAME else -(-(size - taps + 1) // step)
        needed.append(max((whole - 1) * step + taps - size, 0) // 2)
    return {"pad_top": needed[0], "pad_left": needed[1]}


def _phases(weights: npt.NDArray[Any], stride: tuple[int, int]) -> list[npt.NDArray[Any]]:
    """[outputs, kernel h, kernel w, c] -> for each phase [outputs, taps * c], the taps from last to first."""
    return [
        weights[:, row :: stride[0], column :: stride[1]][:, ::-1, ::-1].reshape(len(weights), -1)
        for row in range(stride[0])
        for column in range(stride[1])
    ]


def _starts(phases: list[npt.NDArray[Any]]) -> Constant:
    sizes = [0, *(phase.size for phase in phases[:-1])]
    return Constant("starts", "int32_t", np.cumsum(sizes))


def _lower_float32(
    layer: Layer, phases: list[npt.NDArray[Any]], geometry: Fields, activation: str, macs: int
) -> Step:
    least, greatest = float_limits(activation)
    outputs = layer.output.shape[3]
    return Step(
        call="transpose_conv_float32({parameters}, {input2}, {weights}, {starts}, {bias}, {scratch}, {output})",
        source="transpose_conv_float32.h",
        parameters_type="transpose_conv_float32_parameters",
        parameters={"geometry": geometry, "least": least, "greatest": greatest},
        constants=(
            Constant("weights", "float", np.concatenate([phase.T.reshape(-1) for phase in phases])),
            _starts(phases),
            Constant("bias", "float", output_stage.bias_values(layer, BIAS, outputs, DType.FLOAT32)),
        ),
        macs=macs,
        scratch_bytes=max(phase.shape[1] for phase in phases) * 4,
        scratch_type="float",
    )


def _lower_integers(
    layer: Layer,
    weights: npt.NDArray[Any],
    phases: list[npt.NDArray[Any]],
    geometry: Fields,
    activation: str,
    macs: int,
) -> Step:
    rows = weights.reshape(len(weights), -1)
    parameters: Fields
    if layer.output.dtype is DType.INT8:
        _, zero_point = layer.scale_and_zero_point(layer.input(IMAGE))
        bias = output_stage.bias_values(layer, BIAS, len(rows), DType.INT32)
        if (
            np.abs(bias.astype(np.int64)) + 255 * np.abs(rows.astype(np.int64)).sum(axis=1)
        ).max() > INT32_MAX:
            layer.malformed("has weights or a bias so large that a 32-bit sum overflows")
        found = output_stage.multipliers(layer, layer.input(IMAGE), layer.input(FILTERS), False)
        stage = output_stage.fields(layer, activation, per_channel=len(found) > 1)
        parameters = {"geometry": geometry, "input_zero_point": zero_point, "stage": stage}
        constants = output_stage.constants(bias, found)
    else:
        wide = int16.output_stage(
            layer,
            rows,
            layer.input(FILTERS),
            activation,
            bias_position=BIAS,
            image=IMAGE,
            may_be_fast=False,
            bias_type=layer.options(tflite.TransposeConvOptions).QuantizedBiasType(),
        )
        parameters = {"geometry": geometry, "chunk": wide.chunk, "stage": wide.fields}
        constants = wide.constants
    padded = [np.pad(phase, ((0, 0), (0, -phase.shape[1] % 4))) for phase in phases]
    paired = [phase.reshape(len(rows), -1, 4)[:, :, DSP_ORDER] for phase in padded]
    source = f"transpose_conv_{layer.output.dtype.value}"
    return Step(
        call=f"{source}({{parameters}}, {{input2}}, {{weights}}, {{starts}}, {{bias}}, {{multiplier}}, {{shift}}, "
        "{scratch}, {output})",
        source=f"{source}.h",
        parameters_type=f"{source}_parameters",
        parameters=parameters,
        constants=(
            Constant(
                "weights",
                "int8_t",
                np.concatenate([phase.reshape(-1) for phase in padded]),
                flavours={"dsp": np.concatenate([phase.reshape(-1) for phase in paired])},
            ),
            _starts(padded),
            *constants,
        ),
        macs=macs,
        scratch_bytes=max(*(phase.shape[1] for phase in padded), 4) * 2,
        scratch_type="int16_t",
    )
